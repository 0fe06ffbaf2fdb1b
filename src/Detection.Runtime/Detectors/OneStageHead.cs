// What a one-stage detector needs to know to turn its outputs into boxes.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>How class logits become scores.</summary>
public enum ScoreActivation
{
    /// <summary>Softmax over background (index 0) and the foreground classes.</summary>
    Softmax,

    /// <summary>A sigmoid per foreground class; there is no background.</summary>
    Sigmoid,

    /// <summary>Softmax over the foreground classes; there is no background, of which the box's objectness tells.</summary>
    ClassSoftmax,

    /// <summary>A sigmoid for the background (index 0) and for each foreground class; the background's is trained, but not asked (TensorFlow's detection API).</summary>
    SigmoidBackground,
}

/// <summary>Anchors, coding and post-processing of a one-stage detector.</summary>
public sealed record OneStageHead
{
    /// <summary>Default boxes per feature map, in the order of the outputs.</summary>
    public required ImmutableArray<AnchorLevel> Levels { get; init; }

    /// <summary>How box deltas are coded against default boxes; these are in fractions of the input (cx, cy, w, h).</summary>
    public BoxCoder Coder { get; init; } = new CenterSizeBoxCoder();

    /// <summary>Further regression heads, in the order of <see cref="OneStageOutput.Extras"/>.</summary>
    public ImmutableArray<RegressionOutput> Extras { get; init; } = [];

    /// <summary>How the first of two steps is used; null for a detector of one step.</summary>
    public AnchorRefinement? Refinement { get; init; }

    /// <summary>How class logits become scores.</summary>
    public ScoreActivation ScoreActivation { get; init; } = ScoreActivation.Softmax;

    /// <summary>Whether scores are multiplied with the box's objectness, a sigmoid of <see cref="OneStageOutput.Objectness"/> (Redmon and Farhadi, YOLO9000, section 2).</summary>
    public bool HasObjectness { get; init; }

    /// <summary>Clamp the normalised default boxes (cx, cy, w, h) to [0, 1].</summary>
    public bool ClipAnchors { get; init; }

    /// <summary>Thresholds and limits.</summary>
    public PostProcessing PostProcessing { get; init; } = new();

    /// <summary>How the detector is tested at several sizes; null for one that is tested at the size of its input.</summary>
    public MultiScaleSettings? MultiScale { get; init; }
}
