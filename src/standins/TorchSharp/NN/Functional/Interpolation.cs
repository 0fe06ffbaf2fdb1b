// torch.nn.functional: resampling to another size.
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public enum UpsampleMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
    }

    public enum InterpolationMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
        Area = 5,
        NearestExact = 6,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Resamples [N, C, L], [N, C, H, W] or [N, C, D, H, W] to a size, or by a factor per dimension.</summary>
            /// <exception cref="ExternalException">The mode does not fit the input or the options.</exception>
            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                var spatial = (int)x.ndim - 2;
                var interpolates = mode is InterpolationMode.Linear or InterpolationMode.Bilinear
                    or InterpolationMode.Bicubic or InterpolationMode.Trilinear;
                if (!interpolates && align_corners is not null)
                    throw new ExternalException("align_corners only goes with the modes Linear, Bilinear, Bicubic and Trilinear.");
                if (antialias && !(spatial == 2 && mode is InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                    throw new ExternalException("antialias only goes with the modes Bilinear and Bicubic on 4D inputs.");
                var sizes = TargetSize(x, spatial, size, scale_factor);

                // The kernels sample by the factor that the caller gave, unless told to derive it from the rounded size.
                var kept = size is null && !recompute_scale_factor ? scale_factor : null;
                double? first = kept?[0], second = spatial > 1 ? kept?[1] : null, third = spatial > 2 ? kept?[2] : null;
                var corners = align_corners ?? false;
                return (spatial, mode) switch
                {
                    (1, InterpolationMode.Nearest) => Aten.Call("aten::upsample_nearest1d", x, sizes, first),
                    (2, InterpolationMode.Nearest) => Aten.Call("aten::upsample_nearest2d", x, sizes, first, second),
                    (3, InterpolationMode.Nearest) => Aten.Call("aten::upsample_nearest3d", x, sizes, first, second, third),
                    (1, InterpolationMode.NearestExact) => Aten.Call("aten::_upsample_nearest_exact1d", x, sizes, first),
                    (2, InterpolationMode.NearestExact) => Aten.Call("aten::_upsample_nearest_exact2d", x, sizes, first, second),
                    (3, InterpolationMode.NearestExact) => Aten.Call("aten::_upsample_nearest_exact3d", x, sizes, first, second, third),
                    (1, InterpolationMode.Area) => Aten.Call("aten::adaptive_avg_pool1d", x, sizes),
                    (2, InterpolationMode.Area) => Aten.Call("aten::adaptive_avg_pool2d", x, sizes),
                    (3, InterpolationMode.Area) => Aten.Call("aten::adaptive_avg_pool3d", x, sizes),
                    (1, InterpolationMode.Linear) => Aten.Call("aten::upsample_linear1d", x, sizes, corners, first),
                    (2, InterpolationMode.Bilinear) => Aten.Call(
                        antialias ? "aten::_upsample_bilinear2d_aa" : "aten::upsample_bilinear2d", x, sizes, corners, first, second),
                    (2, InterpolationMode.Bicubic) => Aten.Call(
                        antialias ? "aten::_upsample_bicubic2d_aa" : "aten::upsample_bicubic2d", x, sizes, corners, first, second),
                    (3, InterpolationMode.Trilinear) => Aten.Call("aten::upsample_trilinear3d", x, sizes, corners, first, second, third),
                    _ => throw new ExternalException($"The mode {mode} does not work on a {x.ndim}D input."),
                };
            }

            public static Tensor upsample_bilinear(Tensor x, long[]? size = null, double[]? scale_factor = null, bool align_corners = false)
                => interpolate(x, size, scale_factor, InterpolationMode.Bilinear, align_corners);

            public static Tensor upsample_nearest2d(Tensor input, long[]? outputSizes = null, double[]? scaleFactors = null)
                => Aten.Call("aten::upsample_nearest2d.vec", input, outputSizes, scaleFactors);

            private static long[] TargetSize(Tensor x, int spatial, long[]? size, double[]? scale_factor)
            {
                if (size is null == scale_factor is null)
                    throw new ExternalException("Give either size or scale_factor, and only one of them.");
                var count = size?.Length ?? scale_factor!.Length;
                if (count != spatial) throw new ExternalException(
                    $"The input has {spatial} spatial dimensions, but {count} values were given for them.");
                if (size is not null) return size;
                var sizes = new long[spatial];
                for (var i = 0; i < spatial; i++) sizes[i] = (long)Math.Floor(x.size(i + 2) * scale_factor![i]);
                return sizes;
            }
        }
    }
}
