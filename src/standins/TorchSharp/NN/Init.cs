// torch.nn.init: fills tensors in place, outside of autograd.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class init
        {
            /// <summary>The function after a layer, for which the initial scale is chosen.</summary>
            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            /// <summary>Whether the scale keeps the variance of activations (fan in) or of gradients (fan out).</summary>
            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            /// <summary>How much wider weights a nonlinearity asks for; <paramref name="param"/> is the slope of LeakyReLU.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + param * param)),
                _ => 1.0,
            };

            /// <summary>The number of inputs of an output, and of outputs of an input, in weights [out, in, ...].</summary>
            /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2) throw new ArgumentException("Fan in and fan out need a tensor of at least two dimensions.");
                long receptive = 1;
                for (var i = 2; i < shape.Length; i++) receptive *= shape[i];
                return (shape[1] * receptive, shape[0] * receptive);
            }

            public static Tensor zeros_(Tensor tensor) => Fill("aten::zero_", tensor);

            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            public static Tensor constant_(Tensor tensor, Scalar val) => Fill("aten::fill_.Scalar", tensor, val);

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
                => Fill("aten::uniform_", tensor, low, high, generator);

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
                => Fill("aten::normal_", tensor, mean, std, generator);

            /// <summary>Normal values, redrawn into [a, b] by inverting the cumulative distribution.</summary>
            public static Tensor trunc_normal_(
                Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0, Generator? generator = null)
            {
                var low = 2 * NormalCdf((a - mean) / std) - 1;
                var high = 2 * NormalCdf((b - mean) / std) - 1;
                uniform_(tensor, low, high, generator);
                Fill("aten::erfinv_", tensor);
                Fill("aten::mul_.Scalar", tensor, std * Math.Sqrt(2));
                Fill("aten::add_.Scalar", tensor, mean);
                return Fill("aten::clamp_", tensor, a, b);
            }

            /// <summary>He et al. 2015: U(-b, b) with b = gain * sqrt(3 / fan).</summary>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3.0) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>He et al. 2015: N(0, gain^2 / fan).</summary>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
                => normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>Glorot and Bengio 2010: U(-b, b) with b = gain * sqrt(6 / (fan in + fan out)).</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var bound = Math.Sqrt(3.0) * XavierDeviation(tensor, gain);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1.0) => xavier_uniform_(tensor, gain);

            /// <summary>Glorot and Bengio 2010: N(0, 2 gain^2 / (fan in + fan out)).</summary>
            /// <remarks>TorchSharp 0.107 draws from the uniform distribution of the same variance here.</remarks>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) => normal_(tensor, 0, XavierDeviation(tensor, gain));

            public static Tensor glorot_normal_(Tensor tensor, double gain = 1.0) => xavier_normal_(tensor, gain);

            /// <summary>Ones on the diagonal of a matrix.</summary>
            public static Tensor eye_(Tensor tensor)
            {
                if (tensor.ndim != 2) throw new ArgumentException($"eye_ fills matrices, this tensor has {tensor.ndim} dimensions.");
                using var noGrad = torch.no_grad();
                using var identity = torch.eye(tensor.size(0), tensor.size(1), tensor.dtype, tensor.device);
                Aten.CallVoid("aten::copy_", tensor, identity);
                return tensor;
            }

            /// <summary>Orthogonal rows (or columns, if fewer) of the tensor seen as [first, rest] (Saxe et al. 2013).</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1.0)
            {
                var shape = tensor.shape;
                if (shape.Length < 2) throw new ArgumentException("orthogonal_ needs a tensor of at least two dimensions.");
                using var noGrad = torch.no_grad();
                using var scope = torch.NewDisposeScope();
                var rows = shape[0];
                var columns = tensor.numel() / rows;
                var wide = rows < columns;
                var random = torch.randn([wide ? columns : rows, wide ? rows : columns], tensor.dtype, tensor.device);
                var factors = Aten.CallMany("aten::linalg_qr", random);
                // The sign convention of Q makes the distribution uniform over orthogonal matrices.
                var signs = Aten.Call("aten::sign", Aten.Call("aten::diagonal", factors[1]));
                var oriented = Aten.Call("aten::mul.Tensor", factors[0], signs);
                if (wide) oriented = Aten.Call("aten::t", oriented);
                Aten.CallVoid("aten::copy_", tensor, Aten.Call("aten::reshape", oriented, shape));
                return Fill("aten::mul_.Scalar", tensor, gain);
            }

            private static Tensor Fill(
                string op, Tensor tensor, AtenArg first = default, AtenArg second = default, Generator? generator = null)
            {
                using var noGrad = torch.no_grad();
                if (generator is not null) Aten.CallVoid(op, tensor, first, second, AtenArg.Named("generator", generator));
                else if (second.Tag != AtenArg.Kind.Default) Aten.CallVoid(op, tensor, first, second);
                else if (first.Tag != AtenArg.Kind.Default) Aten.CallVoid(op, tensor, first);
                else Aten.CallVoid(op, tensor);
                return tensor;
            }

            private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static double XavierDeviation(Tensor tensor, double gain)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            private static double NormalCdf(double x)
            {
                using var scope = torch.NewDisposeScope();
                using var value = torch.tensor(x / Math.Sqrt(2.0), ScalarType.Float64);
                return (1 + Aten.Call("aten::erf", value).item<double>()) / 2;
            }
        }
    }
}
