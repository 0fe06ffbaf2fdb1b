// Part of the OpenCvSharp4 stand-in: the result of Mat.Zeros, Ones and Eye, which converts to a Mat.
namespace OpenCvSharp;

public sealed class MatExpr : DisposableCvObject
{
    private readonly Mat _value;

    internal MatExpr(Mat value) => _value = value;

    private protected override IntPtr Address => _value.CvPtr;

    public static implicit operator Mat(MatExpr self) => self.ToMat();

    /// <summary>A matrix of its own, as each evaluation of an expression is.</summary>
    public Mat ToMat()
    {
        ThrowIfDisposed();
        return _value.Clone();
    }

    public Size Size() => _value.Size();

    public MatType Type() => _value.Type();

    protected override void DisposeManaged() => _value.Dispose();
}
