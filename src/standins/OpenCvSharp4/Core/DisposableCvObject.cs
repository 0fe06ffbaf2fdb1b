// Part of the OpenCvSharp4 stand-in: the common base of everything that owns native memory.
// The memory itself hangs on a SafeHandle, which also has the finaliser.
namespace OpenCvSharp;

public interface ICvPtrHolder
{
    IntPtr CvPtr { get; }
}

public abstract class DisposableObject : IDisposable
{
    private int _disposed;

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    protected virtual void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (disposing)
        {
            DisposeManaged();
        }

        DisposeUnmanaged();
    }

    protected virtual void DisposeManaged()
    {
    }

    protected virtual void DisposeUnmanaged()
    {
    }
}

public abstract class DisposableCvObject : DisposableObject, ICvPtrHolder
{
    /// <summary>Address of the native object.</summary>
    public IntPtr CvPtr
    {
        get
        {
            ThrowIfDisposed();
            return Address;
        }
    }

    private protected abstract IntPtr Address { get; }
}
