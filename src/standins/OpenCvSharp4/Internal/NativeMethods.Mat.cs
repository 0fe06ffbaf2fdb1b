// Part of the OpenCvSharp4 stand-in: the functions of native/mat.inl.
// Each answers 0, or 1 after a C++ exception (see NativeMethods.Check).
using System.Runtime.InteropServices;

namespace OpenCvSharp.Internal;

internal static partial class NativeMethods
{
    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial void mat_delete(nint m);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_new(out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int mat_new_sized(int dims, int* sizes, int type, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int mat_new_filled(int dims, int* sizes, int type, in Scalar value, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_new_over_rows(int rows, int cols, int type, nint data, nuint step, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int mat_new_over(int dims, int* sizes, int type, nint data, nuint* steps, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_new_header(MatHandle m, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_new_region(MatHandle m, in Rect region, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int mat_new_ranges(MatHandle m, int count, Range* ranges, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int mat_create(MatHandle m, int dims, int* sizes, int type);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial void mat_header(MatHandle m, out MatHeader header);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_size(MatHandle m, int dim, out int size, out nuint step);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_clone(MatHandle m, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_copy_to(MatHandle m, MatHandle target, MatHandle mask);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_convert_to(MatHandle m, MatHandle target, int type, double alpha, double beta);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_set_to(MatHandle m, MatHandle value, MatHandle mask);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_set_to_scalar(MatHandle m, in Scalar value, MatHandle mask);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_reshape(MatHandle m, int channels, int rows, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int mat_reshape_to(MatHandle m, int channels, int dims, int* sizes, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int mat_eye(int rows, int cols, int type, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int mat_ones(int dims, int* sizes, int type, out MatHandle result);
}
