// The specs that follow torchvision against torchvision itself: with the same weights under the same keys, the same outputs.
// backbones.npz was written by backbones.py beside it.
using Detection.Models.Backbones;
using Detection.Runtime.Tests;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Models.Tests.Torchvision;

public sealed class BackboneNumbersTests
{
    // The last digits hang on the order of summation, and with it on the number of threads; a wrong tap, stride or constant shows in the first.
    private const double Share = 2e-5;

    [Fact]
    public void ResNet50_gives_torchvisions_scores()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = FormulaWeights.Fill(new ResNet50TorchvisionClassifier());
        Compare("resnet50", model.call(FormulaWeights.Image(65, 97)));
    }

    [Fact]
    public void ResNext101_of_32_groups_gives_torchvisions_features()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = FormulaWeights.Fill(new ResNext101Groups32Width8());
        Compare("resnext101_32x8d", model.call(FormulaWeights.Image(49, 71)).C5);
    }

    [Fact]
    public void Vgg16_gives_torchvisions_features()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = FormulaWeights.Fill(new Vgg16Torchvision());
        Compare("vgg16", model.call(FormulaWeights.Image(33, 50)).Conv53);
    }

    [Fact]
    public void InceptionV3_gives_torchvisions_features()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = FormulaWeights.Fill(new InceptionV3Torchvision());
        var features = model.call(FormulaWeights.Image(79, 97));
        Compare("inception_v3.Mixed_5d", features.Mixed5d);
        Compare("inception_v3.Mixed_6e", features.Mixed6e);
        Compare("inception_v3.Mixed_7c", features.Mixed7c);
    }

    private static void Compare(string name, Tensor actual) => ReferenceArrays.CloseInScale(
        Npz.Read(Path.Combine(AppContext.BaseDirectory, "Torchvision", "backbones.npz"), name), actual.squeeze(0), Share);
}
