// A fully connected layer that computes in the format of its input and keeps its weights in 32-bit floats.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Fully connected layer from [N, in] to [N, out] in the format of its input. Its tensors are those of <c>Linear</c>: <c>weight</c> [out, in] and <c>bias</c> [out].</summary>
/// <param name="inputSize">Numbers that come in.</param>
/// <param name="outputSize">Numbers that it gives.</param>
/// <param name="hasBias">Whether a learned constant is added.</param>
public sealed class MixedLinear(long inputSize, long outputSize, bool hasBias = true)
    : MixedLayer(nameof(MixedLinear), [outputSize, inputSize], inputSize, hasBias ? outputSize : null)
{
    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => MixedProducts.Linear(input, PrecisionPass.Weight(weight, input), PrecisionPass.Weight(bias, input));
}
