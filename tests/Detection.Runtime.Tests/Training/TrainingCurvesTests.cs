// The picture of a log: well-formed, with both axes named, and only finite numbers whatever the log holds.
using System.Xml.Linq;
using Xunit;

namespace Detection.Runtime.Tests;

public class TrainingCurvesTests
{
    private static TrainingLogRow Row(int i, double loss, double? map = null) => new(i, i / 10.0, i, 0.01, loss, loss * 0.6, loss * 0.4, map);

    private static XElement Draw(params TrainingLogRow[] rows) => XElement.Parse(TrainingCurves.Draw(rows, "a < b"));

    private static string[] Texts(XElement svg) => [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];

    [Fact]
    public void Losses_and_scores_have_a_panel_each_with_named_axes()
    {
        var svg = Draw([.. Enumerable.Range(1, 40).Select(i => Row(i, 10.0 / i, i % 10 == 0 ? i / 50.0 : null))]);
        var texts = Texts(svg);
        Assert.Equal(2, texts.Count(t => t == "epochs"));
        Assert.Contains("loss per object", texts);
        Assert.Contains("mAP on the validation images", texts);
        Assert.Contains("a < b", texts);
        Assert.Equal(4, svg.Descendants().Count(e => e.Name.LocalName == "polyline"));
        Assert.Equal(4, svg.Descendants().Count(e => e.Name.LocalName == "circle"));
    }

    [Fact]
    public void Without_validation_there_is_one_panel() => Assert.Single(Texts(Draw(Row(1, 2), Row(2, 1))), t => t == "epochs");

    [Fact]
    public void Odd_logs_give_a_picture_all_the_same()
    {
        foreach (var rows in new TrainingLogRow[][]
        {
            [], [Row(1, 3)], [Row(1, 0), Row(2, 0)], [Row(1, double.NaN), Row(2, 1e30)], [Row(1, 1e-12, double.NaN)],
            [.. Enumerable.Range(1, 5000).Select(i => Row(i, 1.0 / i, 0.5))],
        })
        {
            var text = TrainingCurves.Draw(rows);
            XElement.Parse(text);
            Assert.DoesNotContain("NaN", text);
            Assert.DoesNotContain("∞", text);
            Assert.InRange(text.Length, 500, 200_000);
        }
    }

    [Fact]
    public void A_torn_log_is_read_up_to_its_last_whole_line()
    {
        using var folder = new TemporaryFolder();
        using (var log = TrainingLog.Open(folder["log.csv"], 0))
        {
            log.Append(Row(10, 1.25));
            log.Append(Row(20, 1.0 / 3, 0.5));
            log.Append(Row(30, 1));
        }
        var text = File.ReadAllText(folder["log.csv"]);
        File.WriteAllText(folder["log.csv"], text[..^9]);
        Assert.Equal([Row(10, 1.25), Row(20, 1.0 / 3, 0.5)], TrainingLog.Read(folder["log.csv"]));
        // A run resumed after 15 steps has not seen the second row yet.
        TrainingLog.Open(folder["log.csv"], 15).Dispose();
        Assert.Equal([Row(10, 1.25)], TrainingLog.Read(folder["log.csv"]));
    }
}
