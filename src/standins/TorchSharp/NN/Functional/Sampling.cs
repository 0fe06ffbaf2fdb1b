// torch.nn.functional: sampling at grid positions, and moving between images and columns of patches.
namespace TorchSharp;

public static partial class torch
{
    public enum GridSampleMode
    {
        Nearest = 0,
        Bilinear = 2,
    }

    public enum GridSamplePaddingMode
    {
        Zeros = 0,
        Reflection = 1,
        Border = 2,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Samples [N, C, H, W] at positions [N, H', W', 2] given as (x, y) in -1..1.</summary>
            public static Tensor grid_sample(
                Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                // libtorch counts these differently: bilinear 0, nearest 1; zeros 0, border 1, reflection 2.
                var interpolation = mode == GridSampleMode.Nearest ? 1 : 0;
                var outside = padding_mode switch { GridSamplePaddingMode.Border => 1, GridSamplePaddingMode.Reflection => 2, _ => 0 };
                return Aten.Call("aten::grid_sampler", input, grid, interpolation, outside, align_corners ?? false);
            }

            /// <summary>The grid of positions that an affine map theta [N, 2, 3] reads from, for an output of the given size.</summary>
            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false)
                => Aten.Call("aten::affine_grid_generator", theta, size ?? throw new ArgumentNullException(nameof(size)), align_corners);

            /// <summary>[N, C, H, W] to columns of patches [N, C * kh * kw, L].</summary>
            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1)
                => Aten.Call("aten::im2col", input, Square(kernel_size), Square(dilation), Square(padding), Square(stride));

            public static Tensor unfold(
                Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null,
                (long, long)? stride = null)
                => Aten.Call(
                    "aten::im2col", input, Both(kernel_size), Both(dilation ?? (1, 1)), Both(padding ?? (0, 0)), Both(stride ?? (1, 1)));

            /// <summary>Columns of patches back to an image; where patches overlap they are summed.</summary>
            public static Tensor fold(
                Tensor input, long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1)
                => Aten.Call(
                    "aten::col2im", input, Square(output_size), Square(kernel_size), Square(dilation), Square(padding), Square(stride));

            public static Tensor fold(
                Tensor input, (long, long) output_size, (long, long) kernel_size, (long, long)? dilation = null,
                (long, long)? padding = null, (long, long)? stride = null)
                => Aten.Call(
                    "aten::col2im", input, Both(output_size), Both(kernel_size), Both(dilation ?? (1, 1)), Both(padding ?? (0, 0)),
                    Both(stride ?? (1, 1)));

            /// <exception cref="ArgumentException">The classes are not Int64.</exception>
            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                if (x.dtype != ScalarType.Int64) throw new ArgumentException($"one_hot takes Int64 class numbers, not {x.dtype}.");
                return Aten.Call("aten::one_hot", x, num_classes);
            }

            private static long[] Square(long extent) => [extent, extent];
        }
    }
}
