// Writes a syntax tree as YAML without comments and with one way to write each thing: the form in which specs travel inside assemblies.
using System.Text;

namespace Detection.Spec.Syntax;

/// <summary>Prints syntax trees.</summary>
public static class SyntaxPrinter
{
    /// <summary>The tree as block-style YAML, LF line ends; parsing it gives the same tree.</summary>
    public static string Print(SyntaxNode node)
    {
        var text = new StringBuilder();
        Append(text, node, "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, SyntaxNode node, string indent)
    {
        switch (node)
        {
            case MappingSyntax map:
                foreach (var entry in map.Entries)
                {
                    text.Append(indent).Append(Scalar(entry.Key)).Append(':');
                    AppendValue(text, entry.Value, indent);
                }

                break;
            case SequenceSyntax list:
                foreach (var item in list.Items)
                {
                    text.Append(indent).Append('-');
                    AppendValue(text, item, indent);
                }

                break;
            case ScalarSyntax scalar:
                text.Append(indent).Append(Scalar(scalar)).Append('\n');
                break;
        }
    }

    private static void AppendValue(StringBuilder text, SyntaxNode value, string indent)
    {
        switch (value)
        {
            case ScalarSyntax scalar:
                text.Append(' ').Append(Scalar(scalar)).Append('\n');
                break;
            case SequenceSyntax list when list.Items.All(i => i is ScalarSyntax):
                text.Append(" [").Append(string.Join(", ", list.Items.Select(i => Scalar((ScalarSyntax)i)))).Append("]\n");
                break;
            case MappingSyntax { Entries.Length: 0 }:
                text.Append(" {}\n");
                break;
            default:
                text.Append('\n');
                Append(text, value, indent + "  ");
                break;
        }
    }

    private static string Scalar(ScalarSyntax scalar)
    {
        if (scalar.IsPlain && scalar.Value.Length > 0 && scalar.Value.All(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-' or '/' or '+' or '*' or '(' or ')' or '$')
            && !(scalar.Value[0] is '-' or '*'))
        {
            return scalar.Value;
        }

        if (scalar.IsNull)
        {
            return "~";
        }

        // A plain scalar that needs care keeps its meaning only where it is text anyway; numbers and flags were written above.
        var quoted = new StringBuilder("\"");
        foreach (var c in scalar.Value)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029' or '\uFEFF' => "\\u" + ((int)c).ToString("x4"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
