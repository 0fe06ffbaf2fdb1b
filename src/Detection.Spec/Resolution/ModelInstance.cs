// A model with values for its parameters and what a use of it changes: what decides the structure of a generated class.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>A model and the parameters that differ from its defaults. Value-equal.</summary>
public sealed record ModelInstance(string ModelName, ImmutableSortedDictionary<string, double> Arguments)
{
    /// <summary>What the use changes of the model, in the order in which it is laid.</summary>
    public ImmutableArray<MappingSyntax> Patches { get; init; } = [];

    /// <summary>Whether casts are placed in it, as in a part of a detector that computes in bfloat16.</summary>
    public bool IsMixed { get; init; }

    /// <summary>Whether every parameter has its default and nothing is changed.</summary>
    public bool IsDefault => Arguments.IsEmpty && Patches.IsEmpty && !IsMixed;

    /// <summary>A word for the patches, 16 hexadecimal digits of what they say; empty when there are none. The same wherever equal patches stand.</summary>
    public string PatchWord
    {
        get
        {
            if (Patches.IsEmpty)
            {
                return "";
            }

            // FNV-1a: nobody forges patches against himself, and two that collide are told apart as classes that clash.
            var hash = 14695981039346656037UL;
            foreach (var c in string.Concat(Patches.Select(p => SyntaxPrinter.Print(p) + "---\n")))
            {
                hash = unchecked((hash ^ c) * 1099511628211UL);
            }

            return hash.ToString("x16", CultureInfo.InvariantCulture);
        }
    }

    /// <inheritdoc/>
    public bool Equals(ModelInstance? other) =>
        other is not null && ModelName == other.ModelName && IsMixed == other.IsMixed && Arguments.SequenceEqual(other.Arguments)
        && Patches.Length == other.Patches.Length && Patches.Zip(other.Patches, SyntaxContent.AreEqual).All(same => same);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((((ModelName.GetHashCode() * 31) + Arguments.Count) * 31) + Patches.Length);

    /// <summary><c>mobilenet-v1</c>, <c>mobilenet-v1(width=0.5)</c> or, changed by its use, <c>mobilenet-v1+0123456789abcdef</c>; with <c>:bf16</c> behind it where casts are placed in it.</summary>
    public override string ToString() => (Patches.IsEmpty ? Parametrized : $"{Parametrized}+{PatchWord}") + (IsMixed ? ":bf16" : "");

    private string Parametrized => Arguments.IsEmpty
        ? ModelName
        : ModelName + "(" + string.Join(", ", Arguments.Select(a => a.Key + "=" + a.Value.ToString("R", CultureInfo.InvariantCulture))) + ")";
}
