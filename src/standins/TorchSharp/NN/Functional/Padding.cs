// torch.nn.functional: padding. Amounts come in pairs, last dimension first: (left, right, top, bottom, ...).
namespace TorchSharp;

/// <summary>How values outside the input are made up.</summary>
public enum PaddingModes
{
    Zeros = 0,
    Reflect = 1,
    Replicate = 2,
    Circular = 3,
    Constant = 4,
}

/// <summary>Padding given by its effect: none, or as much as keeps the size.</summary>
public enum Padding
{
    Valid = 0,
    Same = 1,
}

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Reflect => PadByName(input, pad, "reflect", value),
                PaddingModes.Replicate => PadByName(input, pad, "replicate", value),
                PaddingModes.Circular => PadByName(input, pad, "circular", value),
                _ => Aten.Call("aten::constant_pad_nd", input, pad, value),
            };

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                => functional.pad(input, pad.ToArray(), mode, value);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                => functional.pad(input, new[] { pad.Item1, pad.Item2 }, mode, value);

            public static Tensor pad(
                Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
                => functional.pad(input, new[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

            /// <summary>Pads both sides of every dimension, batch and channels included.</summary>
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                var amounts = new long[2 * input.ndim];
                Array.Fill(amounts, pad);
                return functional.pad(input, amounts, mode, value);
            }

            // libtorch refuses a value in these modes; zero is what "no value" looks like in this signature.
            private static Tensor PadByName(Tensor input, long[] pad, string mode, double value)
                => Aten.Call("aten::pad", input, pad, mode, value == 0 ? (double?)null : value);
        }
    }
}
