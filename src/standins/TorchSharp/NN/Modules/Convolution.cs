// What the convolutions share: geometry, weights and their initialisation.
using System.Runtime.InteropServices;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private protected static readonly long[] NoPadding = [0];

    [ComponentName(Name = nameof(bias))]
    protected Parameter? _bias;

    [ComponentName(Name = nameof(weight))]
    protected Parameter? _weight;

    /// <summary>What functional.pad takes: (before, after) for each dimension, last dimension first.</summary>
    protected long[] _reversed_padding_repeated_twice = [];

    protected Convolution(
        string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type,
        long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device = null,
        ScalarType? dtype = null)
        : base(name)
    {
        if (transposed && padding_mode != PaddingModes.Zeros)
            throw new ArgumentException("A transposed convolution pads with zeros only.", nameof(padding_mode));
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.dilation = dilation;
        this.transposed = transposed;
        this.output_padding = output_padding;
        this.groups = groups;
        this.padding_mode = padding_mode;
        if (padding_type is not null) SetPadding(padding_type.Value);
        else SetPadding(padding ?? new long[kernel_size.Length]);

        long[] shape = transposed
            ? [in_channels, out_channels / groups, .. kernel_size]
            : [out_channels, in_channels / groups, .. kernel_size];
        weight = new Parameter(torch.empty(shape, dtype, device));
        if (bias) this.bias = new Parameter(torch.empty([out_channels], dtype, device));
        reset_parameters();
    }

    public long in_channels { get; }
    public long out_channels { get; }
    public bool transposed { get; }
    public Padding? padding_type { get; private set; }
    public long[]? padding { get; private set; }
    public PaddingModes padding_mode { get; set; }
    public long groups { get; set; }
    public long[] kernel_size { get; set; }
    public long[] stride { get; set; }
    public long[] dilation { get; set; }
    public long[] output_padding { get; set; }

    public Parameter? bias
    {
        get => _bias;
        set => Replace(nameof(bias), ref _bias, value);
    }

    public Parameter weight
    {
        get => _weight!;
        set => Replace(nameof(weight), ref _weight, value);
    }

    /// <summary>Draws weight and bias from U(-b, b) with b = 1 / sqrt(fan in).</summary>
    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (_bias is null) return;
        var (fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
        if (fanIn == 0) return;
        var bound = 1 / Math.Sqrt(fanIn);
        nn.init.uniform_(_bias, -bound, bound);
    }

    public void SetPadding(long[] padding)
    {
        padding_type = null;
        this.padding = padding;
        _reversed_padding_repeated_twice = new long[2 * padding.Length];
        for (var i = 0; i < padding.Length; i++)
        {
            var slot = 2 * (padding.Length - 1 - i);
            _reversed_padding_repeated_twice[slot] = _reversed_padding_repeated_twice[slot + 1] = padding[i];
        }
    }

    /// <exception cref="ArgumentException">Same with a stride, or any on a transposed convolution.</exception>
    public void SetPadding(Padding padding)
    {
        if (transposed) throw new ArgumentException("A transposed convolution takes padding in numbers only.");
        if (padding == Padding.Same && stride.Any(step => step != 1))
            throw new ArgumentException("padding='same' needs a stride of 1.");
        this.padding = null;
        padding_type = padding;
        var dimensions = kernel_size.Length;
        _reversed_padding_repeated_twice = new long[2 * dimensions];
        if (padding != Padding.Same) return;
        for (var i = 0; i < dimensions; i++)
        {
            var total = dilation[i] * (kernel_size[i] - 1);
            var slot = 2 * (dimensions - 1 - i);
            _reversed_padding_repeated_twice[slot] = total / 2;
            _reversed_padding_repeated_twice[slot + 1] = total - total / 2;
        }
    }

    /// <summary>Whether the input is [N, C, ...] or [C, ...] with this layer's channels and the number of spatial dimensions.</summary>
    protected bool ValidateShape(Tensor input, long dimensions)
    {
        var ndim = input.ndim;
        return (ndim == dimensions + 2 && input.size(1) == in_channels) || (ndim == dimensions + 1 && input.size(0) == in_channels);
    }

    // libtorch checks the same and first; asking again only after it refused keeps the forward pass at one native call.
    private protected bool Misfits(Tensor input, long dimensions) => !input.IsInvalid && !ValidateShape(input, dimensions);

    private protected ArgumentException Misfit(int dimensions)
        => new($"Expected {dimensions + 1}D (unbatched) or {dimensions + 2}D (batched) input with {in_channels} channels to {GetName()}.");

    private protected override void Rebind(string key, Tensor value)
    {
        if (key == nameof(weight)) _weight = (Parameter)value;
        else if (key == nameof(bias)) _bias = (Parameter)value;
        else base.Rebind(key, value);
    }
}

/// <summary>Convolution over [N, C, L].</summary>
public sealed class Conv1d : Convolution
{
    internal Conv1d(
        long in_channels, long out_channels, long kernel_size, long stride, long? padding, Padding? padding_type, long dilation,
        long groups = 1, bool bias = true, PaddingModes padding_mode = PaddingModes.Zeros, Device? device = null, ScalarType? dtype = null)
        : base(
            nameof(Conv1d), in_channels, out_channels, [kernel_size], [stride], padding is null ? null : [padding.Value], padding_type,
            [dilation], false, [0], groups, bias, padding_mode, device, dtype)
    {
    }

    public override Tensor forward(Tensor input)
    {
        try
        {
            if (padding_mode != PaddingModes.Zeros)
            {
                using var padded = nn.functional.pad(input, _reversed_padding_repeated_twice, padding_mode);
                return Aten.Call("aten::conv1d", padded, _weight, _bias, stride, NoPadding, dilation, groups);
            }
            return padding is null
                ? nn.functional.conv1d_padding(input, weight, _bias, stride[0], padding_type!.Value, dilation[0], groups)
                : Aten.Call("aten::conv1d", input, _weight, _bias, stride, padding, dilation, groups);
        }
        catch (ExternalException) when (Misfits(input, 1))
        {
            throw Misfit(1);
        }
    }
}

/// <summary>Convolution over [N, C, H, W].</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(
        long in_channels, long out_channels, (long, long) kernel_size, (long, long) stride, (long, long)? padding, Padding? padding_type,
        (long, long) dilation, long groups = 1, bool bias = true, PaddingModes padding_mode = PaddingModes.Zeros, Device? device = null,
        ScalarType? dtype = null)
        : base(
            nameof(Conv2d), in_channels, out_channels, [kernel_size.Item1, kernel_size.Item2], [stride.Item1, stride.Item2],
            padding is null ? null : [padding.Value.Item1, padding.Value.Item2], padding_type, [dilation.Item1, dilation.Item2], false,
            [0, 0], groups, bias, padding_mode, device, dtype)
    {
    }

    public override Tensor forward(Tensor input)
    {
        try
        {
            if (padding_mode != PaddingModes.Zeros)
            {
                using var padded = nn.functional.pad(input, _reversed_padding_repeated_twice, padding_mode);
                return Aten.Call("aten::conv2d", padded, _weight, _bias, stride, NoPadding, dilation, groups);
            }
            return padding is null
                ? nn.functional.conv2d_padding(input, weight, _bias, stride, padding_type!.Value, dilation, groups)
                : Aten.Call("aten::conv2d", input, _weight, _bias, stride, padding, dilation, groups);
        }
        catch (ExternalException) when (Misfits(input, 2))
        {
            throw Misfit(2);
        }
    }
}
