// SSD300 against torchvision's ssd300_vgg16: with the same weights under the same keys, the same scores, deltas and default boxes.
// ssd300.npz was written by ssd300.py beside it, from every 97th default box.
using Detection.Models.Ssd;
using Detection.Runtime;
using Detection.Runtime.Tests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Models.Tests.Torchvision;

public sealed class Ssd300NumbersTests
{
    // The last digits hang on the order of summation, and with it on the number of threads; a wrong tap, stride or constant shows in the first.
    private const double Share = 2e-5;

    [Fact]
    public void Ssd300_gives_torchvisions_scores_and_deltas_for_torchvisions_default_boxes()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = FormulaWeights.Fill(new Ssd300Vgg16Torchvision());
        // The one tensor that a prefix cannot name: torchvision keeps the scale beside the layers.
        model.state_dict()["backbone.scale.weight"].copy_(FormulaWeights.Values("backbone.scale_weight", [512]));

        var output = model.call(FormulaWeights.Image(300, 300));

        Compare("logits", Every97th(output.ClassLogits));
        Compare("deltas", Every97th(output.BoxDeltas));
        var anchors = Every97th(model.DefaultBoxes.For(output.FeatureSizes, model.Card.Input, CPU).unsqueeze(0));
        var (centers, halves) = (anchors.narrow(1, 0, 2), anchors.narrow(1, 2, 2) * 0.5);
        ReferenceArrays.Close(Read("anchors"), cat([centers - halves, centers + halves], 1), 1e-6);
    }

    [Fact]
    public void Its_state_dict_has_torchvisions_keys_but_for_one()
    {
        using var model = new Ssd300Vgg16Torchvision();
        var keys = model.state_dict().Keys;

        Assert.Equal(71, keys.Count);
        Assert.Contains("backbone.features.21.weight", keys);
        Assert.Contains("backbone.extra.0.7.3.bias", keys);
        Assert.Contains("backbone.extra.4.2.weight", keys);
        Assert.Contains("head.classification_head.module_list.5.bias", keys);
        Assert.Contains("head.regression_head.module_list.0.weight", keys);
    }

    private static Tensor Every97th(Tensor values) => values[0].index_select(0, arange(0, values.shape[1], 97, ScalarType.Int64));

    private static NpyArray Read(string name) => Npz.Read(Path.Combine(AppContext.BaseDirectory, "Torchvision", "ssd300.npz"), name);

    private static void Compare(string name, Tensor actual) => ReferenceArrays.CloseInScale(Read(name), actual, Share);
}
