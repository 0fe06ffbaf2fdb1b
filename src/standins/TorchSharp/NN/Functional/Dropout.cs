// torch.nn.functional: dropout. Outside of training it returns a second handle to the input.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                => Aten.Call(inplace ? "aten::dropout_" : "aten::dropout", input, p, training);

            /// <summary>Zeroes whole channels.</summary>
            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                => Aten.Call(inplace ? "aten::feature_dropout_" : "aten::feature_dropout", input, p, training);
        }
    }
}
