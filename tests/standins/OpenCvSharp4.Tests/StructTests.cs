// Points, sizes and rectangles.
using OpenCvSharp;
using Xunit;

namespace OpenCvSharp4.Tests;

public class StructTests
{
    [Theory]
    [InlineData(0, 0, 4, 4, 2, 2, 4, 4, 2, 2, 2, 2)]
    [InlineData(0, 0, 4, 4, 1, 1, 2, 2, 1, 1, 2, 2)]
    [InlineData(0, 0, 4, 4, 9, 9, 2, 2, 0, 0, 0, 0)]
    public void The_common_part_of_two_rects(int ax, int ay, int aw, int ah, int bx, int by, int bw, int bh, int x, int y, int w, int h)
    {
        var common = new Rect(ax, ay, aw, ah) & new Rect(bx, by, bw, bh);
        Assert.Equal(new Rect(x, y, w, h), common);
    }

    [Fact]
    public void A_rect_excludes_its_right_and_bottom()
    {
        var rect = Rect.FromLTRB(1, 2, 4, 6);
        Assert.Equal(new Rect(1, 2, 3, 4), rect);
        Assert.True(rect.Contains(3, 5));
        Assert.False(rect.Contains(4, 5));
        Assert.False(rect.Contains(3, 6));
        Assert.Equal((new Point(1, 2), new Size(3, 4)), (rect.Location, rect.Size));
    }

    [Fact]
    public void Inflating_grows_on_all_sides() => Assert.Equal(new Rect(0, 0, 5, 8), Rect.Inflate(new Rect(1, 2, 3, 4), 1, 2));

    [Fact]
    public void Points_add_and_scale()
    {
        Assert.Equal(new Point(4, 6), new Point(1, 2) + new Point(3, 4));
        Assert.Equal(5, new Point(0, 0).DistanceTo(new Point(3, 4)));
        Assert.Equal(new Point2f(1.5f, 3), new Point2f(0.5f, 1) * 3);
        Assert.Equal(new Point(1, 2), (Point)new Point2f(1.9f, 2.2f));
    }
}
