// Part of the OpenCvSharp4 stand-in: Cv2. This file: moving pixels and channels about.
using OpenCvSharp.Internal;
using static OpenCvSharp.Internal.NativeMethods;

namespace OpenCvSharp;

public static partial class Cv2
{
    public static Mat[] Split(Mat src)
    {
        Split(src, out Mat[] mv);
        return mv;
    }

    public static unsafe void Split(Mat src, out Mat[] mv)
    {
        ArgumentNullException.ThrowIfNull(src);
        var channels = new nint[src.Channels()];
        fixed (nint* p = channels)
        {
            Check(core_split(src.Handle, channels.Length, p));
        }

        mv = [.. channels.Select(Mat.FromNativePointer)];
    }

    public static unsafe void Merge(Mat[] mv, Mat dst)
    {
        ArgumentNullException.ThrowIfNull(mv);
        ArgumentNullException.ThrowIfNull(dst);
        if (mv.Length == 0)
        {
            throw new ArgumentException("mv is empty", nameof(mv));
        }

        using var mats = new MatPointers(mv);
        fixed (nint* p = mats.Pointers)
        {
            Check(core_merge(p, mv.Length, dst.Handle));
        }
    }

    public static unsafe void HConcat(IEnumerable<Mat> src, OutputArray dst)
    {
        ArgumentNullException.ThrowIfNull(src);
        using var mats = new MatPointers(src);
        fixed (nint* p = mats.Pointers)
        {
            Check(core_hconcat(p, mats.Pointers.Length, Out(dst)));
        }
    }

    public static unsafe void VConcat(IEnumerable<Mat> src, OutputArray dst)
    {
        ArgumentNullException.ThrowIfNull(src);
        using var mats = new MatPointers(src);
        fixed (nint* p = mats.Pointers)
        {
            Check(core_vconcat(p, mats.Pointers.Length, Out(dst)));
        }
    }

    public static void ExtractChannel(InputArray src, OutputArray dst, int coi) => Check(core_extract_channel(In(src), Out(dst), coi));

    public static void InsertChannel(InputArray src, InputOutputArray dst, int coi) => Check(core_insert_channel(In(src), Out(dst), coi));

    /// <summary>Flips around the X axis (upside down), the Y axis (left to right) or both.</summary>
    public static void Flip(InputArray src, OutputArray dst, FlipMode flipCode) => Check(core_flip(In(src), Out(dst), (int)flipCode));

    public static void Rotate(InputArray src, OutputArray dst, RotateFlags rotateCode) => Check(core_rotate(In(src), Out(dst), (int)rotateCode));

    public static void Transpose(InputArray src, OutputArray dst) => Check(core_transpose(In(src), Out(dst)));

    public static void CopyMakeBorder(
        InputArray src,
        OutputArray dst,
        int top,
        int bottom,
        int left,
        int right,
        BorderTypes borderType,
        Scalar? value = null) =>
        Check(core_copy_make_border(In(src), Out(dst), top, bottom, left, right, (int)borderType, value ?? default));
}
