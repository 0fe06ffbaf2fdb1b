// Part of the OpenCvSharp4 stand-in: the functions of native/arithmetic.inl.
// Each answers 0, or 1 after a C++ exception (see NativeMethods.Check).
using System.Runtime.InteropServices;

namespace OpenCvSharp.Internal;

internal static partial class NativeMethods
{
    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial nint core_version();

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_add(MatHandle a, MatHandle b, MatHandle result, MatHandle mask, int type);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_subtract(MatHandle a, MatHandle b, MatHandle result, MatHandle mask, int type);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_multiply(MatHandle a, MatHandle b, MatHandle result, double scale, int type);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_divide(MatHandle a, MatHandle b, MatHandle result, double scale, int type);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_add_weighted(
        MatHandle a, double alpha, MatHandle b, double beta, double gamma, MatHandle result, int type);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_absdiff(MatHandle a, MatHandle b, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_min(MatHandle a, MatHandle b, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_max(MatHandle a, MatHandle b, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_compare(MatHandle a, MatHandle b, MatHandle result, int comparison);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_in_range(MatHandle m, MatHandle low, MatHandle high, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_bitwise_not(MatHandle m, MatHandle result, MatHandle mask);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_convert_scale_abs(MatHandle m, MatHandle result, double alpha, double beta);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_lut(MatHandle m, MatHandle table, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_normalize(
        MatHandle m, MatHandle result, double alpha, double beta, int norm, int type, MatHandle mask);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int core_split(MatHandle m, int count, nint* channels);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int core_merge(nint* channels, int count, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int core_hconcat(nint* mats, int count, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int core_vconcat(nint* mats, int count, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_extract_channel(MatHandle m, MatHandle result, int channel);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_insert_channel(MatHandle m, MatHandle target, int channel);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_flip(MatHandle m, MatHandle result, int mode);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_rotate(MatHandle m, MatHandle result, int mode);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_transpose(MatHandle m, MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_copy_make_border(
        MatHandle m, MatHandle result, int top, int bottom, int left, int right, int border, in Scalar value);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_sum(MatHandle m, out Scalar result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_mean(MatHandle m, MatHandle mask, out Scalar result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_mean_std_dev(MatHandle m, MatHandle mask, out Scalar mean, out Scalar deviation);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_count_non_zero(MatHandle m, out int result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_norm(MatHandle m, int type, MatHandle mask, out double result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_norm_of_difference(MatHandle a, MatHandle b, int type, MatHandle mask, out double result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_min_max_loc(
        MatHandle m, out double low, out double high, out Point lowAt, out Point highAt, MatHandle mask);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_randu(MatHandle m, MatHandle low, MatHandle high);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_randn(MatHandle m, MatHandle mean, MatHandle deviation);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_get_rng(out ulong state);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_set_rng(ulong state);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_set_num_threads(int count);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_get_num_threads(out int count);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_set_log_level(int level, out int previous);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int core_get_log_level(out int level);
}
