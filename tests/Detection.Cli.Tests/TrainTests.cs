// train and eval end to end: a shipped detector on images that the product draws, for a few steps.
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

/// <summary>A rendered data set, and one training on it that all tests look at.</summary>
public sealed class TrainedOnce : IDisposable
{
    public const int Iterations = 6;

    private readonly TemporaryFolder folder = new();

    public TrainedOnce()
    {
        RenderedDataset.Write(Data, images: 24, seed: 3);
        var run = CommandLine.Run([], "train", "rendered-shapes-ssd", "--data", Data, "--out", Output, "--iterations", $"{Iterations}", "--json").Expect(0);
        (Document, Progress) = (run.Json(), run.Error);
    }

    public string Data => folder["data"];

    public string Output => folder["run"];

    public System.Text.Json.JsonElement Document { get; }

    public string Progress { get; }

    public string BestWeights => Document.GetProperty("bestWeights").GetString()!;

    /// <summary>A copy of the run's folder that a test may change.</summary>
    internal string CopyOf(TemporaryFolder other)
    {
        foreach (var file in Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(other["run"], Path.GetRelativePath(Output, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return other["run"];
    }

    public void Dispose() => folder.Dispose();
}

public sealed partial class TrainTests(TrainedOnce trained) : IClassFixture<TrainedOnce>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Training_leaves_weights_log_curves_checkpoints_and_pictures()
    {
        string[] expected = ["best.safetensors", "final.safetensors", "curves.svg", "log.csv", "report.html", "checkpoints/last.safetensors"];
        Assert.All(expected, file => Assert.True(File.Exists(Path.Combine(trained.Output, file)), file));
        Assert.Equal("svg", XElement.Load(Path.Combine(trained.Output, "curves.svg")).Name.LocalName);
        var rows = File.ReadAllLines(Path.Combine(trained.Output, "log.csv"));
        Assert.StartsWith("iteration,epochs,seconds,learning_rate,loss", rows[0]);
        Assert.StartsWith($"{TrainedOnce.Iterations},", rows[^1]);
        Assert.Single(Directory.GetFiles(Path.Combine(trained.Output, "tensorboard"), "events.out.tfevents.*"));
        Assert.False(trained.Document.GetProperty("stoppedEarly").GetBoolean());
        var pictures = Directory.GetFiles(Path.Combine(trained.Output, "pictures"));
        Assert.Equal(6, pictures.Length);
        Assert.All(pictures, file => Assert.Equal(320, RgbImage.Load(file).Width));
    }

    [Fact]
    public void Lines_of_progress_go_to_standard_error_when_standard_output_is_a_document()
    {
        Assert.Equal(TrainedOnce.Iterations, trained.Document.GetProperty("iterations").GetInt64());
        Assert.Contains("train: 18 images", trained.Progress);
        Assert.Matches(@"iteration 6 of 6  epoch 2\.0  loss \d+\.\d{3} \(classes \d+\.\d{3}, boxes \d+\.\d{3}\)  rate 0\.\d+  [\d.]+ images/s  left 0:00  validation mAP 0\.\d{3}", trained.Progress);
    }

    [Fact]
    public void Eval_gives_the_scores_that_training_ended_with()
    {
        var run = CommandLine.Run([], "eval", "rendered-shapes-ssd", "--weights", trained.BestWeights, "--data", trained.Data, "--json").Expect(0);
        Assert.Equal("", run.Error);
        var scores = run.Json().GetProperty("scores");
        Assert.Equal(trained.Document.GetProperty("scores").GetRawText(), scores.GetRawText());
        Assert.Equal(6, scores.GetProperty("images").GetInt32());
        Assert.Equal(RenderedDataset.ClassNames, scores.GetProperty("classes").EnumerateArray().Select(c => c.GetProperty("class").GetString()));
        Assert.True(scores.GetProperty("detections").GetInt32() > 0);
        Assert.True(run.Json().GetProperty("imagesPerSecond").GetDouble() > 0);
    }

    [Fact]
    public void Eval_for_people_ends_with_the_mean_average_precision()
    {
        var run = CommandLine.Run([], "eval", "rendered-shapes-ssd", "-w", trained.BestWeights, "--data", trained.Data, "--split", "train").Expect(0);
        Assert.Matches(@"class +AP +objects +detections +found", run.Output);
        Assert.Matches(@"\n18 images, \d+ objects, [\d,]+ detections\n[\d.]+ images/s with \d+ threads?, decoding included\nmAP@0\.5 0\.\d{3}\n$", run.Output);
    }

    [Fact]
    public void The_report_is_well_formed_and_needs_nothing_beside_itself()
    {
        var text = File.ReadAllText(Path.Combine(trained.Output, "report.html"));
        Assert.StartsWith("<!DOCTYPE html>", text);
        var page = XDocument.Parse(text);
        var references = page.Descendants().Attributes().Where(a => a.Name.LocalName is "href" or "src" or "data" or "srcset").ToArray();
        Assert.Equal(6, references.Length);
        Assert.All(references, reference => Assert.StartsWith("data:image/jpeg;base64,/9j/", reference.Value));
        Assert.DoesNotMatch(@"url\(|@import|<script|<link|<iframe", text);
        Assert.All(RenderedDataset.ClassNames, name => Assert.Contains(page.Descendants(), e => e.Name.LocalName == "td" && e.Value == name));
        // Curves of the run, precision over recall, one per picture.
        Assert.Equal(2 + 6, page.Descendants().Count(e => e.Name.LocalName == "svg"));
    }

    [Fact]
    public void Resuming_goes_on_where_the_run_ended()
    {
        var copy = trained.CopyOf(folder);
        var run = CommandLine.Run([], "train", "rendered-shapes-ssd", "--data", trained.Data, "--out", copy, "--iterations", "9", "--resume").Expect(0);
        Assert.Contains("Resumed after 6 of 9 steps", run.Output);
        Assert.Contains("trained 9 iterations", run.Output);
        Assert.Matches(@"\nmAP@0\.5 0\.\d{3}\n$", run.Output);
        Assert.Equal(["3", "6", "9"], File.ReadLines(Path.Combine(copy, "log.csv")).Skip(1).Select(row => row.Split(',')[0]));
    }

    [Fact]
    public void An_earlier_run_is_not_overwritten()
    {
        var run = CommandLine.Run([], "train", "rendered-shapes-ssd", "--data", trained.Data, "--out", trained.Output, "--iterations", "1").Expect(1);
        Assert.Contains("holds checkpoints of an earlier run", run.Error);
    }

    [Fact]
    public void An_interrupted_run_exits_with_130_and_says_how_to_go_on()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] args = ["train", "rendered-shapes-ssd", "--data", trained.Data, "--out", folder["my run"], "--iterations", "1"];
        var exitCode = DetGen.Run(args, Terminal.OfWriters(output, error), [], new CancellationToken(canceled: true));
        Assert.Equal(130, exitCode);
        Assert.Contains("interrupted after 0 iterations; nothing is lost", error.ToString());
        var command = $"detgen train rendered-shapes-ssd --data {trained.Data} --out '{folder["my run"]}' --iterations 1 --resume";
        Assert.Contains(command, error.ToString());
        Assert.True(File.Exists(folder["my run/checkpoints/last.safetensors"]));
    }

    [Fact]
    public void Other_classes_than_the_models_are_refused_with_a_spec_that_would_fit()
    {
        var run = CommandLine.Run([], "train", "blood-cells-ssd", "--data", trained.Data, "--out", folder["run"]).Expect(1);
        Assert.Contains("data:  ball, fish, flower, house, star", run.Error);
        Assert.Contains("model: RBC, WBC, Platelets", run.Error);
        Assert.False(Directory.Exists(folder["run"]));

        var lines = SpecLines().Match(run.Error).Value.Split('\n').Select(line => line.Trim());
        var spec = folder.Write("mine.yaml", string.Join('\n', lines) + "\n");
        Assert.Contains("my-detector", CommandLine.Run([], "summary", spec, "--depth", "1").Expect(0).Output);
    }

    [Fact]
    public void Training_starts_from_the_weights_of_a_model_with_other_classes_when_asked_to()
    {
        // The same images with the classes of another model.
        var cells = folder["cells"];
        RenderedDataset.Write(cells, images: 8, seed: 4);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(cells, "Annotations")))
        {
            var text = File.ReadAllText(file);
            foreach (var (name, other) in RenderedDataset.ClassNames.Zip(["RBC", "WBC", "Platelets", "RBC", "WBC"]))
            {
                text = text.Replace($"<name>{name}</name>", $"<name>{other}</name>", StringComparison.Ordinal);
            }
            File.WriteAllText(file, text);
        }
        File.Delete(Path.Combine(cells, "classes.txt"));
        string[] args = ["train", "blood-cells-ssd", "--data", cells, "--out", folder["run"], "--iterations", "1", "--weights", trained.BestWeights];

        var refused = CommandLine.Run([], args).Expect(1);
        Assert.Contains("the weights are not of blood-cells-ssd", refused.Error);
        Assert.Contains("add --partial", refused.Error);

        var run = CommandLine.Run([], [.. args, "--partial"]).Expect(0);
        Assert.Matches(@"best\.safetensors of rendered-shapes-ssd: \d+ of \d+ tensors taken \(\d+(\.\d)? % of the values\), 8 new, 8 skipped", run.Output);
        Assert.Contains("scores", run.Output);
    }

    [Fact]
    public void Rows_of_the_classes_that_both_know_are_taken_from_a_model_of_others()
    {
        // The same images with one class of cells, which the file is told to know under another name.
        var cells = folder["cells"];
        RenderedDataset.Write(cells, images: 8, seed: 4);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(cells, "Annotations")))
        {
            File.WriteAllText(file, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(file), "<name>(ball|fish|flower|house|star)</name>", "<name>RBC</name>"));
        }
        File.Delete(Path.Combine(cells, "classes.txt"));
        string[] args =
        [
            "train", "blood-cells-ssd", "--data", cells, "--out", folder["run"], "--iterations", "1", "--weights", trained.BestWeights, "--partial",
            "--rename-class", "ball=RBC", "--patience", "1",
        ];
        var run = CommandLine.Run([], args).Expect(0);
        Assert.Contains("8 subsampled, 0 new, 0 skipped", run.Output);
        Assert.Contains("rows of 1 class: RBC", run.Output);
    }

    [Fact]
    public void Options_of_partial_weights_belong_to_them()
    {
        string[] args = ["train", "rendered-shapes-ssd", "--data", trained.Data, "--out", folder["run"], "--weights", trained.BestWeights];
        Assert.Contains("--rename-class says which classes --partial takes", CommandLine.Run([], [.. args, "--rename-class", "a=b"]).Expect(2).Error);
        Assert.Contains("must be OLD=NEW", CommandLine.Run([], [.. args, "--partial", "--rename-class", "a"]).Expect(2).Error);
        Assert.Contains("no such file", CommandLine.Run([], [.. args, "--partial", "--weights-classes", folder["none.txt"]]).Expect(1).Error);
    }

    [Fact]
    public void Partial_without_weights_is_wrong_use()
    {
        var run = CommandLine.Run([], "train", "rendered-shapes-ssd", "--data", trained.Data, "--out", folder["run"], "--partial").Expect(2);
        Assert.Contains("--partial says how to take --weights", run.Error);
    }

    [Fact]
    public void A_model_that_names_no_classes_is_refused_likewise()
    {
        var run = CommandLine.Run([], "train", "mobilenet-v1-ssd", "--data", trained.Data, "--out", folder["run"]).Expect(1);
        Assert.Contains("model: it names none", run.Error);
        Assert.Contains("classes: [ball, fish, flower, house, star]", run.Error);
    }

    [Fact]
    public void Classes_in_another_order_are_brought_into_the_models()
    {
        RenderedDataset.Write(folder["data"], images: 4, seed: 3);
        var card = ModelCatalogs.Find(ShippedModels.Catalogs, "rendered-shapes-ssd").Card;
        var before = TrainingData.Load(folder["data"], "train", card);
        File.WriteAllLines(folder["data/classes.txt"], RenderedDataset.ClassNames.Reverse());
        var after = TrainingData.Load(folder["data"], "train", card);
        Assert.NotEmpty(before.Samples.SelectMany(sample => sample.Boxes));
        Assert.Equal(before.Samples.SelectMany(sample => sample.Boxes), after.Samples.SelectMany(sample => sample.Boxes));
        Assert.Equal(RenderedDataset.ClassNames.ToArray(), after.ClassNames.ToArray());
    }

    [Theory]
    [InlineData("yes", "'yes'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("7up", "'7up'")]
    [InlineData("traffic light", "'traffic light'")]
    [InlineData("T-shirt", "T-shirt")]
    public void Class_names_are_quoted_where_yaml_needs_it(string name, string written) =>
        Assert.Contains($"classes: [{written}]", TrainingData.SpecFor([name], ModelCatalogs.Find(ShippedModels.Catalogs, "raccoon-ssd").Card));

    [Theory]
    [InlineData("eval rendered-shapes-ssd -w w --data nowhere", "nowhere: there is no such folder")]
    [InlineData("eval rendered-shapes-ssd -w w --data DATA --split vla", "did you mean 'val'?")]
    [InlineData("eval rendered-shapes-ssd -w missing.pth --data DATA", "missing.pth: there is no such file")]
    [InlineData("train rendered-shapes-ssd --data nowhere --out o", "nowhere: there is no such folder")]
    [InlineData("train rendered-shapes-ssd --data DATA --val-split test --out o", "without the split 'test'")]
    [InlineData("list --data nowhere", "nowhere: there is no such folder")]
    public void Failure_exits_with_1(string arguments, string message)
    {
        var args = arguments.Replace("DATA", trained.Data, StringComparison.Ordinal).Split(' ');
        Assert.Contains(message, CommandLine.Run([], args).Expect(1).Error);
        Assert.Contains(message, CommandLine.Run([], [.. args, "--json"]).Expect(1).Json().GetProperty("error").GetString());
    }

    [Fact]
    public void List_finds_the_models_for_a_data_set()
    {
        var models = CommandLine.Run([], "list", "--data", trained.Data, "--json").Expect(0).Json();
        Assert.Equal("rendered-shapes-ssd", Assert.Single(models.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public void List_says_how_to_make_a_model_for_a_data_set_that_none_fits()
    {
        var annotation = "<annotation><filename>a.jpg</filename><object><name>tree</name>"
            + "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>20</xmax><ymax>20</ymax></bndbox></object></annotation>";
        folder.Write("Annotations/a.xml", annotation);
        folder.Write("ImageSets/Main/train.txt", "a\n");
        folder.Write("JPEGImages/a.jpg", new RgbImage(32, 32));
        var run = CommandLine.Run([], "list", "--data", folder.Path).Expect(1);
        Assert.Contains("no model tells apart the classes tree", run.Error);
        Assert.Contains("extends: mobilenet-v1-ssd", run.Error);
    }

    [GeneratedRegex(@"spec: 1.*", RegexOptions.Singleline)]
    private static partial Regex SpecLines();
}
