// JSON, as far as a schema needs it: objects that keep their order, lists, texts, numbers and flags; printed the same on every machine.
using System.Globalization;
using System.Text;

namespace Detection.Spec.Schema;

/// <summary>A JSON object that is built in order.</summary>
internal sealed class JsonMap
{
    private readonly List<(string Key, object Value)> entries = [];

    /// <summary>Adds a value: a <see cref="JsonMap"/>, a list, a text, a number or a flag; null adds nothing.</summary>
    public JsonMap With(string key, object? value)
    {
        if (value is not null)
        {
            entries.Add((key, value));
        }

        return this;
    }

    /// <summary>The text, indented by two blanks, LF line ends.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Print(text, this, "");
        return text.Append('\n').ToString();
    }

    private static void Print(StringBuilder text, object value, string indent)
    {
        switch (value)
        {
            case JsonMap { entries.Count: 0 }:
                text.Append("{}");
                break;
            case JsonMap map:
                Block(text, '{', '}', indent, map.entries, e =>
                {
                    Quote(text, e.Key);
                    text.Append(": ");
                    Print(text, e.Value, indent + "  ");
                });
                break;
            case string word:
                Quote(text, word);
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case IConvertible number:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case System.Collections.IEnumerable list:
                var items = list.Cast<object>().ToArray();
                if (items.All(i => i is string))
                {
                    text.Append('[');
                    for (var i = 0; i < items.Length; i++)
                    {
                        text.Append(i == 0 ? "" : ", ");
                        Print(text, items[i], indent);
                    }

                    text.Append(']');
                    break;
                }

                Block(text, '[', ']', indent, items, item => Print(text, item, indent + "  "));
                break;
        }
    }

    private static void Block<T>(StringBuilder text, char open, char close, string indent, IReadOnlyList<T> items, Action<T> print)
    {
        text.Append(open).Append('\n');
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(indent).Append("  ");
            print(items[i]);
            text.Append(i + 1 < items.Count ? ",\n" : "\n");
        }

        text.Append(indent).Append(close);
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
