// Mat: shape, element access, shared and copied pixels, lifetime.
using System.Runtime.CompilerServices;
using OpenCvSharp;
using Xunit;
using Range = OpenCvSharp.Range;

namespace OpenCvSharp4.Tests;

public class MatTests
{
    [Fact]
    public void A_matrix_knows_its_shape_and_layout()
    {
        using var mat = new Mat(3, 5, MatType.CV_16UC3, new Scalar(1, 2, 3));
        Assert.Equal((3, 5, 5, 3), (mat.Rows, mat.Cols, mat.Width, mat.Height));
        Assert.Equal((3, 6, 2, 15L), (mat.Channels(), mat.ElemSize(), mat.ElemSize1(), mat.Total()));
        Assert.Equal((MatType.CV_16UC3, MatType.CV_16U), (mat.Type(), mat.Depth()));
        Assert.Equal((30L, 6L), (mat.Step(), mat.Step(1)));
        Assert.Equal(new Size(5, 3), mat.Size());
        Assert.True(mat.IsContinuous());
        Assert.False(mat.Empty());
        Assert.Equal(mat.Data, mat.DataStart);
        Assert.Equal(new Vec3w(1, 2, 3), mat.At<Vec3w>(2, 4));
    }

    [Fact]
    public void A_new_matrix_without_size_is_empty()
    {
        using var mat = new Mat();
        Assert.True(mat.Empty());
        Assert.Equal(0, mat.Total());
    }

    [Theory]
    [InlineData(0, "CV_8UC1", 1)]
    [InlineData(16, "CV_8UC3", 3)]
    [InlineData(21, "CV_32FC3", 3)]
    [InlineData(40, "CV_8UC(6)", 6)]
    public void A_type_has_a_name_and_channels(int value, string name, int channels)
    {
        var type = MatType.FromInt32(value);
        Assert.Equal((name, channels), (type.ToString(), type.Channels));
    }

    [Fact]
    public void Elements_written_are_elements_read()
    {
        using var mat = new Mat(2, 3, MatType.CV_32FC1, Scalar.All(0));
        mat.Set(1, 2, 4.5f);
        mat.At<float>(0, 1) = -1;
        Assert.Equal(4.5f, mat.Get<float>(1, 2));
        Assert.True(mat.GetArray(out float[] all));
        Assert.Equal([0, -1, 0, 0, 0, 4.5f], all);
        Mat.Indexer<float> indexer = mat.GetGenericIndexer<float>();
        indexer[0, 0] = 9;
        Assert.Equal((9f, 4.5f), (mat.At<float>(0, 0), indexer[1, 2]));
    }

    [Fact]
    public void Arrays_of_pixels_go_in_and_out()
    {
        using var mat = new Mat(2, 2, MatType.CV_8UC3);
        Vec3b[] pixels = [new(1, 2, 3), new(4, 5, 6), new(7, 8, 9), new(10, 11, 12)];
        Assert.True(mat.SetArray(pixels));
        Assert.True(mat.GetArray(out Vec3b[] read));
        Assert.Equal(pixels, read);
    }

    [Fact]
    public void Elements_of_another_type_are_refused()
    {
        using var mat = new Mat(2, 2, MatType.CV_8UC3);
        Assert.Throws<OpenCvSharpException>(() => mat.GetArray(out byte[] _));
        Assert.Throws<OpenCvSharpException>(() => mat.SetArray([1f, 2f, 3f, 4f]));
    }

    [Fact]
    public void FromArray_copies()
    {
        int[,] values = { { 1, 2, 3 }, { 4, 5, 6 } };
        using Mat<int> mat = Mat.FromArray(values);
        values[1, 2] = 0;
        Assert.Equal((2, 3, 6), (mat.Rows, mat.Cols, mat.At<int>(1, 2)));
        using Mat<float> column = Mat.FromArray(1f, 2f, 3f);
        Assert.Equal([1f, 2f, 3f], column.ToArray());
    }

    [Fact]
    public void FromPixelData_shares_the_managed_array_through_collections()
    {
        byte[] pixels = new byte[12];
        using Mat mat = Mat.FromPixelData(3, 4, MatType.CV_8UC1, pixels);
        GC.Collect();
        mat.Set<byte>(1, 1, 77);
        pixels[11] = 5;
        Assert.Equal((77, 5), (pixels[5], mat.At<byte>(2, 3)));
    }

    [Fact]
    public unsafe void FromPixelData_takes_a_pointer_with_a_row_step()
    {
        byte[] padded = [1, 2, 0, 0, 3, 4, 0, 0];
        fixed (byte* p = padded)
        {
            using Mat view = Mat.FromPixelData(2, 2, MatType.CV_8UC1, (IntPtr)p, 4);
            Assert.False(view.IsContinuous());
            Assert.True(view.GetArray(out byte[] read));
            Assert.Equal([1, 2, 3, 4], read);
        }
    }

    [Fact]
    public void A_region_shares_pixels_and_a_clone_does_not()
    {
        using var mat = new Mat(4, 4, MatType.CV_8UC1, Scalar.All(0));
        using Mat region = mat[new Rect(1, 2, 2, 1)];
        using Mat clone = region.Clone();
        region.SetTo(Scalar.All(9));
        Assert.Equal((2, 1, true, false), (region.Width, region.Height, region.IsSubmatrix(), mat.IsSubmatrix()));
        Assert.Equal(2, Cv2.CountNonZero(mat));
        Assert.Equal((9, 9, 0), (mat.At<byte>(2, 1), mat.At<byte>(2, 2), mat.At<byte>(2, 3)));
        Assert.Equal(0, Cv2.CountNonZero(clone));
    }

    [Fact]
    public void All_ways_to_cut_give_the_same_region()
    {
        using Mat mat = Rendered.Noise(8, 9, MatType.CV_8UC1);
        using Mat expected = mat.SubMat(2, 5, 3, 7).Clone();
        Mat[] others =
        [
            new(mat, new Rect(3, 2, 4, 3)), mat.SubMat(new Range(2, 5), new Range(3, 7)), mat[2..5, 3..7], mat[2, 5, 3, 7],
            mat.RowRange(2, 5).ColRange(3, 7),
        ];
        Assert.All(others, o => Assert.Equal(0, Rendered.Distance(expected, o)));
    }

    [Fact]
    public void The_pixels_outlive_the_matrix_that_allocated_them()
    {
        var mat = new Mat(4, 4, MatType.CV_8UC1, Scalar.All(3));
        using Mat region = mat[new Rect(0, 0, 2, 2)];
        mat.Dispose();
        Assert.Equal(12, Cv2.Sum(region).Val0);
    }

    [Fact]
    public void Assigning_to_a_region_copies_into_it()
    {
        using var mat = new Mat(3, 3, MatType.CV_8UC1, Scalar.All(0));
        using var patch = new Mat(2, 2, MatType.CV_8UC1, Scalar.All(1));
        mat[new Rect(1, 1, 2, 2)] = patch;
        Assert.Equal(4, Cv2.CountNonZero(mat));
        Assert.Throws<ArgumentException>(() => mat[new Rect(0, 0, 3, 1)] = patch);
    }

    [Fact]
    public void ConvertTo_scales_and_saturates()
    {
        using Mat<float> mat = Mat.FromArray(-1f, 0.5f, 2f);
        using var bytes = new Mat();
        mat.ConvertTo(bytes, MatType.CV_8UC1, 255);
        Assert.True(bytes.GetArray(out byte[] read));
        Assert.Equal([0, 128, 255], read);
    }

    [Fact]
    public void CopyTo_and_SetTo_follow_a_mask()
    {
        using var mat = new Mat(1, 3, MatType.CV_8UC1, Scalar.All(1));
        using Mat mask = Mat.FromPixelData(1, 3, MatType.CV_8UC1, new byte[] { 0, 255, 0 });
        mat.SetTo(Scalar.All(8), mask);
        Assert.True(mat.GetArray(out byte[] read));
        Assert.Equal([1, 8, 1], read);
        using Mat target = Mat.Zeros(1, 3, MatType.CV_8UC1);
        mat.CopyTo(target, mask);
        Assert.True(target.GetArray(out read));
        Assert.Equal([0, 8, 0], read);
    }

    [Fact]
    public void Reshape_sees_channels_as_columns()
    {
        using var mat = new Mat(2, 2, MatType.CV_8UC3, new Scalar(1, 2, 3));
        using Mat flat = mat.Reshape(1);
        Assert.Equal((2, 6, 1), (flat.Rows, flat.Cols, flat.Channels()));
        flat.Set<byte>(0, 0, 50);
        Assert.Equal(50, mat.At<Vec3b>(0, 0).Item0);
    }

    [Fact]
    public void Ones_and_Eye_become_matrices()
    {
        using MatExpr expression = Mat.Ones(new Size(3, 2), MatType.CV_8UC1);
        Assert.Equal((new Size(3, 2), MatType.CV_8UC1), (expression.Size(), expression.Type()));
        using Mat ones = Mat.Ones(2, 2, MatType.CV_32FC1);
        using Mat eye = Mat.Eye(3, 3, MatType.CV_32FC1);
        Assert.Equal((4.0, 3.0), (Cv2.Sum(ones).Val0, Cv2.Sum(eye).Val0));
    }

    [Fact]
    public void A_matrix_may_have_more_than_two_dimensions()
    {
        using var mat = new Mat([2, 3, 4], MatType.CV_32FC1, Scalar.All(1));
        mat.Set(1, 2, 3, 7f);
        Assert.Equal((3, -1, 24L, 3), (mat.Dims, mat.Rows, mat.Total(), mat.Size(1)));
        Assert.Equal(7f, mat.At<float>(1, 2, 3));
        Assert.False(mat.GetArray(out float[] _));
    }

    [Fact]
    public void A_disposed_matrix_says_so()
    {
        var mat = new Mat(2, 2, MatType.CV_8UC1);
        mat.Dispose();
        mat.Dispose();
        Assert.True(mat.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => mat.Clone());
        Assert.Throws<ObjectDisposedException>(() => Cv2.Sum(mat));
    }

    [Fact]
    public void Matrices_nobody_disposes_are_freed_by_the_finaliser()
    {
        const int Count = 60, Bytes = 8 << 20;
        long before = ResidentBytes();
        for (int i = 0; i < Count; i++)
        {
            Forget();
            if (i % 10 == 9)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }

        Assert.InRange(ResidentBytes() - before, long.MinValue, Count * (long)Bytes / 4);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget() => new Mat(2048, 4096, MatType.CV_8UC1, Scalar.All(1)).Set<byte>(0, 0, 2);

        static long ResidentBytes() =>
            long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
