// The same bytes on every machine: whatever the culture, the order of files, their line ends and where they lie.
using System.Globalization;
using Detection.Gen.Tests.Support;

namespace Detection.Gen.Tests;

public class DeterminismTests
{
    private static readonly SpecText[] Specs =
    [
        .. Repository.Family("backbones", "Shapes.Models"),
        .. Repository.Family("ssd", "Shapes.Models"),
        Small.OneStage("summary: 1.5 größer\nnodes: { map: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 }, leak: { op: leakyRelu, slope: 0.125 } }\n" + Small.Detection),
    ];

    private static readonly Lazy<string> Expected = new(() => Text(GeneratorRun.Of(Specs)));

    [Fact]
    public void Repeated_runs_give_the_same_text() => Assert.Equal(Expected.Value, Text(GeneratorRun.Of(Specs)));

    [Fact]
    public void The_culture_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            // There are no cultures under invariant globalisation, so what would differ is set by hand.
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NumberGroupSeparator = "'";
            culture.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = culture;
            Assert.Equal(Expected.Value, Text(GeneratorRun.Of(Specs)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Line_ends_do_not_matter() =>
        Assert.Equal(Expected.Value, Text(GeneratorRun.Of(Specs.Select(s => s with { Text = s.Text.Replace("\n", "\r\n", StringComparison.Ordinal) }))));

    [Fact]
    public void A_byte_order_mark_does_not_matter() =>
        Assert.Equal(Expected.Value, Text(GeneratorRun.Of(Specs.Select(s => s with { Text = "\uFEFF" + s.Text }))));

    [Fact]
    public void The_order_of_files_does_not_matter() => Assert.Equal(Expected.Value, Text(GeneratorRun.Of(Specs.Reverse())));

    [Theory]
    [InlineData("/somewhere/else/")]
    [InlineData(@"C:\Users\someone\source\")]
    public void The_place_of_files_does_not_matter_and_shows_nowhere(string folder)
    {
        // Each file in a folder of its own, in another order than that of their names.
        var moved = Specs.Select((s, i) => s with { Path = $"{folder}{9 - i}/{Path.GetFileName(s.Path)}", Name = Path.GetFileName(s.Path) });
        var text = Text(GeneratorRun.Of(moved));

        Assert.Equal(Expected.Value, text);
        Assert.DoesNotContain(folder, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Repository.Root, Expected.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_ends_of_generated_files_are_LF() => Assert.DoesNotContain('\r', Expected.Value);

    private static string Text(GeneratorRun run) =>
        string.Concat(run.Sources.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}\n{s.Value}"));
}
