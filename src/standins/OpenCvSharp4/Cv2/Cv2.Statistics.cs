// Part of the OpenCvSharp4 stand-in: Cv2. This file: sums, extremes, norms and random numbers.
using static OpenCvSharp.Internal.NativeMethods;

namespace OpenCvSharp;

public static partial class Cv2
{
    public static Scalar Sum(InputArray src)
    {
        Check(core_sum(In(src), out Scalar sum));
        return sum;
    }

    public static Scalar Mean(InputArray src, InputArray? mask = null)
    {
        Check(core_mean(In(src), Optional(mask), out Scalar mean));
        return mean;
    }

    public static void MeanStdDev(InputArray src, out Scalar mean, out Scalar stddev, InputArray? mask = null) =>
        Check(core_mean_std_dev(In(src), Optional(mask), out mean, out stddev));

    public static int CountNonZero(InputArray mtx)
    {
        Check(core_count_non_zero(In(mtx), out int count));
        return count;
    }

    public static double Norm(InputArray src1, NormTypes normType = NormTypes.L2, InputArray? mask = null)
    {
        Check(core_norm(In(src1), (int)normType, Optional(mask), out double norm));
        return norm;
    }

    /// <summary>The norm of the difference.</summary>
    public static double Norm(InputArray src1, InputArray src2, NormTypes normType = NormTypes.L2, InputArray? mask = null)
    {
        Check(core_norm_of_difference(In(src1), In(src2), (int)normType, Optional(mask), out double norm));
        return norm;
    }

    public static void MinMaxLoc(InputArray src, out double minVal, out double maxVal) => MinMaxLoc(src, out minVal, out maxVal, out _, out _);

    public static void MinMaxLoc(InputArray src, out Point minLoc, out Point maxLoc) => MinMaxLoc(src, out _, out _, out minLoc, out maxLoc);

    public static void MinMaxLoc(
        InputArray src, out double minVal, out double maxVal, out Point minLoc, out Point maxLoc, InputArray? mask = null) =>
        Check(core_min_max_loc(In(src), out minVal, out maxVal, out minLoc, out maxLoc, Optional(mask)));

    /// <summary>The generator of the current thread, which Randu and Randn use.</summary>
    public static RNG GetTheRNG()
    {
        Check(core_get_rng(out ulong state));
        return new RNG(state);
    }

    public static RNG SetTheRNG(ulong state)
    {
        Check(core_set_rng(state));
        return new RNG(state);
    }

    /// <summary>Fills with uniform numbers, low inclusive, high exclusive.</summary>
    public static void Randu(InputOutputArray dst, InputArray low, InputArray high) => Check(core_randu(Out(dst), In(low), In(high)));

    public static void Randu(InputOutputArray dst, Scalar low, Scalar high) => Randu(dst, (InputArray)low, high);

    /// <summary>Fills with normally distributed numbers.</summary>
    public static void Randn(InputOutputArray dst, InputArray mean, InputArray stddev) => Check(core_randn(Out(dst), In(mean), In(stddev)));

    public static void Randn(InputOutputArray dst, Scalar mean, Scalar stddev) => Randn(dst, (InputArray)mean, stddev);
}
