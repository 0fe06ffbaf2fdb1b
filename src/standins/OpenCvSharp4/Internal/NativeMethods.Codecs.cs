// Part of the OpenCvSharp4 stand-in: the functions of native/codecs.inl.
// Each answers 0, or 1 after a C++ exception (see NativeMethods.Check).
using System.Runtime.InteropServices;

namespace OpenCvSharp.Internal;

internal static partial class NativeMethods
{
    [LibraryImport(OpenCvLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int codecs_imread(string path, int flags, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int codecs_imwrite(string path, MatHandle m, int* options, int count, out int written);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial int codecs_imdecode(byte* bytes, int length, int flags, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial int codecs_imdecode_mat(MatHandle bytes, int flags, out MatHandle result);

    [LibraryImport(OpenCvLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int codecs_imencode(
        string extension, MatHandle m, int* options, int count, out nint encoded, out int done);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static unsafe partial void codecs_bytes(nint bytes, out byte* data, out nuint length);

    [LibraryImport(OpenCvLibrary.Name)]
    internal static partial void codecs_bytes_delete(nint bytes);

    [LibraryImport(OpenCvLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int codecs_have_reader(string path, out int result);

    [LibraryImport(OpenCvLibrary.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int codecs_have_writer(string path, out int result);
}
