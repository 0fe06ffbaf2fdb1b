// What a two-stage detector needs to know to turn its outputs into regions and boxes.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>How regions are proposed, from which anchors.</summary>
public sealed record ProposalHead
{
    /// <summary>Anchors per feature map, in the order of the outputs.</summary>
    public required ImmutableArray<ProposalLevel> Levels { get; init; }

    /// <summary>Which of the decoded anchors become regions, when testing. With several levels its limit of candidates is one for each level.</summary>
    public required ProposalSelection Selection { get; init; }
}

/// <summary>A region that a detector proposes.</summary>
/// <param name="Box">Edges in pixels of the original image.</param>
/// <param name="Score">Any monotonous score.</param>
public readonly record struct ProposedRegion(Box Box, float Score);

/// <summary>A network over regions; several are a cascade, each on the boxes of the one before (Cai and Vasconcelos, Cascade R-CNN).</summary>
/// <param name="Name">Name of the stage in the spec.</param>
/// <param name="Coder">How its boxes are coded against its regions, and what corners mean.</param>
public sealed record RegionStage(string Name, RegionBoxCoder Coder);

/// <summary>Proposals, stages and post-processing of a two-stage detector.</summary>
public sealed record TwoStageHead
{
    /// <summary>How the detector proposes regions; null for one whose caller gives them (Fast R-CNN).</summary>
    public ProposalHead? Proposals { get; init; }

    /// <summary>The networks over regions, at least one.</summary>
    public required ImmutableArray<RegionStage> Stages { get; init; }

    /// <summary>How class logits become scores.</summary>
    public ScoreActivation ScoreActivation { get; init; } = ScoreActivation.Softmax;

    /// <summary>Whether scores are the values of support vector machines on the features of the last stage; the logits are then for training alone.</summary>
    public bool UsesMachines { get; init; }

    /// <summary>Regions that go through a stage at once, to bound memory; all when null.</summary>
    public int? RegionsAtOnce { get; init; }

    /// <summary>Whether scores are the mean of what all stages say of the last stage's regions, rather than the last stage's alone.</summary>
    public bool AverageStages { get; init; }

    /// <summary>Thresholds and limits.</summary>
    public PostProcessing PostProcessing { get; init; } = new();

    /// <summary>How the detector is tested at several sizes; null for one that is tested at the size of its input.</summary>
    public MultiScaleSettings? MultiScale { get; init; }

    /// <summary>Foreground classes that so many logits stand for.</summary>
    /// <param name="logits">Logits of a region.</param>
    public int ClassesOf(long logits) => (int)(ScoreActivation == ScoreActivation.Sigmoid ? logits : logits - 1);
}
