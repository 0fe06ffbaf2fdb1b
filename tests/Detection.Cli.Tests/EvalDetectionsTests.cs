// detgen eval-detections: files of both kinds through all protocols, and what is wrong with files.
using Xunit;

namespace Detection.Cli.Tests;

public class EvalDetectionsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("detgen-eval-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    // The development kit's rules on three objects, one of them difficult: hit, duplicate, difficult, nothing, hit.
    private (string Truth, string Found) WriteVoc()
    {
        static string Object(int x, int y, int difficult) =>
            $"<object><name>big_cat</name><difficult>{difficult}</difficult><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + 9}</xmax><ymax>{y + 9}</ymax></bndbox></object>";
        Write("voc/Annotations/000001.xml", $"<annotation>{Object(10, 10, 0)}{Object(50, 50, 0)}{Object(80, 10, 1)}</annotation>");
        Write("voc/Annotations/000002.xml", "<annotation></annotation>");
        Write("found/comp4_det_test_big_cat.txt", "000001 0.9 10 10 19 19\n000001 0.8 10 10 19 19\n000001 0.7 80 10 89 19\n000002 0.6 1 1 9 9\n000001 0.5 50 50 59 59\n");
        Write("found/comp4_det_test_dog.txt", "000001 0.9 10 10 19 19\n");
        return (Path.Combine(folder.FullName, "voc"), Path.Combine(folder.FullName, "found"));
    }

    [Theory]
    [InlineData("voc10", 0.75)]
    [InlineData("voc07", 8.5 / 11)]
    public void Result_files_of_voc_by_its_protocol(string protocol, double expected)
    {
        var (truth, found) = WriteVoc();
        var outcome = CommandLine.Run("eval-detections", "--protocol", protocol, "--gt", truth, "--det", found, "--json").Expect(ExitCode.Done);
        var json = outcome.Json();
        Assert.Equal(expected, json.GetProperty("mAP").GetDouble(), 1e-12);
        Assert.Equal(expected, json.GetProperty("perClass").GetProperty("big_cat").GetProperty("AP").GetDouble(), 1e-12);
        Assert.Contains("1 detection of classes", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Widths_are_inclusive_unless_told_otherwise()
    {
        // Half of ten columns: 5/10 with inclusive widths, 4/9 without.
        Write("voc/Annotations/a.xml", "<annotation><object><name>cat</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>");
        var found = Write("cat.txt", "a 0.9 0 0 4 9\n");
        string[] arguments = ["eval-detections", "--protocol", "voc10", "--gt", Path.Combine(folder.FullName, "voc"), "--det", found, "--json"];
        Assert.Equal(1, CommandLine.Run(arguments).Expect(ExitCode.Done).Json().GetProperty("mAP").GetDouble());
        Assert.Equal(0, CommandLine.Run([.. arguments, "--continuous"]).Expect(ExitCode.Done).Json().GetProperty("mAP").GetDouble());
    }

    [Fact]
    public void Cocos_figures_have_cocos_names_and_minus_one_where_nothing_is_defined()
    {
        var truth = Write("truth.json", """{"images":[{"id":5}],"categories":[{"id":3,"name":"cat"},{"id":7,"name":"dog"}],"annotations":[{"id":1,"image_id":5,"category_id":3,"bbox":[0,0,50,50],"area":2500,"iscrowd":0}]}""");
        var found = Write("found.json", """[{"image_id":5,"category_id":3,"bbox":[0,0,50,40],"score":0.9},{"image_id":5,"category_id":9,"bbox":[0,0,50,40],"score":0.9}]""");
        var outcome = CommandLine.Run("eval-detections", "--protocol", "coco", "--gt", truth, "--det", found, "--json").Expect(ExitCode.Done);
        var json = outcome.Json();
        Assert.Equal(
            ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl", "perCategory"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal((0.7, 1.0, -1.0, 0.7), (Math.Round(json.GetProperty("AP").GetDouble(), 9), Math.Round(json.GetProperty("AP50").GetDouble(), 9), json.GetProperty("APs").GetDouble(), Math.Round(json.GetProperty("AR1").GetDouble(), 9)));
        Assert.Equal(["3", "7"], json.GetProperty("perCategory").EnumerateObject().Select(p => p.Name));
        Assert.Equal(-1, json.GetProperty("perCategory").GetProperty("7").GetProperty("AR100").GetDouble());
        Assert.Contains("1 detection of classes", outcome.Error, StringComparison.Ordinal);

        var text = CommandLine.Run("eval-detections", "--protocol", "coco", "--gt", truth, "--det", found).Expect(ExitCode.Done).Output;
        Assert.Contains("AR100", text, StringComparison.Ordinal);
        Assert.Contains("0.7000", text, StringComparison.Ordinal);
        Assert.Equal(0.7, Math.Round(json.GetProperty("perCategory").GetProperty("3").GetProperty("AP").GetDouble(), 9));
    }

    [Fact]
    public void Either_protocol_takes_files_of_either_kind()
    {
        var (truth, found) = WriteVoc();
        Assert.Equal(1, CommandLine.Run("eval-detections", "--protocol", "coco", "--gt", truth, "--det", found, "--json").Expect(ExitCode.Done).Json().GetProperty("AR100").GetDouble());
        var annotations = Write("truth.json", """{"images":[{"id":5}],"categories":[{"id":3,"name":"cat"}],"annotations":[{"id":1,"image_id":5,"category_id":3,"bbox":[0,0,9,9]}]}""");
        var results = Write("results_cat.txt", "5 0.9 0 0 9 9\n");
        Assert.Equal(1, CommandLine.Run("eval-detections", "--protocol", "voc10", "--gt", annotations, "--det", results, "--json").Expect(ExitCode.Done).Json().GetProperty("mAP").GetDouble());
    }

    [Fact]
    public void What_the_errors_are_stands_beside_the_scores_when_asked_for()
    {
        var (truth, found) = WriteVoc();
        var errors = CommandLine.Run("eval-detections", "--protocol", "voc10", "--gt", truth, "--det", found, "--errors", "--json").Expect(ExitCode.Done)
            .Json().GetProperty("perClass").GetProperty("big_cat").GetProperty("errors");
        Assert.Equal((1, 1, 0), (errors.GetProperty("correct").GetInt32(), errors.GetProperty("localization").GetInt32(), errors.GetProperty("background").GetInt32()));
        Assert.Contains("placed well", CommandLine.Run("eval-detections", "--protocol", "voc10", "--gt", truth, "--det", found, "--errors").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Proposals_are_scored_by_what_they_cover()
    {
        var (truth, found) = WriteVoc();
        var first = CommandLine.Run("eval-detections", "--protocol", "proposals", "--gt", truth, "--det", found, "--json").Expect(ExitCode.Done)
            .Json().GetProperty("counts")[0];
        Assert.Equal((100, 1, 1), (first.GetProperty("proposals").GetInt32(), first.GetProperty("AR").GetDouble(), first.GetProperty("recallAtIou").GetProperty("1.00").GetDouble()));
        Assert.Contains("AR", CommandLine.Run("eval-detections", "--protocol", "proposals", "--gt", truth, "--det", found).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("000009 0.9 1 1 2 2", "image '000009'")]
    [InlineData("000001 0.9 1 1 2", "line 1")]
    [InlineData("000001 high 1 1 2 2", "line 1")]
    public void A_line_that_makes_no_sense_is_named(string line, string expected)
    {
        var (truth, _) = WriteVoc();
        var file = Write("x_big_cat.txt", line);
        var outcome = CommandLine.Run("eval-detections", "--protocol", "voc07", "--gt", truth, "--det", file).Expect(ExitCode.Failed);
        Assert.Contains(file, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_the_other_protocol_are_refused()
    {
        var (truth, found) = WriteVoc();
        Assert.Contains("--continuous", CommandLine.Run("eval-detections", "--protocol", "coco", "--gt", truth, "--det", found, "--continuous").Expect(ExitCode.WrongUse).Error, StringComparison.Ordinal);
        CommandLine.Run("eval-detections", "--protocol", "kitti", "--gt", truth, "--det", found).Expect(ExitCode.WrongUse);
    }
}
