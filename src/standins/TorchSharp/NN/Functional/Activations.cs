// torch.nn.functional: activations. In place they return a second handle to the input, which may be disposed on its own.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => Aten.Call(inplace ? "aten::relu_" : "aten::relu", x);

            public static Tensor relu6(Tensor x, bool inplace = false) => Aten.Call(inplace ? "aten::relu6_" : "aten::relu6", x);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false)
                => Aten.Call(inplace ? "aten::leaky_relu_" : "aten::leaky_relu", input, negative_slope);

            public static Tensor elu(Tensor x, double alpha, bool inplace = false)
                => Aten.Call(inplace ? "aten::elu_" : "aten::elu", x, alpha);

            public static Tensor silu(Tensor x, bool inplace = false) => Aten.Call(inplace ? "aten::silu_" : "aten::silu", x);

            public static Tensor gelu(Tensor x) => gelu(x, false);

            public static Tensor gelu(Tensor x, bool inplace) => Aten.Call(inplace ? "aten::gelu_" : "aten::gelu", x);

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false)
                => approximate == Modules.GELU.Approximate.none
                    ? gelu(x, inplace)
                    : Aten.Call(inplace ? "aten::gelu_" : "aten::gelu", x, AtenArg.Named("approximate", "tanh"));

            public static Tensor hardswish(Tensor input, bool inplace = false)
                => Aten.Call(inplace ? "aten::hardswish_" : "aten::hardswish", input);

            public static Tensor hardsigmoid(Tensor input, bool inplace = false)
                => Aten.Call(inplace ? "aten::hardsigmoid_" : "aten::hardsigmoid", input);

            public static Tensor sigmoid(Tensor x) => sigmoid(x, false);

            public static Tensor sigmoid(Tensor x, bool inplace) => Aten.Call(inplace ? "aten::sigmoid_" : "aten::sigmoid", x);

            public static Tensor tanh(Tensor x, bool inplace = false) => Aten.Call(inplace ? "aten::tanh_" : "aten::tanh", x);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null)
                => Aten.Call("aten::softmax.int", input, dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => Aten.Call("aten::log_softmax.int", x, dim);
        }
    }
}
