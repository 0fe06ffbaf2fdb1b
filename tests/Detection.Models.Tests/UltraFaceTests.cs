// UltraFace slim-320 with the weights its author trained: raw outputs, default boxes and faces against a PyTorch re-implementation.
using Detection.Models.Ssd;
using Detection.Runtime;
using Detection.Runtime.Tests;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Models.Tests;

public sealed class UltraFaceTests
{
    private const string Folder = "weights/ultraface_slim_320/";

    public static TheoryData<string> WeightFiles => ["version-slim-320.safetensors", "version-slim-320.pth"];

    [SkippableTheory]
    [InlineData("astronaut")]
    [InlineData("chelsea")]
    public void Raw_outputs_agree_with_the_reference(string photo)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = Load("version-slim-320.safetensors");
        var reference = RepositoryFiles.Shared(Folder + "reference_outputs.npz");
        var output = model.call(Npz.Read(reference, photo + "_input").Tensor());
        ReferenceArrays.Close(Npz.Read(reference, photo + "_class_logits"), output.ClassLogits, 1e-4);
        ReferenceArrays.Close(Npz.Read(reference, photo + "_box_deltas"), output.BoxDeltas, 1e-4);
    }

    [SkippableFact]
    public void Default_boxes_agree_with_the_reference()
    {
        using var scope = NewDisposeScope();
        using var model = new UltraFaceSlim320();
        model.eval();
        var expected = Npz.Read(RepositoryFiles.Shared(Folder + "reference_outputs.npz"), "priors_cxcywh");
        var output = model.call(zeros(1, 3, 240, 320));
        ReferenceArrays.Close(expected, model.DefaultBoxes.For(output.FeatureSizes, model.Card.Input, CPU), 1e-6);
    }

    [SkippableTheory]
    [MemberData(nameof(WeightFiles))]
    public void Finds_the_face_of_the_astronaut(string weights)
    {
        using var model = Load(weights);
        var detections = Assert.Single(model.Detect([RgbImage.Load(RepositoryFiles.Shared("data/photos/astronaut.png"))]));
        var face = Assert.Single(detections.Objects);
        Assert.Equal("face", face.ClassName);
        Assert.True(face.Score > 0.99, $"score {face.Score}");
        Assert.True(face.Box.Iou(new Box(179, 62, 270, 174)) > 0.9, $"box {face.Box}");
    }

    [SkippableFact]
    public void Finds_no_face_in_a_cat()
    {
        using var model = Load("version-slim-320.safetensors");
        Assert.Empty(Assert.Single(model.Detect([RgbImage.Load(RepositoryFiles.Shared("data/photos/chelsea.png"))])).Objects);
    }

    [SkippableFact]
    public void Gives_each_thread_the_detections_of_its_own_image()
    {
        using var model = Load("version-slim-320.safetensors");
        RgbImage[] images = [.. new[] { "astronaut.png", "chelsea.png", "coffee.png" }.Select(f => RgbImage.Load(RepositoryFiles.Shared("data/photos/" + f)))];
        string[] expected = [.. images.Select(i => Describe(model.Detect([i])[0]))];
        var found = new string[24];
        Parallel.For(0, found.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => found[i] = Describe(model.Detect([images[i % images.Length]])[0]));
        Assert.All(Enumerable.Range(0, found.Length), i => Assert.Equal(expected[i % images.Length], found[i]));
    }

    [SkippableFact]
    public void State_dict_has_exactly_the_keys_of_the_released_weights()
    {
        using var model = new UltraFaceSlim320();
        var expected = File.ReadLines(RepositoryFiles.Shared(Folder + "tensors.txt")).Select(line => line.Split('\t')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(expected, model.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public void Weights_of_another_model_are_refused_with_every_key_and_nothing_is_loaded()
    {
        using var model = new UltraFaceSlim320();
        var before = model.state_dict().ToDictionary(e => e.Key, e => e.Value.to(float32).Floats());
        var file = RepositoryFiles.Shared("weights/squeezenet_v1_0_deepcompressed/squeezenet_v1_0_fp32.safetensors");
        var failure = Assert.Throws<WeightMismatchException>(() => WeightLoader.Load(model, file));
        Assert.Contains(file, failure.Message);
        Assert.Equal(52, failure.Extra.Length);
        Assert.Equal(before.Keys.Where(k => !k.EndsWith("num_batches_tracked", StringComparison.Ordinal)).Order(StringComparer.Ordinal), failure.Missing);
        Assert.All(failure.Missing.Concat(failure.Extra), key => Assert.Contains(key, failure.Message));
        Assert.All(model.state_dict(), e => Assert.Equal(before[e.Key], e.Value.to(float32).Floats()));
    }

    private static string Describe(ImageDetections detections) => string.Join("; ", detections.Objects);

    private static UltraFaceSlim320 Load(string weights)
    {
        var file = RepositoryFiles.Shared(Folder + weights);
        var model = new UltraFaceSlim320();
        WeightLoader.Load(model, file);
        model.eval();
        return model;
    }
}
