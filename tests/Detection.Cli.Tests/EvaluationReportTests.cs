// eval and eval-detections with --protocol and --report: the same figures from a detector and from files, and the page about them.
using System.Globalization;
using System.Xml.Linq;
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class EvaluationReportTests(TrainedOnce trained) : IClassFixture<TrainedOnce>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Eval(params string[] more) =>
        CommandLine.Run([], ["eval", "rendered-shapes-ssd", "--weights", trained.BestWeights, "--data", trained.Data, .. more]);

    // What the detector finds in the validation images, as VOC result files.
    private string WriteDetections()
    {
        var entry = ModelCatalogs.Find(ShippedModels.Catalogs, "rendered-shapes-ssd");
        using var module = entry.Create();
        WeightLoader.Load(module, trained.BestWeights);
        module.eval();
        var lines = RenderedDataset.ClassNames.ToDictionary(name => name, _ => new List<string>());
        var dataset = TrainingData.Load(trained.Data, "val", entry.Card);
        foreach (var sample in dataset.Samples)
        {
            foreach (var found in ((IDetector)module).Detect(RgbImage.Load(sample.ImagePath)).Objects)
            {
                lines[found.ClassName].Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Path.GetFileNameWithoutExtension(sample.ImagePath)} {found.Score:R} {found.Box.X1:R} {found.Box.Y1:R} {found.Box.X2:R} {found.Box.Y2:R}"));
            }
        }
        foreach (var (name, of) in lines)
        {
            folder.Write($"found/{name}.txt", string.Join('\n', of));
        }
        return folder["found"];
    }

    [Theory]
    [InlineData("coco")]
    [InlineData("voc10")]
    public void A_detector_and_its_detections_in_files_have_the_same_figures_under_the_same_keys(string protocol)
    {
        var found = WriteDetections();
        var fromModel = Eval("--protocol", protocol, "--json").Expect(0).Json();
        Assert.Equal(protocol, fromModel.GetProperty("protocol").GetString());
        Assert.False(fromModel.TryGetProperty("scores", out _));
        var fromFiles = CommandLine.Run("eval-detections", "--protocol", protocol, "--gt", trained.Data, "--split", "val", "--det", found, "--json").Expect(0).Json();
        foreach (var property in fromFiles.EnumerateObject().Where(p => p.Value.ValueKind == System.Text.Json.JsonValueKind.Number))
        {
            Assert.Equal(property.Value.GetDouble(), fromModel.GetProperty(property.Name).GetDouble(), 6);
        }
        var classes = protocol == "coco" ? "perCategory" : "perClass";
        Assert.Equal(
            fromFiles.GetProperty(classes).EnumerateObject().Select(p => p.Value.EnumerateObject().First().Name),
            fromModel.GetProperty(classes).EnumerateObject().Select(p => p.Value.EnumerateObject().First().Name));
    }

    [Fact]
    public void People_see_the_protocols_tables_and_its_figures_at_the_end()
    {
        var coco = Eval("--protocol", "coco").Expect(0).Output;
        Assert.Matches(@"figure +value", coco);
        Assert.Matches(@"\nAP 0\.\d{3}, AP50 0\.\d{3}, AP75 0\.\d{3}, AR100 0\.\d{3}\n$", coco);
        Assert.Matches(@"\nmAP@0\.7 \(voc07\) 0\.\d{3}\n$", Eval("--protocol", "voc07", "--iou", "0.7").Expect(0).Output);
        Assert.Contains("placed well", Eval("--protocol", "voc10", "--errors").Expect(0).Output);
        Assert.Contains("give --protocol too", Eval("--errors").Expect(2).Error);
        Assert.Contains("coco has its own rules", Eval("--protocol", "coco", "--iou", "0.7").Expect(2).Error);
    }

    [Fact]
    public void The_page_has_pictures_where_images_are_known()
    {
        var run = Eval("--protocol", "coco", "--report", folder["model"], "--json").Expect(0);
        Assert.Contains($"report: {folder["model/index.html"]}", run.Error);
        Assert.Contains(Pictures("model"), e => e.Name.LocalName == "figure");

        var found = WriteDetections();
        string[] files = ["eval-detections", "--protocol", "coco", "--gt", trained.Data, "--split", "val", "--det", found, "--report", folder["files"]];
        run = CommandLine.Run([.. files, "--images", Path.Combine(trained.Data, "JPEGImages")]).Expect(0);
        Assert.Contains($"report: {folder["files/index.html"]}", run.Error);
        Assert.Equal(Pictures("model").Count(e => e.Name.LocalName == "figure"), Pictures("files").Count(e => e.Name.LocalName == "figure"));

        run = CommandLine.Run(files).Expect(0);
        Assert.Contains("without pictures: no --images were given", run.Error);
        Assert.DoesNotContain(Pictures("files"), e => e.Name.LocalName == "figure");
        Assert.Contains("are for the pictures of --report", CommandLine.Run([.. files[..^2], "--images", trained.Data]).Expect(2).Error);
        Assert.Contains("6 images of 6 not found", CommandLine.Run([.. files, "--images", folder["found"]]).Expect(0).Error);

        XElement[] Pictures(string name) => [.. XDocument.Parse(File.ReadAllText(folder[name + "/index.html"])).Descendants()];
    }

    [Fact]
    public void A_test_at_several_sizes_takes_the_place_of_one()
    {
        var entry = ModelCatalogs.Find(ShippedModels.Catalogs, "rendered-shapes-ssd");
        var (height, width) = (entry.Card.Input.Height, entry.Card.Input.Width);
        Assert.Equal(height, width);
        var one = Eval("--json").Expect(0).Json().GetProperty("scores");
        var same = Eval("--multi-scale", $"{height}", "--no-flip", "--json").Expect(0).Json().GetProperty("scores");
        // Suppression has gone over the boxes already, so that nothing is left to merge but what lies within its last digits.
        Assert.Equal(one.GetProperty("meanAveragePrecision").GetDouble(), same.GetProperty("meanAveragePrecision").GetDouble(), 2);
        var more = Eval("--multi-scale", $"{height},{height}:>40", "--merge", "soft", "--json").Expect(0).Json().GetProperty("scores");
        Assert.NotEqual(one.GetRawText(), more.GetRawText());
        Assert.Equal(one.GetRawText(), Eval("--multi-scale", "none", "--json").Expect(0).Json().GetProperty("scores").GetRawText());
        Assert.Contains("'32x' is no size", Eval("--multi-scale", "32x").Expect(2).Error);
        Assert.Contains("belongs to the sizes of --multi-scale", Eval("--no-flip").Expect(2).Error);
        Assert.Contains("no regions to choose sizes by", Eval("--multi-scale", $"{height}", "--merge", "by-region").Expect(1).Error);
        Assert.Contains("does not take an input of 3x7x7", Eval("--multi-scale", "7").Expect(1).Error);
    }
}
