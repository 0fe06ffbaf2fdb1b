// torch.nn.functional: pooling over two dimensions. A stride that is not given is the kernel size.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                bool ceil_mode = false)
                => Aten.Call("aten::max_pool2d", input, kernel_size, strides ?? kernel_size, padding ?? Zero, dilation ?? One, ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
            {
                long[] kernel = [kernel_size];
                return max_pool2d(input, kernel, Spread(stride, kernel), Spread(padding, Zero), Spread(dilation, One), ceil_mode);
            }

            public static Tensor max_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, bool ceil_mode = false)
                => max_pool2d(input, Both(kernel_size), Both(stride), Both(padding), Both(dilation), ceil_mode);

            public static (Tensor output, Tensor indices) max_pool2d_with_indices(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                bool ceil_mode = false)
            {
                var results = Aten.CallMany(
                    "aten::max_pool2d_with_indices", input, kernel_size, strides ?? kernel_size, padding ?? Zero, dilation ?? One,
                    ceil_mode);
                return (results[0], results[1]);
            }

            public static Tensor avg_pool2d(
                Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null)
                => Aten.Call(
                    "aten::avg_pool2d", input, kernel_size, stride ?? kernel_size, padding ?? Zero, ceil_mode, count_include_pad,
                    Divisor(divisor_override));

            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null)
            {
                long[] kernel = [kernel_size];
                return avg_pool2d(input, kernel, Spread(stride, kernel), [padding], ceil_mode, count_include_pad, divisor_override);
            }

            public static Tensor avg_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null)
                => avg_pool2d(input, Both(kernel_size), Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size)
                => Aten.Call("aten::adaptive_avg_pool2d", input, output_size);

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size)
                => adaptive_avg_pool2d(input, Both(output_size));

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size)
                => adaptive_avg_pool2d(input, [output_size, output_size]);

            public static Tensor adaptive_max_pool2d(Tensor input, long[] output_size)
            {
                var (values, indices) = adaptive_max_pool2d_with_indices(input, output_size);
                indices.Dispose();
                return values;
            }

            public static (Tensor Values, Tensor Indices) adaptive_max_pool2d_with_indices(Tensor input, long[] output_size)
            {
                var results = Aten.CallMany("aten::adaptive_max_pool2d", input, output_size);
                return (results[0], results[1]);
            }

            // TorchSharp's native layer reads 0 as "no override".
            private static long? Divisor(long? divisor_override) => divisor_override is 0 ? null : divisor_override;

            private static long[] Both((long, long) pair) => [pair.Item1, pair.Item2];

            private static long[]? Both((long, long)? pair) => pair is null ? null : Both(pair.Value);
        }
    }
}
