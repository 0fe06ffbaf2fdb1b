// RetinaNet against torchvision's retinanet_resnet50_fpn: with the same weights under the same keys, the same scores, deltas, default boxes and detections.
// retinanet.npz was written by retinanet.py beside it.
using Detection.Models.OneStage;
using Detection.Runtime;
using Detection.Runtime.Tests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Models.Tests.Torchvision;

public sealed class RetinaNetNumbersTests
{
    private const int Side = 256;

    // The last digits hang on the order of summation, and with it on the number of threads; a wrong tap, stride or constant shows in the first.
    private const double Share = 2e-5;

    [Fact]
    public void RetinaNet_gives_torchvisions_scores_and_deltas_for_torchvisions_default_boxes()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = FormulaWeights.Fill(new RetinaNetResNet50FpnTorchvision());

        var output = model.call(FormulaWeights.Image(Side, Side));

        var (logits, deltas) = (output.ClassLogits[0], output.BoxDeltas[0]);
        var anchors = Corners(model.DefaultBoxes.For(output.FeatureSizes, new InputSize(3, Side, Side), CPU));
        ReferenceArrays.CloseInScale(Read("logits"), Every97th(logits), Share);
        ReferenceArrays.CloseInScale(Read("deltas"), Every97th(deltas), Share);
        ReferenceArrays.Close(Read("anchors"), Every97th(anchors) * Side, 1e-4);
    }

    [Fact]
    public void RetinaNet_finds_what_torchvisions_finds()
    {
        using var scope = NewDisposeScope();
        using var model = FormulaWeights.Fill(new RetinaNetResNet50FpnTorchvision());
        using (no_grad())
        {
            // The weights of retinanet.py: tame boxes, and scores of which a few hundred are above the threshold.
            var state = model.state_dict();
            foreach (var layer in new[] { "head.classification_head.cls_logits", "head.regression_head.bbox_reg" })
            {
                state[layer + ".weight"].mul_(0.01);
                state[layer + ".bias"].zero_();
            }
            state["head.classification_head.cls_logits.bias"].fill_(Read("shift").Values[0]);
        }

        var found = model.Detect([FormulaWeights.Picture(768, 768)])[0].Objects;

        var (boxes, scores, labels) = (Read("boxes").Values, Read("scores").Values, Read("labels").Values);
        Assert.Equal(labels.Length, found.Length);
        for (var i = 0; i < labels.Length; i++)
        {
            // Scores of different boxes may differ by less than rounding does, so the order is not compared.
            var (x1, y1, x2, y2) = (boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3]);
            Assert.Single(found, o => o.ClassIndex == (int)labels[i] && Math.Abs(o.Score - scores[i]) < 1e-5
                && Math.Abs(o.Box.X1 - x1) + Math.Abs(o.Box.Y1 - y1) + Math.Abs(o.Box.X2 - x2) + Math.Abs(o.Box.Y2 - y2) < 0.05);
        }
    }

    [Fact]
    public void Its_state_dict_has_torchvisions_keys()
    {
        using var model = new RetinaNetResNet50FpnTorchvision();
        var keys = model.state_dict().Keys.Order(StringComparer.Ordinal);

        // Five for each of 53 convolutions and normalisations, 53 counters of batches, and 2 for each of 8 convolutions of the pyramid and 10 of the heads.
        Assert.Equal(53 * 5 + 53 + 2 * (8 + 10), keys.Count());
        Assert.Contains("backbone.body.layer3.5.bn2.running_var", keys);
        Assert.Contains("backbone.fpn.extra_blocks.p7.bias", keys);
        Assert.Contains("head.classification_head.conv.3.0.weight", keys);
        Assert.Contains("head.classification_head.cls_logits.bias", keys);
        Assert.Contains("head.regression_head.bbox_reg.weight", keys);
    }

    private static Tensor Corners(Tensor boxes)
    {
        var (centers, halves) = (boxes.narrow(1, 0, 2), boxes.narrow(1, 2, 2) * 0.5);
        return cat([centers - halves, centers + halves], 1);
    }

    private static Tensor Every97th(Tensor values) => values.index_select(0, arange(0, values.shape[0], 97, ScalarType.Int64));

    private static NpyArray Read(string name) => Npz.Read(Path.Combine(AppContext.BaseDirectory, "Torchvision", "retinanet.npz"), name);
}
