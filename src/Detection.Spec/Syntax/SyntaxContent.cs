// Whether two trees say the same, wherever they stand: an edit that moves text but changes none compiles nothing again.
namespace Detection.Spec.Syntax;

/// <summary>Compares syntax trees without their positions.</summary>
public static class SyntaxContent
{
    /// <summary>Whether the trees have the same maps, lists and scalars in the same order.</summary>
    public static bool AreEqual(SyntaxNode? a, SyntaxNode? b)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        switch (a, b)
        {
            case (ScalarSyntax x, ScalarSyntax y):
                return x.IsPlain == y.IsPlain && x.Value == y.Value;
            case (SequenceSyntax x, SequenceSyntax y):
                if (x.Items.Length != y.Items.Length)
                {
                    return false;
                }

                for (var i = 0; i < x.Items.Length; i++)
                {
                    if (!AreEqual(x.Items[i], y.Items[i]))
                    {
                        return false;
                    }
                }

                return true;
            case (MappingSyntax x, MappingSyntax y):
                if (x.Entries.Length != y.Entries.Length)
                {
                    return false;
                }

                for (var i = 0; i < x.Entries.Length; i++)
                {
                    if (!AreEqual(x.Entries[i].Key, y.Entries[i].Key) || !AreEqual(x.Entries[i].Value, y.Entries[i].Value))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return false;
        }
    }
}
