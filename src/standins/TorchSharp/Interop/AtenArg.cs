// One argument of an operator call: a tagged value that libtorch's boxed dispatcher can receive.
namespace TorchSharp;

/// <summary>A value to bind to a parameter of an ATen schema, by position or by name.</summary>
internal readonly struct AtenArg
{
    internal enum Kind
    {
        /// <summary>Nothing was given: the schema's default applies.</summary>
        Default = 0,
        None = 1,
        Tensor = 2,
        Int = 3,
        Double = 4,
        Bool = 5,
        Ints = 6,
        Doubles = 7,
        Bools = 8,
        Tensors = 9,
        Complex = 10,
        String = 11,
        Device = 12,
        Generator = 13,
    }

    internal readonly object? Reference;
    internal readonly long Bits;
    internal readonly Kind Tag;
    internal readonly string? Name;

    private AtenArg(Kind kind, object? reference, long bits = 0, string? name = null)
    {
        Tag = kind;
        Reference = reference;
        Bits = bits;
        Name = name;
    }

    /// <summary>An explicit None, for optional parameters.</summary>
    internal static AtenArg None => new(Kind.None, null);

    /// <summary>The schema's own default.</summary>
    internal static AtenArg Default => default;

    /// <summary>Binds a value to the schema parameter of that name; a parameter the schema lacks is an error.</summary>
    internal static AtenArg Named(string name, AtenArg value) => new(value.Tag, value.Reference, value.Bits, name);

    public static implicit operator AtenArg(torch.Tensor? value) => value is null ? None : new(Kind.Tensor, value);
    public static implicit operator AtenArg(long value) => new(Kind.Int, null, value);
    public static implicit operator AtenArg(int value) => new(Kind.Int, null, value);
    public static implicit operator AtenArg(long? value) => value is { } v ? v : None;
    public static implicit operator AtenArg(double value) => new(Kind.Double, null, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator AtenArg(double? value) => value is { } v ? v : None;
    public static implicit operator AtenArg(bool value) => new(Kind.Bool, null, value ? 1 : 0);
    public static implicit operator AtenArg(bool? value) => value is { } v ? v : None;
    public static implicit operator AtenArg(long[]? value) => value is null ? None : new(Kind.Ints, value);
    public static implicit operator AtenArg(int[]? value) => value is null ? None : new(Kind.Ints, Array.ConvertAll(value, x => (long)x));
    public static implicit operator AtenArg(bool[]? value) => value is null ? None : new(Kind.Bools, value);
    public static implicit operator AtenArg(double[]? value) => value is null ? None : new(Kind.Doubles, value);
    public static implicit operator AtenArg(torch.Tensor?[]? value) => value is null ? None : new(Kind.Tensors, value);
    public static implicit operator AtenArg(List<torch.Tensor>? value) => value is null ? None : new(Kind.Tensors, value.ToArray());
    public static implicit operator AtenArg(string? value) => value is null ? None : new(Kind.String, value);
    public static implicit operator AtenArg(torch.ScalarType value) => new(Kind.Int, null, (long)value);
    public static implicit operator AtenArg(torch.ScalarType? value) => value is { } v ? v : None;
    public static implicit operator AtenArg(torch.Device? value) =>
        value is null ? None : new(Kind.Device, null, NativeDevice.Pack(value));
    public static implicit operator AtenArg(torch.Generator? value) => value is null ? None : new(Kind.Generator, value);

    public static implicit operator AtenArg(Scalar? value) => value is null ? None : value.Type switch
    {
        torch.ScalarType.Bool => new(Kind.Bool, null, value.Bits),
        torch.ScalarType.ComplexFloat64 or torch.ScalarType.ComplexFloat32 => new(Kind.Complex, value),
        torch.ScalarType.Float64 => new(Kind.Double, null, value.Bits),
        _ => new(Kind.Int, null, value.Bits),
    };

    /// <summary>Any sequence of tensors; interfaces take no implicit conversion in C#.</summary>
    internal static AtenArg List(IEnumerable<torch.Tensor?> tensors) =>
        tensors as torch.Tensor?[] ?? tensors.ToArray();
}
