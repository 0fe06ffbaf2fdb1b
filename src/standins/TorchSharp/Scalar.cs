// A dynamically typed number, as operators with a "Scalar" parameter take it.
using System.Numerics;

namespace TorchSharp;

/// <summary>A number whose type libtorch sees: bool, integer, floating point or complex.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double _imaginary;
    private bool _disposed;

    private Scalar(torch.ScalarType type, long bits, double imaginary = 0)
    {
        Type = type;
        Bits = bits;
        _imaginary = imaginary;
    }

    /// <summary>The type libtorch keeps: Bool, Int64, Float64 or ComplexFloat64.</summary>
    public torch.ScalarType Type { get; }

    /// <summary>The value; a floating-point one as the bits of a double.</summary>
    internal long Bits
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return field;
        }
    }

    public static implicit operator Scalar(byte value) => Integer(value);
    public static implicit operator Scalar(sbyte value) => Integer(value);
    public static implicit operator Scalar(short value) => Integer(value);
    public static implicit operator Scalar(int value) => Integer(value);
    public static implicit operator Scalar(long value) => Integer(value);
    public static implicit operator Scalar(Half value) => Real((double)value);
    public static implicit operator Scalar(BFloat16 value) => Real((double)value);
    public static implicit operator Scalar(float value) => Real(value);
    public static implicit operator Scalar(double value) => Real(value);
    public static implicit operator Scalar(bool value) => new(torch.ScalarType.Bool, value ? 1 : 0);
    public static implicit operator Scalar((float, float) value) => new Complex(value.Item1, value.Item2);

    public static implicit operator Scalar(Complex value) =>
        new(torch.ScalarType.ComplexFloat64, BitConverter.DoubleToInt64Bits(value.Real), value.Imaginary);

    /// <summary>Ends the scalar's life; using it afterwards is an error.</summary>
    public void Dispose() => _disposed = true;

    /// <inheritdoc/>
    public override string ToString() => Type switch
    {
        torch.ScalarType.Bool => AsInteger() != 0 ? "True" : "False",
        torch.ScalarType.Int64 => AsInteger().ToString(),
        torch.ScalarType.Float64 => AsReal().ToString(),
        _ => AsComplex().ToString(),
    };

    internal long AsInteger() => Type switch
    {
        torch.ScalarType.Bool or torch.ScalarType.Int64 => Bits,
        _ => checked((long)AsReal()),
    };

    internal double AsReal() => Type switch
    {
        torch.ScalarType.Bool or torch.ScalarType.Int64 => Bits,
        _ when _imaginary != 0 => throw new InvalidOperationException("A complex scalar has no real value."),
        _ => BitConverter.Int64BitsToDouble(Bits),
    };

    internal Complex AsComplex() => Type is torch.ScalarType.ComplexFloat64
        ? new Complex(BitConverter.Int64BitsToDouble(Bits), _imaginary)
        : AsReal();

    private static Scalar Integer(long value) => new(torch.ScalarType.Int64, value);

    private static Scalar Real(double value) => new(torch.ScalarType.Float64, BitConverter.DoubleToInt64Bits(value));
}

/// <summary>Conversions between .NET numbers and <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this (float, float) value) => value;
    public static Scalar ToScalar(this Complex value) => value;
    public static Scalar ToScalar(this bool value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToScalar(this BFloat16 value) => value;
    public static Scalar ToBFloat16Scalar(this float value) => new BFloat16(value);

    public static Half ToHalf(this Scalar value) => (Half)value.AsReal();
    public static BFloat16 ToBFloat16(this Scalar value) => (BFloat16)value.AsReal();
    public static float ToSingle(this Scalar value) => (float)value.AsReal();
    public static double ToDouble(this Scalar value) => value.AsReal();
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.AsInteger();
    public static byte ToByte(this Scalar value) => (byte)value.AsInteger();
    public static short ToInt16(this Scalar value) => (short)value.AsInteger();
    public static int ToInt32(this Scalar value) => (int)value.AsInteger();
    public static long ToInt64(this Scalar value) => value.AsInteger();
    public static bool ToBoolean(this Scalar value) => value.AsReal() != 0;

    public static (float Real, float Imaginary) ToComplexFloat32(this Scalar value)
    {
        var complex = value.AsComplex();
        return ((float)complex.Real, (float)complex.Imaginary);
    }

    public static Complex ToComplexFloat64(this Scalar value) => value.AsComplex();
}
