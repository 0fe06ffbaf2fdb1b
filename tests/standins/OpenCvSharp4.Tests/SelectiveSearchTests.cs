// Selective search proposes boxes around what stands out. Skipped where OpenCV lacks its contrib modules.
using OpenCvSharp;
using OpenCvSharp.XImgProc.Segmentation;
using Xunit;

namespace OpenCvSharp4.Tests;

public class SelectiveSearchTests
{
    private static readonly Rect[] Objects = [new(20, 30, 40, 30), new(100, 60, 30, 50)];

    [SkippableFact]
    public void Two_rectangles_are_among_the_proposals()
    {
        using Mat image = Scene();
        using SelectiveSearchSegmentation search = CreateOrSkip();
        search.SetBaseImage(image);
        search.SwitchToSelectiveSearchFast();
        search.Process(out Rect[] proposals);
        Assert.All(Objects, o => Assert.Contains(proposals, p => Overlap(o, p) > 0.8));
        Assert.All(proposals, p => Assert.True(new Rect(0, 0, image.Width, image.Height).Contains(p), p.ToString()));
    }

    [SkippableFact]
    public void Searching_without_an_image_is_an_exception()
    {
        using SelectiveSearchSegmentation search = CreateOrSkip();
        Assert.Throws<OpenCVException>(() => search.SwitchToSelectiveSearchFast());
    }

    private static SelectiveSearchSegmentation CreateOrSkip()
    {
        try
        {
            return SelectiveSearchSegmentation.Create();
        }
        catch (DllNotFoundException e)
        {
            throw new SkipException($"OpenCV is here without ximgproc: {e.Message}");
        }
    }

    private static Mat Scene()
    {
        var image = new Mat(140, 180, MatType.CV_8UC3, new Scalar(200, 190, 180));
        Cv2.Rectangle(image, Objects[0], new Scalar(20, 20, 200), -1);
        Cv2.Rectangle(image, Objects[1], new Scalar(180, 40, 10), -1);
        return image;
    }

    private static double Overlap(Rect a, Rect b)
    {
        Rect common = a & b;
        double area = common.Width * (double)common.Height;
        return area / ((a.Width * a.Height) + (b.Width * b.Height) - area);
    }
}
