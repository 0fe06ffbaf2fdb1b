// Part of the OpenCvSharp4 stand-in: owners of native objects. A handle in use by a call is not freed under it,
// whatever Dispose and the finaliser do meanwhile.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCvSharp.Internal;

/// <summary>Owns a cv::Mat.</summary>
internal sealed class MatHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public MatHandle()
        : base(ownsHandle: true)
    {
    }

    public MatHandle(nint mat)
        : base(ownsHandle: true) => SetHandle(mat);

    /// <summary>Stands for an argument that is not given.</summary>
    public static MatHandle None { get; } = new();

    protected override bool ReleaseHandle()
    {
        NativeMethods.mat_delete(handle);
        return true;
    }
}

/// <summary>Owns a SelectiveSearchSegmentation.</summary>
internal sealed class SearchHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        SelectiveSearchMethods.search_delete(handle);
        return true;
    }
}

/// <summary>Keeps a managed array in place as long as some matrix lies over it.</summary>
internal sealed class PinnedArray(Array array)
{
    private readonly GCHandle _handle = GCHandle.Alloc(array, GCHandleType.Pinned);

    ~PinnedArray() => _handle.Free();

    public nint Address => _handle.AddrOfPinnedObject();

    public long Bytes { get; } = Buffer.ByteLength(array);
}

/// <summary>Several matrices as the array of pointers that C++ expects; none is freed before Dispose.</summary>
internal sealed class MatPointers : IDisposable
{
    private readonly List<MatHandle> _held = [];

    public MatPointers(IEnumerable<Mat> mats)
    {
        foreach (Mat mat in mats)
        {
            MatHandle handle = mat.Handle;
            bool taken = false;
            handle.DangerousAddRef(ref taken);
            _held.Add(handle);
        }

        Pointers = [.. _held.Select(h => h.DangerousGetHandle())];
    }

    public nint[] Pointers { get; }

    public void Dispose() => _held.ForEach(h => h.DangerousRelease());
}
