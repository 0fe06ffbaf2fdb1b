// torch.nn.functional: normalisation over batches, groups, layers, neighbouring channels and vectors.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            // Lets libtorch use cuDNN where it can; on the CPU it means nothing.
            private const bool AllowCudnn = true;

            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false,
                double momentum = 0.1, double eps = 1e-5)
                => Aten.Call("aten::batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, AllowCudnn);

            public static Tensor instance_norm(
                Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null,
                bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5)
                => Aten.Call(
                    "aten::instance_norm", input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, AllowCudnn);

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
                => Aten.Call("aten::group_norm", input, num_groups, weight, bias, eps);

            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
                => Aten.Call("aten::layer_norm", input, normalized_shape, weight, bias, eps);

            /// <summary>Divides by the p-norm along a dimension.</summary>
            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                using var norm = Aten.Call("aten::norm.ScalarOpt_dim", input, p, new[] { dim }, true);
                using var bounded = Aten.Call("aten::clamp_min", norm, eps);
                return Aten.Call("aten::div.Tensor", input, bounded);
            }

            /// <summary>Divides by (k + alpha * mean of squares over <paramref name="size"/> neighbouring channels) ^ beta.</summary>
            /// <exception cref="ArgumentException">The input has fewer than three dimensions.</exception>
            public static Tensor local_response_norm(Tensor input, long size, double alpha = 0.0001, double beta = 0.75, double k = 1.0)
            {
                var shape = input.shape;
                if (shape.Length < 3) throw new ArgumentException(
                    $"local_response_norm needs at least 3 dimensions, the input has {shape.Length}.");

                // Channels become the depth of a one-channel volume, so that averaging over them is a pooling.
                using var squares = Aten.Call("aten::mul.Tensor", input, input);
                using var volume = Aten.Call("aten::reshape", squares, new[] { shape[0], 1, shape[1], shape[2], -1 });
                using var padded = Aten.Call("aten::constant_pad_nd", volume, new[] { 0, 0, 0, 0, size / 2, (size - 1) / 2 }, 0.0);
                using var means = Aten.Call("aten::avg_pool3d", padded, new[] { size, 1, 1 }, One);
                using var scaled = Aten.Call("aten::mul.Scalar", means, alpha);
                using var shifted = Aten.Call("aten::add.Scalar", scaled, k);
                using var divisor = Aten.Call("aten::pow.Tensor_Scalar", shifted, beta);
                using var shaped = Aten.Call("aten::reshape", divisor, shape);
                return Aten.Call("aten::div.Tensor", input, shaped);
            }
        }
    }
}
