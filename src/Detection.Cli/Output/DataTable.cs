// A table of results, shown with rules and colours on a terminal and as aligned columns elsewhere.
using System.Text;
using Spectre.Console;

namespace Detection.Cli;

/// <summary>A column: its title, and whether its values are numbers and stand to the right.</summary>
internal readonly record struct DataColumn(string Title, bool IsNumber = false);

/// <summary>Rows of text under titled columns.</summary>
internal sealed class DataTable(params DataColumn[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> rows = [];

    /// <summary>Adds a row of one value per column.</summary>
    public void Add(params string[] values)
    {
        if (values.Length != columns.Length)
        {
            throw new ArgumentException($"{values.Length} values for {columns.Length} columns.", nameof(values));
        }
        rows.Add(values);
    }

    /// <summary>Writes titles and rows, columns padded to their widest value, no line wrapped, no blanks at the end of a line.</summary>
    public void WritePlain(TextWriter writer)
    {
        string[][] lines = [[.. columns.Select(c => c.Title)], .. rows];
        var widths = columns.Select((_, i) => lines.Max(line => line[i].Length)).ToArray();
        foreach (var line in lines)
        {
            var text = new StringBuilder();
            for (var i = 0; i < columns.Length; i++)
            {
                text.Append(i == 0 ? "" : Gap).Append(columns[i].IsNumber ? line[i].PadLeft(widths[i]) : line[i].PadRight(widths[i]));
            }
            writer.WriteLine(text.ToString().TrimEnd());
        }
    }

    /// <summary>Writes a table of Markdown.</summary>
    public void WriteMarkdown(TextWriter writer)
    {
        static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
        writer.WriteLine($"| {string.Join(" | ", columns.Select(c => Cell(c.Title)))} |");
        writer.WriteLine($"|{string.Join('|', columns.Select(c => c.IsNumber ? "---:" : "---"))}|");
        foreach (var row in rows)
        {
            writer.WriteLine($"| {string.Join(" | ", row.Select(Cell))} |");
        }
    }

    public Table ToSpectre()
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold)));
            // Numbers and the name that a row is found by stay whole; text makes room.
            header.NoWrap = column.IsNumber || column == columns[0];
            table.AddColumn(column.IsNumber ? header.RightAligned() : header);
        }
        foreach (var row in rows)
        {
            table.AddRow(row.Select(value => new Text(value)));
        }
        return table;
    }
}
