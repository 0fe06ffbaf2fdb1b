// Images that the tests render for themselves.
using OpenCvSharp;

namespace OpenCvSharp4.Tests;

internal static class Rendered
{
    /// <summary>Smooth colours, different in every channel, so that lossy codecs stay close to them.</summary>
    public static Mat Gradient(int rows, int cols)
    {
        var image = new Mat(rows, cols, MatType.CV_8UC3);
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < cols; x++)
            {
                image.Set(y, x, new Vec3b((byte)(255 * x / cols), (byte)(255 * y / rows), (byte)(255 * (x + y) / (rows + cols))));
            }
        }

        return image;
    }

    /// <summary>Every byte another one, from a fixed seed.</summary>
    public static Mat Noise(int rows, int cols, MatType type)
    {
        var image = new Mat(rows, cols, type);
        var bytes = new byte[image.Total() * image.ElemSize()];
        new Random(7).NextBytes(bytes);
        System.Runtime.InteropServices.Marshal.Copy(bytes, 0, image.Data, bytes.Length);
        return image;
    }

    public static double Distance(Mat a, Mat b) => Cv2.Norm(a, b, NormTypes.INF);
}
