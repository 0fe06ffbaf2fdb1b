// What may be a name in a spec, and what it is called in C#.
using System.Collections.Immutable;
using System.Text;

namespace Detection.Spec.Resolution;

/// <summary>The rules of names.</summary>
public static class Names
{
    /// <summary>The rule of <see cref="IsModelName"/> in words.</summary>
    public const string ModelNameRule = "it must begin with a letter and consist of lower-case letters, digits, '-', '_' and '.'";

    /// <summary>The rule of <see cref="IsNodeName"/> in words.</summary>
    public const string NodeNameRule = "it must begin with a letter and consist of letters, digits and '_'";

    private static readonly ImmutableHashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal",
        "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for",
        "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null",
        "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte",
        "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof",
        "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    /// <summary>Whether a word may name a model, such as <c>mobilenet-v1</c> or <c>squeezenet-1.0</c>.</summary>
    public static bool IsModelName(string name) =>
        name.Length is > 0 and <= 100 && name[0] is >= 'a' and <= 'z'
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.');

    /// <summary>Whether a word may name a node, block, parameter, level or output.</summary>
    public static bool IsNodeName(string name) =>
        name.Length is > 0 and <= 100 && name[0] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z')
        && name.All(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_');

    /// <summary><c>mobilenet-v1_ssd</c> as a C# type name: <c>MobilenetV1Ssd</c>; a digit never stands first.</summary>
    public static string Pascal(string name)
    {
        var result = new StringBuilder();
        var upper = true;
        foreach (var c in name)
        {
            if (c is '-' or '_' or '.')
            {
                // 1.0 and 10 must not become the same name.
                if (c == '.' && result.Length > 0 && char.IsDigit(result[result.Length - 1]))
                {
                    result.Append('_');
                }

                upper = true;
                continue;
            }

            result.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return result.Length == 0 || char.IsDigit(result[0]) ? "_" + result : result.ToString();
    }

    /// <summary>A node's name as a C# identifier: as written, escaped where it is a keyword.</summary>
    public static string Identifier(string name) => Keywords.Contains(name) ? "@" + name : name;
}
