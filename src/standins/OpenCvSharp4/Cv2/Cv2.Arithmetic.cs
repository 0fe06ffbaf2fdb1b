// Part of the OpenCvSharp4 stand-in: Cv2. This file: arithmetic element by element, saturated to the result's type.
using OpenCvSharp.Internal;
using static OpenCvSharp.Internal.NativeMethods;

namespace OpenCvSharp;

public static partial class Cv2
{
    public static void Add(InputArray src1, InputArray src2, OutputArray dst, InputArray? mask = null, int dtype = -1) =>
        Check(core_add(In(src1), In(src2), Out(dst), Optional(mask), dtype));

    public static void Subtract(InputArray src1, InputArray src2, OutputArray dst, InputArray? mask = null, int dtype = -1) =>
        Check(core_subtract(In(src1), In(src2), Out(dst), Optional(mask), dtype));

    public static void Subtract(InputArray src1, Scalar src2, OutputArray dst, InputArray? mask = null, int dtype = -1) =>
        Subtract(src1, (InputArray)src2, dst, mask, dtype);

    public static void Subtract(Scalar src1, InputArray src2, OutputArray dst, InputArray? mask = null, int dtype = -1) =>
        Subtract((InputArray)src1, src2, dst, mask, dtype);

    public static void Multiply(InputArray src1, InputArray src2, OutputArray dst, double scale = 1, int dtype = -1) =>
        Check(core_multiply(In(src1), In(src2), Out(dst), scale, dtype));

    public static void Divide(InputArray src1, InputArray src2, OutputArray dst, double scale = 1, MatType? dtype = null) =>
        Check(core_divide(In(src1), In(src2), Out(dst), scale, dtype?.Value ?? -1));

    public static void AddWeighted(InputArray src1, double alpha, InputArray src2, double beta, double gamma, OutputArray dst, int dtype = -1) =>
        Check(core_add_weighted(In(src1), alpha, In(src2), beta, gamma, Out(dst), dtype));

    public static void Absdiff(InputArray src1, InputArray src2, OutputArray dst) => Check(core_absdiff(In(src1), In(src2), Out(dst)));

    public static void Min(InputArray src1, InputArray src2, OutputArray dst) => Check(core_min(In(src1), In(src2), Out(dst)));

    public static void Min(Mat src1, Mat src2, Mat dst) => Min((InputArray)src1, src2, dst);

    public static void Min(Mat src1, double src2, Mat dst) => Min((InputArray)src1, src2, dst);

    public static void Max(InputArray src1, InputArray src2, OutputArray dst) => Check(core_max(In(src1), In(src2), Out(dst)));

    public static void Max(Mat src1, Mat src2, Mat dst) => Max((InputArray)src1, src2, dst);

    public static void Max(Mat src1, double src2, Mat dst) => Max((InputArray)src1, src2, dst);

    public static void Compare(InputArray src1, InputArray src2, OutputArray dst, CmpType cmpop) =>
        Check(core_compare(In(src1), In(src2), Out(dst), (int)cmpop));

    public static void InRange(InputArray src, InputArray lowerb, InputArray upperb, OutputArray dst) =>
        Check(core_in_range(In(src), In(lowerb), In(upperb), Out(dst)));

    public static void InRange(InputArray src, Scalar lowerb, Scalar upperb, OutputArray dst) =>
        InRange(src, (InputArray)lowerb, upperb, dst);

    public static void BitwiseNot(InputArray src, OutputArray dst, InputArray? mask = null) =>
        Check(core_bitwise_not(In(src), Out(dst), Optional(mask)));

    public static void ConvertScaleAbs(InputArray src, OutputArray dst, double alpha = 1, double beta = 0) =>
        Check(core_convert_scale_abs(In(src), Out(dst), alpha, beta));

    public static void LUT(InputArray src, InputArray lut, OutputArray dst) => Check(core_lut(In(src), In(lut), Out(dst)));

    public static void LUT(InputArray src, byte[] lut, OutputArray dst)
    {
        using Mat<byte> table = Mat.FromArray(lut);
        LUT(src, table, dst);
    }

    public static void Normalize(
        InputArray src,
        InputOutputArray dst,
        double alpha = 1,
        double beta = 0,
        NormTypes normType = NormTypes.L2,
        int dtype = -1,
        InputArray? mask = null) => Check(core_normalize(In(src), Out(dst), alpha, beta, (int)normType, dtype, Optional(mask)));
}
