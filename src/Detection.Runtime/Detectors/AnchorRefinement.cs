// The first of two steps: default boxes that the network itself moves and filters before it classifies them (RefineDet).
using TorchSharp;

namespace Detection.Runtime;

/// <summary>Raw outputs of the first step.</summary>
/// <param name="ObjectnessLogits">[N, A, 2] logits: background, object.</param>
/// <param name="Deltas">[N, A, 4] coded boxes against the default boxes.</param>
public sealed record AnchorRefinementOutput(torch.Tensor ObjectnessLogits, torch.Tensor Deltas)
{
    /// <summary>The first step as a detector of its own, of one class; it shares the tensors.</summary>
    /// <param name="featureSizes">Sizes of the feature maps.</param>
    public OneStageOutput AsOutput(IReadOnlyList<FeatureSize> featureSizes) => new(ObjectnessLogits, Deltas, featureSizes);
}

/// <summary>
/// How the first step's answers are used (Zhang et al., Single-Shot Refinement Neural Network for Object Detection, section 3).
/// </summary>
/// <param name="FilterThreshold">
/// A default box whose background probability is above this is left out: it never trains the second step as background, and it finds nothing. 1 filters none.
/// </param>
/// <param name="Cascade">Whether the second step starts from the refined boxes; from the default boxes otherwise.</param>
public sealed record AnchorRefinement(double FilterThreshold = 0.99, bool Cascade = true);
