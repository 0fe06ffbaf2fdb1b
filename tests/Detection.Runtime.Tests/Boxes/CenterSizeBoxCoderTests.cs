// Box coding: decoding undoes encoding, and wild predictions stay finite.
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class CenterSizeBoxCoderTests
{
    private static readonly CenterSizeBoxCoder Coder = new(0.1, 0.2);

    [Fact]
    public void Targets_are_those_of_the_definition()
    {
        using var scope = NewDisposeScope();
        var box = tensor(new float[] { 2, 4, 6, 12 }, [1, 4]); // centre 4, 8, size 4 x 8
        var anchor = tensor(new float[] { 3, 6, 2, 16 }, [1, 4]);
        var expected = new[] { (4 - 3) / 2f / 0.1f, (8 - 6) / 16f / 0.1f, MathF.Log(4 / 2f) / 0.2f, MathF.Log(8 / 16f) / 0.2f };
        var deltas = Coder.Encode(box, anchor).Floats();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(expected[i], deltas[i], 4);
        }
    }

    [Fact]
    public void Decoding_undoes_encoding() =>
        Prop.ForAll<(short X1, short Y1, ushort W, ushort H)[]>(BoxArbitrary.Boxes, values =>
        {
            using var scope = NewDisposeScope();
            var solid = values.Select(v => (v.X1, v.Y1, W: (ushort)(v.W + 4), H: (ushort)(v.H + 4))).ToArray();
            var boxes = BoxArbitrary.ToTensor(solid);
            var anchors = Boxes.ToCenterSize(BoxArbitrary.ToTensor([.. solid.Reverse()]));
            var back = Coder.Decode(Coder.Encode(boxes, anchors), anchors);
            return solid.Length == 0 || (back - boxes).abs().max().item<float>() < 1e-4f;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Zero_deltas_are_the_anchor()
    {
        using var scope = NewDisposeScope();
        var anchors = tensor(new float[] { 3, 6, 2, 16 }, [1, 4]);
        Assert.Equal([2f, -2, 4, 14], Coder.Decode(zeros(1, 4), anchors).Floats());
    }

    [Theory]
    [InlineData(1e6f)]
    [InlineData(float.PositiveInfinity)]
    public void A_wild_size_prediction_gives_a_huge_finite_box(float delta)
    {
        using var scope = NewDisposeScope();
        var decoded = Coder.Decode(tensor(new float[] { 0, 0, delta, -delta }, [1, 4]), tensor(new float[] { 0.5f, 0.5f, 0.1f, 0.1f }, [1, 4]));
        var box = decoded.Floats();
        Assert.All(box, v => Assert.True(float.IsFinite(v)));
        Assert.Equal(0.1 * 62.5, box[2] - box[0], 3);
        Assert.Equal(0, box[3] - box[1], 6);
    }

    [Fact]
    public void A_box_without_area_has_finite_targets()
    {
        using var scope = NewDisposeScope();
        var deltas = Coder.Encode(tensor(new float[] { 2, 2, 2, 2 }, [1, 4]), tensor(new float[] { 2, 2, 4, 4 }, [1, 4]));
        Assert.All(deltas.Floats(), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void A_batch_of_deltas_shares_the_anchors()
    {
        using var scope = NewDisposeScope();
        var anchors = rand(5, 4) + 0.1;
        var deltas = randn(3, 5, 4);
        var all = Coder.Decode(deltas, anchors);
        Assert.Equal([3L, 5, 4], all.shape);
        Assert.True(all[2].allclose(Coder.Decode(deltas[2], anchors)));
    }
}
