// Drawing touches the pixels it should, and no others.
using OpenCvSharp;
using Xunit;

namespace OpenCvSharp4.Tests;

public class DrawingTests
{
    [Fact]
    public void A_filled_rect_covers_its_area_and_excludes_right_and_bottom()
    {
        using Mat image = Black();
        Cv2.Rectangle(image, new Rect(2, 3, 4, 5), Scalar.All(255), -1);
        Assert.Equal(new Rect(2, 3, 4, 5), Touched(image));
        Assert.Equal(20, Cv2.CountNonZero(image));
    }

    [Fact]
    public void A_rectangle_between_two_points_includes_both()
    {
        using Mat image = Black();
        Cv2.Rectangle(image, new Point(2, 3), new Point(6, 8), Scalar.All(255));
        Assert.Equal(new Rect(2, 3, 5, 6), Touched(image));
        Assert.Equal(18, Cv2.CountNonZero(image)); // the outline alone: 2 * 5 + 2 * 6 - 4 corners
    }

    [Fact]
    public void A_line_joins_its_ends()
    {
        using Mat image = Black();
        Cv2.Line(image, new Point(1, 1), new Point(8, 1), Scalar.All(255));
        Assert.Equal(new Rect(1, 1, 8, 1), Touched(image));
        Assert.Equal(8, Cv2.CountNonZero(image));
    }

    [Fact]
    public void A_filled_circle_has_about_the_area_of_one()
    {
        using Mat image = Black();
        Cv2.Circle(image, new Point(20, 15), 8, Scalar.All(255), -1);
        Assert.Equal(new Rect(12, 7, 17, 17), Touched(image));
        Assert.InRange(Cv2.CountNonZero(image), Math.PI * 64 * 0.95, Math.PI * 64 * 1.1);
    }

    [Fact]
    public void A_filled_ellipse_has_its_axes()
    {
        using Mat image = Black();
        Cv2.Ellipse(image, new Point(20, 15), new Size(10, 5), 0, 0, 360, Scalar.All(255), -1);
        Assert.Equal(new Rect(10, 10, 21, 11), Touched(image));
    }

    [Fact]
    public void Polygons_are_filled_or_outlined()
    {
        Point[][] two = [[new(1, 1), new(5, 1), new(5, 5), new(1, 5)], [new(10, 10), new(12, 10), new(12, 12), new(10, 12)]];
        using Mat filled = Black();
        Cv2.FillPoly(filled, two, Scalar.All(255));
        Assert.Equal(25 + 9, Cv2.CountNonZero(filled));
        using Mat outlined = Black();
        Cv2.Polylines(outlined, two, isClosed: true, Scalar.All(255));
        Assert.Equal(16 + 8, Cv2.CountNonZero(outlined));
    }

    [Fact]
    public void Text_lies_in_the_box_that_GetTextSize_tells()
    {
        using var image = new Mat(100, 300, MatType.CV_8UC1, Scalar.All(0));
        Size size = Cv2.GetTextSize("face 0.97", HersheyFonts.HersheySimplex, 1, 2, out int baseLine);
        Cv2.PutText(image, "face 0.97", new Point(20, 60), HersheyFonts.HersheySimplex, 1, Scalar.All(255), 2, LineTypes.AntiAlias);
        Rect touched = Touched(image);
        Rect expected = Rect.FromLTRB(20 - 2, 60 - size.Height - 2, 20 + size.Width + 2, 60 + baseLine + 2);
        Assert.True(expected.Contains(touched), $"{touched} in {expected}");
        Assert.InRange(touched.Width, size.Width * 0.8, size.Width + 4);
    }

    [Fact]
    public void Named_colours_are_blue_green_red()
    {
        using var image = new Mat(1, 1, MatType.CV_8UC3, Scalar.Red);
        Assert.Equal(new Vec3b(0, 0, 255), image.At<Vec3b>(0, 0));
        Assert.Equal(new Scalar(3, 2, 1), Scalar.FromRgb(1, 2, 3));
    }

    private static Mat Black() => new(40, 40, MatType.CV_8UC1, Scalar.All(0));

    /// <summary>The smallest rectangle around all pixels that are not zero.</summary>
    private static Rect Touched(Mat image)
    {
        Rect? box = null;
        for (int y = 0; y < image.Rows; y++)
        {
            for (int x = 0; x < image.Cols; x++)
            {
                if (image.At<byte>(y, x) != 0)
                {
                    var pixel = new Rect(x, y, 1, 1);
                    box = box?.Union(pixel) ?? pixel;
                }
            }
        }

        return box!.Value;
    }
}
