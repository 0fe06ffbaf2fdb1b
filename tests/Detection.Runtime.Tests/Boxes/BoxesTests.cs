// Box arithmetic on tensors: forms, areas, overlaps, clipping.
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class BoxesTests
{
    private static Tensor Rows(params float[][] rows) => tensor(rows.SelectMany(r => r).ToArray(), [rows.Length, 4]);

    [Fact]
    public void Center_size_form_has_centre_and_size()
    {
        using var boxes = Rows([1, 2, 5, 10]);
        Assert.Equal([3f, 6, 4, 8], Boxes.ToCenterSize(boxes).Floats());
    }

    [Fact]
    public void Both_forms_are_inverse_to_each_other() =>
        Prop.ForAll<(short X1, short Y1, ushort W, ushort H)[]>(BoxArbitrary.Boxes, values =>
        {
            using var scope = NewDisposeScope();
            var boxes = BoxArbitrary.ToTensor(values);
            return Boxes.ToCorners(Boxes.ToCenterSize(boxes)).Floats()
                .SequenceEqual(boxes.Floats());
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 0, 2, 3, 6)]
    [InlineData(1, 1, 1, 5, 0)] // no width
    [InlineData(5, 5, 2, 2, 0)] // inverted
    public void Area_is_width_times_height_and_never_negative(float x1, float y1, float x2, float y2, float expected)
    {
        using var boxes = Rows([x1, y1, x2, y2]);
        Assert.Equal(expected, Boxes.Area(boxes).data<float>()[0]);
        Assert.Equal(expected, new Box(x1, y1, x2, y2).Area);
    }

    [Theory]
    [InlineData(new float[] { 0, 0, 2, 2 }, new float[] { 1, 1, 3, 3 }, 1f / 7)]
    [InlineData(new float[] { 0, 0, 2, 2 }, new float[] { 0, 0, 2, 2 }, 1f)]
    [InlineData(new float[] { 0, 0, 2, 2 }, new float[] { 2, 0, 4, 2 }, 0f)] // touching
    [InlineData(new float[] { 0, 0, 4, 4 }, new float[] { 1, 1, 2, 2 }, 1f / 16)] // inside
    [InlineData(new float[] { 1, 1, 1, 1 }, new float[] { 1, 1, 1, 1 }, 0f)] // no area at all
    public void Iou_is_intersection_over_union(float[] a, float[] b, float expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected, Boxes.PairwiseIou(Rows(a), Rows(b)).data<float>()[0], 6);
        Assert.Equal(expected, new Box(a[0], a[1], a[2], a[3]).Iou(new Box(b[0], b[1], b[2], b[3])), 6);
    }

    [Fact]
    public void Pairwise_iou_has_a_row_per_box_and_a_column_per_other_box()
    {
        using var scope = NewDisposeScope();
        var a = Rows([0, 0, 2, 2], [10, 10, 12, 12], [0, 0, 1, 2]);
        var b = Rows([0, 0, 2, 2], [11, 10, 13, 12]);
        var iou = Boxes.PairwiseIou(a, b);
        Assert.Equal([3L, 2], iou.shape);
        Assert.Equal([1f, 0, 0, 1f / 3, 0.5f, 0], iou.Floats());
    }

    [Fact]
    public void Iou_is_symmetric_and_at_most_one() =>
        Prop.ForAll<(short X1, short Y1, ushort W, ushort H)[]>(BoxArbitrary.Boxes, values =>
        {
            using var scope = NewDisposeScope();
            var boxes = BoxArbitrary.ToTensor(values);
            var iou = Boxes.PairwiseIou(boxes, boxes);
            return iou.Floats().All(v => v is >= 0 and <= 1)
                && iou.Floats().SequenceEqual(iou.t().Floats());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Clipping_moves_corners_into_the_image_and_scaling_multiplies_them()
    {
        using var scope = NewDisposeScope();
        var boxes = Rows([-5, -5, 50, 60], [100, 200, 120, 220], [1, 2, 3, 4]);
        Assert.Equal([0f, 0, 40, 30, 40, 30, 40, 30, 1, 2, 3, 4], Boxes.Clip(boxes, height: 30, width: 40).Floats());
        Assert.Equal([2f, 6, 6, 12], Boxes.Scale(boxes, scaleY: 3, scaleX: 2).narrow(0, 2, 1).Floats());
    }

    [Fact]
    public void No_boxes_are_no_problem()
    {
        using var scope = NewDisposeScope();
        var none = zeros(0, 4);
        var three = zeros(3, 4);
        Assert.Equal([0L, 4], Boxes.ToCenterSize(none).shape);
        Assert.Equal([0L, 4], Boxes.ToCorners(none).shape);
        Assert.Equal([0L], Boxes.Area(none).shape);
        Assert.Equal([0L, 3], Boxes.PairwiseIou(none, three).shape);
        Assert.Equal([3L, 0], Boxes.PairwiseIou(three, none).shape);
        Assert.Equal([0L, 4], Boxes.Clip(none, 5, 5).shape);
        Assert.Equal([0L, 4], Boxes.Scale(none, 5, 5).shape);
    }

    [Fact]
    public void Results_belong_to_the_callers_scope_and_nothing_else_stays()
    {
        using var boxes = Rows([0, 0, 2, 2], [1, 1, 3, 3]);
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            Boxes.PairwiseIou(boxes, boxes);
            Boxes.Clip(boxes, 1, 1);
        }
        Assert.Equal(before, Tensor.TotalCount);
        var alone = Boxes.PairwiseIou(boxes, boxes);
        Assert.Equal(before + 1, Tensor.TotalCount);
        alone.Dispose();
    }
}
