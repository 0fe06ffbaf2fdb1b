// Part of the OpenCvSharp4 stand-in: how a C++ exception becomes an OpenCVException.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace OpenCvSharp.Internal;

internal static partial class NativeMethods
{
    static NativeMethods() => OpenCvLibrary.Register();

    /// <summary>Throws what the last call on this thread reported.</summary>
    internal static void Check(int failed)
    {
        if (failed != 0)
        {
            last_failure(out int status, out int line, out nint function, out nint message, out nint file);
            throw Failure(status, line, function, message, file);
        }
    }

    internal static OpenCVException Failure(int status, int line, nint function, nint message, nint file) =>
        new((ErrorCode)status, Text(function), Text(message), Text(file), line);

    internal static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";

    [LibraryImport(OpenCvLibrary.Name)]
    private static partial void last_failure(out int status, out int line, out nint function, out nint message, out nint file);
}

/// <summary>The fields of a cv::Mat header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MatHeader
{
    public int Flags, Dims, Rows, Cols;
    public nint Data, Start, End, Limit;
}
