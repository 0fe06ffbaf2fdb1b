// propose, and detectors that are given their regions, end to end: a small Fast R-CNN on a few drawn images, for two steps.
using System.Text.Json;
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

/// <summary>Drawn images of one class, proposals of them, and one training on these that all tests look at.</summary>
public sealed class TrainedOnProposals : IDisposable
{
    public const string Model = "raccoon-fast-rcnn";

    private readonly TemporaryFolder folder = new();

    public TrainedOnProposals()
    {
        for (var i = 0; i < 8; i++)
        {
            Draw(i, i < 6 ? "train" : "val");
        }
        Proposed = CommandLine.Run([], "propose", "selective-search", "--data", Data, "--out", Proposals, "--width", "own", "--min-side", "8", "--json").Expect(0).Json();
        Document = CommandLine.Run([], "train", Model, "--data", Data, "--out", Output, "--iterations", "2", "--proposals", Proposals, "--json").Expect(0).Json();
    }

    public string Data => folder["data"];

    public string Proposals => folder["proposals.safetensors"];

    public string Output => folder["run"];

    public JsonElement Proposed { get; }

    public JsonElement Document { get; }

    public string Weights => Document.GetProperty("bestWeights").GetString()!;

    public string Image => Path.Combine(Data, "JPEGImages", "7.png");

    public void Dispose() => folder.Dispose();

    private void Draw(int number, string split)
    {
        var image = new RgbImage(96, 72);
        var (x, y) = (10 + 5 * number, 8 + 3 * number);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var (column, row) = (i % image.Width, i / image.Width);
            image[column, row] = column >= x && column < x + 30 && row >= y && row < y + 24 ? ((byte)180, (byte)60, (byte)40) : ((byte)90, (byte)(120 + row / 2), (byte)100);
        }
        foreach (var part in new[] { "JPEGImages", "Annotations", "ImageSets/Main" })
        {
            Directory.CreateDirectory(Path.Combine(Data, part));
        }
        image.Save(Path.Combine(Data, "JPEGImages", $"{number}.png"));
        File.WriteAllText(
            Path.Combine(Data, "Annotations", $"{number}.xml"),
            $"<annotation><object><name>raccoon</name><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + 30}</xmax><ymax>{y + 24}</ymax></bndbox></object></annotation>");
        File.AppendAllText(Path.Combine(Data, "ImageSets", "Main", $"{split}.txt"), $"{number}\n");
    }
}

public sealed class GivenRegionsTests(TrainedOnProposals trained) : IClassFixture<TrainedOnProposals>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Proposing_tells_how_many_objects_are_covered_and_writes_all_splits_into_one_file()
    {
        var splits = trained.Proposed.GetProperty("splits").EnumerateArray().ToArray();
        Assert.Equal([("train", 6), ("val", 2)], splits.Select(split => (split.GetProperty("split").GetString()!, split.GetProperty("images").GetInt32())));
        Assert.All(splits, split => Assert.Equal(1, split.GetProperty("recall")[0].GetProperty("recallAtIou").GetProperty("0.50").GetDouble()));
        var file = ImageProposals.Read(trained.Proposals);
        Assert.Equal(8, file.Count);
        Assert.Equal("selective search, fast, own size, scale 150, sides from 8, at most 2,000, seed 1", file.Origin);
        Assert.Equal(file.Origin, trained.Proposed.GetProperty("source").GetString());
    }

    [Fact]
    public void Training_and_measuring_in_given_regions_agree()
    {
        var run = CommandLine.Run(
            [], "eval", TrainedOnProposals.Model, "--weights", trained.Weights, "--data", trained.Data, "--proposals", trained.Proposals, "--json").Expect(0).Json();
        Assert.Equal(trained.Document.GetProperty("scores").GetRawText(), run.GetProperty("scores").GetRawText());
        Assert.StartsWith("selective search", run.GetProperty("proposals").GetString());
        Assert.Contains("selective search, fast, own size", File.ReadAllText(Path.Combine(trained.Output, "report.html")));
    }

    [Fact]
    public void A_search_for_a_training_is_kept_beside_it_and_used_again()
    {
        string[] train = ["train", TrainedOnProposals.Model, "--data", trained.Data, "--out", folder["run"], "--iterations", "1", "--proposals", "selective-search"];
        var first = CommandLine.Run([], train).Expect(0);
        Assert.Contains("train: ", first.Error);
        var kept = Path.Combine(folder["run"], "proposals.safetensors");
        Assert.Equal(8, ImageProposals.Read(kept).Count);
        var written = File.GetLastWriteTimeUtc(kept);
        var resumed = CommandLine.Run([], [.. train[..^3], "3", .. train[^2..], "--resume"]).Expect(0);
        Assert.DoesNotContain("regions of", resumed.Error);
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        CommandLine.Run([], "eval", TrainedOnProposals.Model, "-w", Path.Combine(folder["run"], "best.safetensors"), "--data", trained.Data, "--proposals", kept).Expect(0);
    }

    [Fact]
    public void Predicting_looks_at_regions_of_a_search_or_of_files()
    {
        JsonElement Found(string proposals) => CommandLine.Run(
            [], "predict", TrainedOnProposals.Model, trained.Image, "--weights", trained.Weights, "--out", folder["found"], "--threshold", "0", "--json", "--proposals", proposals)
            .Expect(0).Json().GetProperty("images")[0].GetProperty("detections");
        Assert.NotEqual(0, Found("selective-search").GetArrayLength());
        File.WriteAllText(folder["one.txt"], "7 1 20 20 60 60\n");
        Assert.InRange(Found(folder["one.txt"]).GetArrayLength(), 0, 1);
        File.WriteAllText(folder["other.txt"], "6 1 20 20 60 60\n");
        var without = CommandLine.Run(
            [], "predict", TrainedOnProposals.Model, trained.Image, "--weights", trained.Weights, "--out", folder["found"], "--proposals", folder["other.txt"]).Expect(1);
        Assert.Contains("7.png: the files of proposals have none for it.", without.Error);
    }

    [Fact]
    public void A_detectors_own_proposals_serve_another_one()
    {
        var entry = ModelCatalogs.Find(ShippedModels.Catalogs, "raccoon-faster-rcnn");
        using (var module = entry.Create())
        {
            WeightLoader.Save(module, entry.Card, folder["rpn.safetensors"]);
        }
        var run = CommandLine.Run(
            [], "propose", "raccoon-faster-rcnn", "--weights", folder["rpn.safetensors"], "--data", trained.Data, "--split", "val", "--keep", "17", "--out", folder["p.safetensors"]).Expect(0);
        Assert.Contains("34 proposals of 2 images, 17 of each", run.Output);
        CommandLine.Run([], "eval", TrainedOnProposals.Model, "-w", trained.Weights, "--data", trained.Data, "--proposals", folder["p.safetensors"]).Expect(0);
        // A detector that proposes its own can be measured on those of others.
        CommandLine.Run([], "eval", "raccoon-faster-rcnn", "-w", folder["rpn.safetensors"], "--data", trained.Data, "--proposals", trained.Proposals).Expect(0);
    }

    [Fact]
    public void Several_sizes_look_at_the_given_regions_too() => CommandLine.Run(
        [], "eval", TrainedOnProposals.Model, "-w", trained.Weights, "--data", trained.Data, "--proposals", trained.Proposals, "--multi-scale", "128x96,192x160").Expect(0);

    [Theory]
    [InlineData("train raccoon-fast-rcnn --out run", "raccoon-fast-rcnn looks at regions that it is given: say where from with --proposals selective-search, or with --proposals FILE")]
    [InlineData("eval raccoon-fast-rcnn -w x.safetensors", "raccoon-fast-rcnn looks at regions that it is given")]
    [InlineData("train raccoon-ssd --out run --proposals selective-search", "raccoon-ssd looks at no regions; --proposals is for two-stage detectors.")]
    [InlineData("train raccoon-faster-rcnn --out run --proposals selective-search", "raccoon-faster-rcnn proposes its regions itself, and learns to")]
    [InlineData("train raccoon-fast-rcnn --out run --proposals selective-search --proposals x.txt", "--proposals selective-search stands alone")]
    [InlineData("propose selective-search --out p.txt", "--out p.txt: proposals are written as .safetensors.")]
    [InlineData("propose selective-search --out p.safetensors --weights x", "--weights belongs to a detector; selective search has none.")]
    [InlineData("propose raccoon-faster-rcnn --out p.safetensors --scale 50", "--scale belongs to selective search, not to raccoon-faster-rcnn.")]
    [InlineData("propose raccoon-faster-rcnn --out p.safetensors", "raccoon-faster-rcnn proposes regions with --weights: give them too.")]
    [InlineData("propose raccoon-fast-rcnn --out p.safetensors --weights x", "raccoon-fast-rcnn proposes no regions; selective-search does")]
    [InlineData("propose selective-search --out p.safetensors --width 0", "--width 0: must be a whole number of at least 1, or own.")]
    public void What_makes_no_sense_is_wrong_use(string command, string message) =>
        Assert.Contains(message, CommandLine.Run([], [.. command.Split(' '), "--data", trained.Data]).Expect(2).Error);

    [Fact]
    public void Regions_of_other_images_are_no_use()
    {
        File.WriteAllText(folder["some.txt"], "0 1 2 3 40 50\n6 1 2 3 40 50\n");
        var run = CommandLine.Run([], "train", TrainedOnProposals.Model, "--data", trained.Data, "--out", folder["run"], "--proposals", folder["some.txt"]).Expect(1);
        Assert.Contains("There are no proposals for 5 of 6 images, such as", run.Error);
    }
}
