// SqueezeNet 1.0 with weights trained by others: feature maps, logits and classes against a PyTorch re-implementation.
using Detection.Models.Backbones;
using Detection.Runtime;
using Detection.Runtime.Tests;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Models.Tests;

public sealed class SqueezeNetTests
{
    private const string Folder = "weights/squeezenet_v1_0_deepcompressed/";

    [SkippableTheory]
    [InlineData("chelsea")]
    [InlineData("coffee")]
    public void Logits_agree_with_the_reference(string photo)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = Load();
        var reference = RepositoryFiles.Shared(Folder + "reference_outputs.npz");
        ReferenceArrays.Close(Npz.Read(reference, photo + "_logits"), model.call(Npz.Read(reference, photo + "_input_bgr").Tensor()), 1e-4);
    }

    [SkippableTheory]
    [InlineData("chelsea")]
    [InlineData("coffee")]
    public void The_backbone_alone_takes_its_part_of_the_weights_and_agrees_with_the_reference(string photo)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var classifier = Load();
        using var backbone = new SqueezeNet();
        var weights = classifier.state_dict();
        backbone.load_state_dict(backbone.state_dict().Keys.ToDictionary(k => k, k => weights[k]));
        backbone.eval();
        var reference = RepositoryFiles.Shared(Folder + "reference_outputs.npz");
        using var features = backbone.call(Npz.Read(reference, photo + "_input_bgr").Tensor());
        ReferenceArrays.CloseInScale(Npz.Read(reference, photo + "_fire9"), features.Fire9, 2e-6);
    }

    [SkippableTheory]
    [InlineData("chelsea.png", 285, 0.5)]
    [InlineData("coffee.png", 967, 0.8)]
    public void Recognises_the_photo(string photo, int expectedClass, double leastProbability)
    {
        using var model = Load();
        var ranked = Assert.Single(model.Classify([RgbImage.Load(RepositoryFiles.Shared("data/photos/" + photo))]));
        Assert.Equal(expectedClass, ranked[0].ClassIndex);
        Assert.True(ranked[0].Probability > leastProbability, $"probability {ranked[0].Probability}");
    }

    private static SqueezeNetClassifier Load()
    {
        var file = RepositoryFiles.Shared(Folder + "squeezenet_v1_0_fp32.safetensors");
        var model = new SqueezeNetClassifier();
        WeightLoader.Load(model, file);
        model.eval();
        return model;
    }
}
