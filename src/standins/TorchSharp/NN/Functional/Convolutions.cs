// torch.nn.functional: convolutions and the fully connected layer.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly long[] Zero = [0];
            private static readonly long[] One = [1];

            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null,
                long groups = 1)
                => Aten.Call(
                    "aten::conv1d", input, weight, bias, Spread(stride, One), Spread(padding, Zero), Spread(dilation, One), groups);

            public static Tensor conv1d_padding(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, Padding padding = Padding.Valid,
                long? dilation = null, long groups = 1)
                => Aten.Call(
                    "aten::conv1d.padding", input, weight, bias, Spread(stride, One), Name(padding), Spread(dilation, One), groups);

            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                long groups = 1)
                => Aten.Call("aten::conv2d", input, weight, bias, strides ?? One, padding ?? Zero, dilation ?? One, groups);

            public static Tensor conv2d_padding(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid,
                long[]? dilation = null, long groups = 1)
                => Aten.Call("aten::conv2d.padding", input, weight, bias, strides ?? One, Name(padding), dilation ?? One, groups);

            public static Tensor conv_transpose2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? output_padding = null, long[]? dilation = null, long groups = 1)
                => Aten.Call(
                    "aten::conv_transpose2d.input", input, weight, bias, strides ?? One, padding ?? Zero, output_padding ?? Zero, groups,
                    dilation ?? One);

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
                => Aten.Call("aten::linear", input, weights, bias);

            private static long[] Spread(long? value, long[] otherwise) => value is null ? otherwise : [value.Value];

            private static string Name(Padding padding) => padding == Padding.Same ? "same" : "valid";
        }
    }
}
