// Faster R-CNN against torchvision's fasterrcnn_resnet50_fpn: with the same weights under the same keys, the same objectness, deltas, anchors, regions and detections.
// fasterrcnn.npz was written by fasterrcnn.py beside it.
using System.Text.RegularExpressions;
using Detection.Models.Rcnn;
using Detection.Runtime;
using Detection.Runtime.Tests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Models.Tests.Torchvision;

public sealed partial class FasterRcnnNumbersTests
{
    // The last digits hang on the order of summation, and with it on the number of threads; a wrong tap, stride or constant shows in the first.
    private const double Share = 2e-5;

    // The height is no multiple of 64, so that cells of P6 stand 56 rows apart; the last rows and columns are padding.
    private const int Height = 224, Width = 320;
    private static readonly BatchImage Unpadded = new(220, 313);

    [Fact]
    public void The_proposals_have_torchvisions_objectness_deltas_and_anchors()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = FormulaWeights.Fill(new FasterRcnnResNet50FpnTorchvision());

        var output = model.Extract(FormulaWeights.Image(Height, Width)).Proposals!;

        ReferenceArrays.CloseInScale(Read("logits"), Every23rd(output.Objectness[0]), Share);
        ReferenceArrays.CloseInScale(Read("deltas"), Every23rd(output.Deltas[0]), Share);
        ReferenceArrays.Close(Read("anchors"), Every23rd(model.AnchorsFor(output)), 0);
    }

    [Fact]
    public void The_regions_are_torchvisions()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var model = Tame(FormulaWeights.Fill(new FasterRcnnResNet50FpnTorchvision()));

        var regions = model.Propose(model.Extract(FormulaWeights.Image(Height, Width)), [Unpadded]).Regions;

        // Objectness of different regions may differ by less than rounding does, so the order is not compared.
        var (expected, actual) = (Read("regions").Values, regions.narrow(1, 1, 4).contiguous().data<float>().ToArray());
        Assert.Equal(expected.Length, actual.Length);
        var open = actual.Chunk(4).ToList();
        foreach (var region in expected.Chunk(4))
        {
            var place = open.FindIndex(box => box.Zip(region).All(edge => Math.Abs(edge.First - edge.Second) <= 2e-3));
            Assert.True(place >= 0, $"no region is {string.Join(' ', region)}");
            open.RemoveAt(place);
        }
    }

    [Fact]
    public void It_finds_what_torchvisions_finds()
    {
        using var scope = NewDisposeScope();
        using var model = Tame(FormulaWeights.Fill(new FasterRcnnResNet50FpnTorchvision()));
        using (no_grad())
        {
            model.state_dict()["roi_heads.box_predictor.cls_score.bias"].copy_(Read("bias").Tensor());
        }

        var found = model.Detect([FormulaWeights.Picture(800, 820)])[0].Objects;

        var (boxes, scores, labels) = (Read("boxes").Values, Read("scores").Values, Read("labels").Values);
        Assert.Equal(labels.Length, found.Length);
        for (var i = 0; i < labels.Length; i++)
        {
            // Scores of different boxes may differ by less than rounding does, so the order is not compared. torchvision's label 0 is the background.
            var (x1, y1, x2, y2) = (boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3]);
            Assert.Single(found, o => o.ClassIndex == (int)labels[i] - 1 && Math.Abs(o.Score - scores[i]) < 1e-4
                && Math.Abs(o.Box.X1 - x1) + Math.Abs(o.Box.Y1 - y1) + Math.Abs(o.Box.X2 - x2) + Math.Abs(o.Box.Y2 - y2) < 0.05);
        }
    }

    [Theory]
    [InlineData("torchvision", "rpn.head.conv.0.0.weight", "backbone.fpn.inner_blocks.3.0.bias")]
    [InlineData("released", "rpn.head.conv.weight", "backbone.fpn.inner_blocks.3.bias")]
    public void Torchvisions_state_dicts_load_by_name(string map, string convolution, string lateral)
    {
        using var folder = new TemporaryFolder();
        using var model = new FasterRcnnResNet50FpnTorchvision();
        var own = model.state_dict();

        // Five for each of 53 convolutions and normalisations, 53 counters of batches, 2 for each of 8 convolutions of the pyramid, 3 of the proposals and 4 layers behind.
        Assert.Equal((53 * 5) + 53 + (2 * (8 + 3 + 4)), own.Count);
        var foreign = own.Where(t => map == "torchvision" || !t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ToDictionary(t => map == "torchvision" ? t.Key : Older(t.Key), t => t.Value);
        Assert.Contains(convolution, foreign.Keys);
        Assert.Contains(lateral, foreign.Keys);
        Assert.Contains("roi_heads.box_predictor.bbox_pred.weight", foreign.Keys);
        Assert.Contains("backbone.body.layer3.5.bn2.running_var", foreign.Keys);
        Safetensors.Write(folder["weights.safetensors"], foreign.Select(t => StoredTensor.From(t.Key, t.Value)));

        using var filled = new FasterRcnnResNet50FpnTorchvision();
        var report = WeightLoader.LoadMapped(filled, folder["weights.safetensors"], FasterRcnnResNet50FpnTorchvision.ModelCard.WeightMaps.Single(m => m.Name == map));

        Assert.Equal(foreign.Count, report.Loaded.Length);
        Assert.All(filled.state_dict(), t => Assert.True(t.Value.equal(own[t.Key]).all().item<bool>(), t.Key));
    }

    // Newer versions of torchvision have a sequence around each convolution of the pyramid and of the proposals.
    private static string Older(string key) => PyramidLayer().Replace(key, "$1.").Replace("rpn.head.conv.0.0.", "rpn.head.conv.", StringComparison.Ordinal);

    [GeneratedRegex(@"^(backbone\.fpn\.\w+\.\d)\.0\.")]
    private static partial Regex PyramidLayer();

    // The weights of fasterrcnn.py: those of formulas give wild boxes and scores.
    private static FasterRcnnResNet50FpnTorchvision Tame(FasterRcnnResNet50FpnTorchvision model)
    {
        using var gradients = no_grad();
        var state = model.state_dict();
        foreach (var (layer, share) in new[] { ("rpn.head.cls_logits", 0.1), ("rpn.head.bbox_pred", 0.01), ("roi_heads.box_predictor.cls_score", 0.2), ("roi_heads.box_predictor.bbox_pred", 0.01) })
        {
            state[layer + ".weight"].mul_(share);
            state[layer + ".bias"].zero_();
        }
        return model;
    }

    private static Tensor Every23rd(Tensor values) => values.index_select(0, arange(0, values.shape[0], 23, ScalarType.Int64));

    private static NpyArray Read(string name) => Npz.Read(Path.Combine(AppContext.BaseDirectory, "Torchvision", "fasterrcnn.npz"), name);
}
