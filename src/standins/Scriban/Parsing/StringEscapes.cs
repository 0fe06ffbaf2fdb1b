// Backslash escapes of quoted strings, for the lexer (which validates) and the parser (which decodes).
#nullable enable
using System.Text;

namespace Scriban.Parsing;

internal static class StringEscapes
{
    /// <summary>Moves past an escape whose backslash has been read.</summary>
    /// <exception cref="SyntaxError">No such escape exists.</exception>
    public static void Skip(string text, ref int pos, bool interpolated) => Read(text, ref pos, interpolated, output: null);

    /// <summary>Decodes the text between two offsets, the second excluded.</summary>
    public static string Decode(string text, int start, int end, bool interpolated)
    {
        if (text.IndexOf('\\', start, end - start) < 0)
        {
            return text.Substring(start, end - start);
        }

        var output = new StringBuilder(end - start);
        int pos = start;
        while (pos < end)
        {
            char c = text[pos++];
            if (c == '\\')
            {
                Read(text, ref pos, interpolated, output);
            }
            else
            {
                output.Append(c);
            }
        }

        return output.ToString();
    }

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };

    private static void Read(string text, ref int pos, bool interpolated, StringBuilder? output)
    {
        char c = pos < text.Length ? text[pos] : '\0';
        int at = pos++;
        switch (c)
        {
            case 'n': output?.Append('\n'); return;
            case 't': output?.Append('\t'); return;
            case 'r': output?.Append('\r'); return;
            case 'b': output?.Append('\b'); return;
            case 'f': output?.Append('\f'); return;
            case 'v': output?.Append('\v'); return;
            case '0': output?.Append('\0'); return;
            case '"' or '\'' or '\\': output?.Append(c); return;
            case '{' when interpolated: output?.Append(c); return;
            // A backslash at the end of a line joins it with the next.
            case '\n': return;
            case '\r':
                if (pos < text.Length && text[pos] == '\n')
                {
                    pos++;
                }

                return;
            case 'u': ReadHex(text, ref pos, 4, output); return;
            case 'x': ReadHex(text, ref pos, 2, output); return;
            default:
                throw new SyntaxError(at, at, $"`\\{c}` is not an escape; known are 0 ' \\ \" b f n r t v u0000 x00");
        }
    }

    private static void ReadHex(string text, ref int pos, int digits, StringBuilder? output)
    {
        int value = 0;
        for (int i = 0; i < digits; i++, pos++)
        {
            int digit = pos < text.Length ? HexValue(text[pos]) : -1;
            if (digit < 0)
            {
                throw new SyntaxError(pos, pos, $"This escape takes {digits} hexadecimal digits");
            }

            value = (value * 16) + digit;
        }

        output?.Append((char)value);
    }
}
