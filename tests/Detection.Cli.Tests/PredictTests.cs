// predict on images that are made for the purpose, with models whose answers are known.
using System.Text.Json;
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

public sealed class PredictTests : IDisposable
{
    private static readonly (byte, byte, byte) White = (255, 255, 255);
    private static readonly (byte, byte, byte) Blue = (0, 0, 255);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string[] Detect(params string[] rest) =>
        ["predict", "red-squares", "--weights", SampleModels.WriteWeights(folder, "red-squares"), "--out", folder["out"], .. rest];

    [Fact]
    public void A_detector_reports_and_draws_its_objects()
    {
        var image = folder.Write("photo.png", SampleModels.Square(64, White));
        var run = CommandLine.Run(Detect(image)).Expect(0);
        Assert.Equal($"{image}: 64x64 1 object -> {folder["out/photo.png"]}\n  square 1.000 16 16 32 32\n", run.Output);
        Assert.Equal("", run.Error);

        var drawn = RgbImage.Load(folder["out/photo.png"]);
        Assert.Equal((64, 64), (drawn.Width, drawn.Height));
        Assert.NotEqual(White, drawn[16, 40 - 9]);
    }

    [Fact]
    public void Json_and_the_file_beside_the_pictures_are_one_document()
    {
        var image = folder.Write("photo.png", SampleModels.Square(64, White));
        var run = CommandLine.Run(Detect(image, "--json")).Expect(0);
        Assert.Equal(run.Output.TrimEnd(), File.ReadAllText(folder["out/detections.json"]).TrimEnd());
        var found = run.Json().GetProperty("images")[0];
        Assert.Equal((64, 64), (found.GetProperty("width").GetInt32(), found.GetProperty("height").GetInt32()));
        var detection = found.GetProperty("detections")[0];
        Assert.Equal("square", detection.GetProperty("name").GetString());
        Assert.InRange(detection.GetProperty("score").GetSingle(), 0.99f, 1f);
        Assert.Equal([16f, 16f, 32f, 32f], detection.GetProperty("box").EnumerateArray().Select(e => MathF.Round(e.GetSingle(), 3)));
    }

    [Fact]
    public void A_jpeg_stays_a_jpeg_and_names_are_made_distinct()
    {
        folder.Write("a/photo.png", SampleModels.Square(32, White));
        folder.Write("b/photo.png", SampleModels.Square(32, Blue));
        folder.Write("b/photo.jpg", SampleModels.Square(32, Blue));
        CommandLine.Run(Detect(folder["a"], folder["b"])).Expect(0);
        Assert.Equal(
            ["detections.json", "photo-2.png", "photo.jpg", "photo.png"],
            Directory.EnumerateFiles(folder["out"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Unreadable_images_are_named_and_the_others_are_done()
    {
        var good = folder.Write("good.png", SampleModels.Square(64, White));
        var text = folder.Write("text.png", "not an image");
        var whole = File.ReadAllBytes(good);
        var truncated = folder["truncated.png"];
        File.WriteAllBytes(truncated, whole[..(whole.Length / 2)]);
        var run = CommandLine.Run(Detect(text, good, truncated, folder["missing.png"], "--json")).Expect(1);
        Assert.Contains(text, run.Error);
        Assert.Contains(truncated, run.Error);
        Assert.Contains(folder["missing.png"], run.Error);
        Assert.Equal([good], run.Json().GetProperty("images").EnumerateArray().Select(i => i.GetProperty("image").GetString()));
        Assert.Equal(3, run.Json().GetProperty("failures").GetArrayLength());
        Assert.True(File.Exists(folder["out/good.png"]));
    }

    [Fact]
    public void Weights_of_another_model_are_refused_and_nothing_is_written()
    {
        var image = folder.Write("photo.png", SampleModels.Square(64, White));
        var other = SampleModels.WriteWeights(folder, "colors");
        var run = CommandLine.Run("predict", "red-squares", "--weights", other, "--out", folder["out"], image).Expect(1);
        Assert.Contains(other, run.Error);
        Assert.Contains("red-squares", run.Error);
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public void Thresholds_and_limits_reach_the_detector()
    {
        // Two red cells that do not touch.
        var image = SampleModels.Square(64, White);
        for (var i = 0; i < 16 * 16; i++)
        {
            image[48 + i % 16, 48 + i / 16] = (255, 0, 0);
        }
        var path = folder.Write("two.png", image);
        int Found(params string[] options) =>
            CommandLine.Run([.. Detect(path, "--json"), .. options]).Expect(0).Json().GetProperty("images")[0].GetProperty("detections").GetArrayLength();
        Assert.Equal(2, Found());
        Assert.Equal(1, Found("--top", "1"));
        Assert.Equal(0, Found("--threshold", "1"));
        Assert.Equal(16, Found("--threshold", "0", "--nms", "1"));
    }

    [Fact]
    public void A_classifier_ranks_its_classes()
    {
        var blue = folder.Write("blue.png", new RgbImage(4, 4, [.. Enumerable.Repeat(new byte[] { 20, 10, 200 }, 16).SelectMany(p => p)]));
        var weights = SampleModels.WriteWeights(folder, "colors");
        var run = CommandLine.Run("predict", "colors", "--weights", weights, blue, "--top", "2").Expect(0);
        Assert.StartsWith($"{blue}: 4x4\n  2 class 2 0.99", run.Output);
        Assert.Equal(3, run.Output.TrimEnd().Split('\n').Length);

        var labels = folder.Write("labels.txt", "red\ngreen\nblue\n");
        var named = CommandLine.Run("predict", "colors", "--weights", weights, blue, "--labels", labels, "--out", folder["classes"], "--json").Expect(0);
        Assert.Equal(["blue", "red", "green"], named.Json().GetProperty("images")[0].GetProperty("classes").EnumerateArray().Select(c => c.GetProperty("name").GetString()));
        Assert.Equal(["classes.json"], Directory.EnumerateFiles(folder["classes"]).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void A_label_file_must_fit_the_model()
    {
        var labels = folder.Write("labels.txt", "red\ngreen\n");
        var run = CommandLine.Run("predict", "colors", "--weights", SampleModels.WriteWeights(folder, "colors"), "a.png", "--labels", labels).Expect(1);
        Assert.Contains($"{labels}: 2 labels, but the model tells apart 3 classes", run.Error);
    }

    [Fact]
    public void Pictures_never_overwrite_their_images()
    {
        var image = folder.Write("out/photo.png", SampleModels.Square(64, White));
        var before = File.ReadAllBytes(image);
        Assert.Contains("would overwrite it", CommandLine.Run(Detect(image)).Expect(2).Error);
        Assert.Equal(before, File.ReadAllBytes(image));
    }

    [Fact]
    public void A_picture_that_cannot_be_written_fails_with_one_document()
    {
        var image = folder.Write("photo.png", SampleModels.Square(64, White));
        Directory.CreateDirectory(folder["out/photo.png"]);
        var run = CommandLine.Run(Detect(image, "--json")).Expect(1);
        Assert.Contains(folder["out/photo.png"], run.Json().GetProperty("error").GetString());
    }

    [Fact]
    public void A_file_in_place_of_the_output_folder_is_left_alone()
    {
        var image = folder.Write("photo.png", SampleModels.Square(64, White));
        folder.Write("out", "mine");
        Assert.Contains("is a file, not a folder", CommandLine.Run(Detect(image)).Expect(1).Error);
        Assert.Equal("mine", File.ReadAllText(folder["out"]));
    }

    [Fact]
    public void An_image_named_twice_is_done_once()
    {
        var image = folder.Write("photos/photo.png", SampleModels.Square(64, White));
        var run = CommandLine.Run(Detect(image, folder["photos"], folder["photos/*.png"], "--json")).Expect(0);
        Assert.Equal(1, run.Json().GetProperty("images").GetArrayLength());
    }

    [Fact]
    public void Interrupted_work_keeps_what_is_done()
    {
        var image = folder.Write("photo.png", SampleModels.Square(64, White));
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = DetGen.Run(Detect(image, "--json"), Terminal.OfWriters(output, error), [SampleModels.Instance], new CancellationToken(canceled: true));
        Assert.Equal(130, exitCode);
        Assert.Contains("interrupted after 0 of 1 image", error.ToString());
        Assert.Equal(0, JsonDocument.Parse(output.ToString()).RootElement.GetProperty("images").GetArrayLength());
    }
}
