// Part of the OpenCvSharp4 stand-in: the argument types of Cv2's functions, which matrices and numbers convert to.
// A number becomes a small matrix, which OpenCV treats as the scalar it is.
using OpenCvSharp.Internal;

namespace OpenCvSharp;

/// <summary>An argument that is read.</summary>
public class InputArray : DisposableCvObject
{
    private readonly Mat _mat;
    private readonly bool _owned;

    internal InputArray(Mat mat, bool owned)
    {
        _mat = mat;
        _owned = owned;
    }

    private protected override IntPtr Address => _mat.CvPtr;

    internal MatHandle Handle => _mat.Handle;

    /// <summary>Made from a null matrix.</summary>
    internal bool IsNone { get; private init; }

    public static implicit operator InputArray(Mat mat) => Create(mat);

    public static implicit operator InputArray(MatExpr expr) => Create(expr);

    public static implicit operator InputArray(Scalar val) => Create(val);

    public static implicit operator InputArray(double val) => Create(val);

    // No matrix is OpenCV's noArray: no mask where one is optional, an exception where a matrix is needed.
    public static InputArray Create(Mat mat) => mat is null ? new InputArray(new Mat(), owned: true) { IsNone = true } : new InputArray(mat, owned: false);

    public static InputArray Create(MatExpr expr) => new(expr.ToMat(), owned: true);

    public static InputArray Create(Scalar val) => new(FromNumbers(val.Val0, val.Val1, val.Val2, val.Val3), owned: true);

    public static InputArray Create(double val) => new(FromNumbers(val), owned: true);

    public static InputArray Create<T>(T[] array)
        where T : unmanaged => new(Mat.FromArray(array), owned: true);

    public static InputArray Create<T>(IEnumerable<T> enumerable)
        where T : unmanaged => new(Mat.FromArray(enumerable), owned: true);

    public static InputArray Create<T>(T[,] array)
        where T : unmanaged => new(Mat.FromArray(array), owned: true);

    protected override void DisposeManaged()
    {
        if (_owned)
        {
            _mat.Dispose();
        }
    }

    private static Mat<double> FromNumbers(params double[] numbers) => Mat.FromArray(numbers);
}

/// <summary>An argument that is written; it is allocated anew unless it has the right size and type.</summary>
public class OutputArray : DisposableCvObject
{
    private readonly Mat _mat;

    internal OutputArray(Mat mat)
    {
        ArgumentNullException.ThrowIfNull(mat);
        _mat = mat;
    }

    private protected override IntPtr Address => _mat.CvPtr;

    internal MatHandle Handle => _mat.Handle;

    public static implicit operator OutputArray(Mat mat) => Create(mat);

    public static OutputArray Create(Mat mat) => new(mat);

    public bool IsMat() => true;

    public virtual Mat? GetMat() => _mat;
}

/// <summary>An argument that is changed in place.</summary>
public class InputOutputArray : OutputArray
{
    internal InputOutputArray(Mat mat)
        : base(mat)
    {
    }

    public static implicit operator InputOutputArray(Mat mat) => Create(mat);

    public static new InputOutputArray Create(Mat mat) => new(mat);
}
