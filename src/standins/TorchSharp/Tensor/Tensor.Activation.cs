// torch.Tensor: activation functions.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor relu() => Aten.Call("aten::relu", this);
        public Tensor relu_() => InPlace("aten::relu_", this);
        public Tensor relu6() => Aten.Call("aten::relu6", this);
        public Tensor relu6_() => InPlace("aten::relu6_", this);
        public Tensor rrelu(double lower = one_eighth, double upper = one_third) => Aten.Call("aten::rrelu", this, lower, upper);
        public Tensor rrelu_(double lower = one_eighth, double upper = one_third) => InPlace("aten::rrelu_", this, lower, upper);
        public Tensor celu() => Aten.Call("aten::celu", this);
        public Tensor celu_() => InPlace("aten::celu_", this);
        public Tensor celu(Scalar alpha) => Aten.Call("aten::celu", this, alpha);
        public Tensor celu_(Scalar alpha) => InPlace("aten::celu_", this, alpha);
        public Tensor elu(double alpha = 1) => Aten.Call("aten::elu", this, alpha);
        public Tensor elu_(double alpha = 1) => InPlace("aten::elu_", this, alpha);
        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) => Aten.Call("aten::elu", this, alpha, scale, input_scale);
        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) => InPlace("aten::elu_", this, alpha, scale, input_scale);
        public Tensor gelu() => Aten.Call("aten::gelu", this);
        public Tensor gelu_() => InPlace("aten::gelu_", this);
        public Tensor glu(long dim = -1) => Aten.Call("aten::glu", this, dim);
        public Tensor hardsigmoid() => Aten.Call("aten::hardsigmoid", this);
        public Tensor hardsigmoid_() => InPlace("aten::hardsigmoid_", this);
        public Tensor hardswish() => Aten.Call("aten::hardswish", this);
        public Tensor hardswish_() => InPlace("aten::hardswish_", this);
        public Tensor leaky_relu(Scalar negative_slope) => Aten.Call("aten::leaky_relu", this, negative_slope);
        public Tensor leaky_relu_(Scalar negative_slope) => InPlace("aten::leaky_relu_", this, negative_slope);
        public Tensor selu() => Aten.Call("aten::selu", this);
        public Tensor selu_() => InPlace("aten::selu_", this);
        public Tensor silu() => Aten.Call("aten::silu", this);
        public Tensor silu_() => InPlace("aten::silu_", this);
        public Tensor log_sigmoid() => Aten.Call("aten::log_sigmoid", this);
        public Tensor softplus(double beta = 1, double threshold = 20) => Aten.Call("aten::softplus", this, beta, threshold);
        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.Call("aten::softmax.int", this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.Call("aten::log_softmax.int", this, dim, dtype);
        public Tensor threshold(Scalar threshold, Scalar value) => Aten.Call("aten::threshold", this, threshold, value);
        public Tensor threshold_(Scalar threshold, Scalar value) => InPlace("aten::threshold_", this, threshold, value);
        public Tensor prelu(Tensor target) => Aten.Call("aten::prelu", this, target);

        public Tensor hardtanh(Scalar min, Scalar max) => Aten.Call("aten::hardtanh", this, min, max);
        public Tensor hardtanh_(Scalar min, Scalar max) => InPlace("aten::hardtanh_", this, min, max);

        private const double one_eighth = 1.0 / 8.0;
        private const double one_third = 1.0 / 3.0;
    }
}
