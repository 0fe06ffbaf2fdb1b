// A small two-stage detector in the form in which the generator writes them.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

/// <summary>What the tests vary of <see cref="TinyTwoStage"/>.</summary>
internal sealed record TinyTwoStageOptions
{
    public ModelCard Card { get; init; } = Cards.Make("tiny-two-stage", ModelKind.TwoStage, 32, 48);

    public ObjectnessLayout Layout { get; init; } = ObjectnessLayout.SoftmaxBlocks;

    public ScoreActivation Activation { get; init; } = ScoreActivation.Softmax;

    public BoxConvention Convention { get; init; } = BoxConvention.Inclusive;

    /// <summary>Channels of the box head: 4, 8, 4 K or 4 (K + 1) with K = 2; 0 for none.</summary>
    public int BoxChannels { get; init; } = 12;

    public int Stages { get; init; } = 1;

    public bool AverageStages { get; init; }

    public bool ProposesRegions { get; init; } = true;

    public ProposalSelection Selection { get; init; } = new() { MinimumSize = 2, Candidates = 60, Keep = 20 };

    public MultiScaleSettings? MultiScale { get; init; }
}

/// <summary>One feature map of stride 4 with two anchors per cell, RoIAlign to 3 x 3, two classes; weights so large that scores differ.</summary>
internal sealed class TinyTwoStage : TwoStageDetector
{
    private readonly TinyTwoStageOptions options;
    private readonly ConvBlock stem = new(3, 8);
    private readonly ConvBlock body = new(8, 8);
    private readonly Conv2d objectness;
    private readonly Conv2d deltas = nn.Conv2d(8, 8, 1);
    private readonly Linear[] scores;
    private readonly Linear[] boxes;

    public TinyTwoStage(TinyTwoStageOptions? settings = null)
        : base(nameof(TinyTwoStage), (settings ?? new()).Card, HeadOf(settings ?? new()))
    {
        options = settings ?? new TinyTwoStageOptions();
        objectness = nn.Conv2d(8, options.Layout == ObjectnessLayout.Sigmoid ? 2 : 4, 1);
        var classes = options.Activation == ScoreActivation.Sigmoid ? 2 : 3;
        scores = [.. Enumerable.Range(0, options.Stages).Select(_ => nn.Linear(72, classes))];
        boxes = [.. Enumerable.Range(0, options.BoxChannels == 0 ? 0 : options.Stages).Select(_ => nn.Linear(72, options.BoxChannels))];
        register_module("stem", stem);
        register_module("body", body);
        if (options.ProposesRegions)
        {
            register_module("objectness", objectness);
            register_module("deltas", deltas);
        }
        for (var i = 0; i < options.Stages; i++)
        {
            register_module($"scores{i}", scores[i]);
            if (boxes.Length > 0)
            {
                register_module($"boxes{i}", boxes[i]);
            }
        }
        using var none = no_grad();
        foreach (var weights in parameters().Where(parameter => parameter.dim() > 1))
        {
            weights.mul_(2);
        }
    }

    public override Features Extract(Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = body.call(stem.call(images));
        var proposals = options.ProposesRegions ? ProposalOutput.Concatenate(options.Layout, [objectness.call(map)], [deltas.call(map)]).MoveToOuterDisposeScope() : null;
        return new Features(proposals, map.MoveToOuterDisposeScope());
    }

    public override RegionOutput Classify(int stage, ImageFeatures features, Tensor regions)
    {
        using var scope = NewDisposeScope();
        var pooled = new RoiAlign(3, 3, Sampling: 2).Pool(((Features)features).Map, regions, 0.25).flatten(1);
        return new RegionOutput(scores[stage].call(pooled), boxes.Length == 0 ? null : boxes[stage].call(pooled)).MoveToOuterDisposeScope();
    }

    private static TwoStageHead HeadOf(TinyTwoStageOptions options) => new()
    {
        Proposals = options.ProposesRegions
            ? new ProposalHead
            {
                Levels = [new ProposalLevel("stride4", [new RegionAnchor(-4, -4, 7, 7), new RegionAnchor(-8, -4, 11, 7)], 4)],
                Selection = options.Selection with { Coder = new RegionBoxCoder { Convention = options.Convention } },
            }
            : null,
        Stages = [.. Enumerable.Range(0, options.Stages).Select(i => new RegionStage(
            $"stage{i}", new RegionBoxCoder { Convention = options.Convention, Deviations = (0.1, 0.1, 0.2, 0.2) }))],
        ScoreActivation = options.Activation,
        AverageStages = options.AverageStages,
        PostProcessing = new PostProcessing { ScoreThreshold = 0.2f, NmsThreshold = 0.5f },
        MultiScale = options.MultiScale,
    };

    public sealed class Features(ProposalOutput? proposals, Tensor map) : ImageFeatures(proposals, [map])
    {
        public Tensor Map => Maps[0];
    }
}

/// <summary>A detector that says the same of every region, whatever it sees: its logits and coded boxes are given.</summary>
internal sealed class PlaybackTwoStage(ModelCard card, TwoStageHead head, Func<int, RegionOutput> answer)
    : TwoStageDetector(nameof(PlaybackTwoStage), card, head)
{
    /// <summary>Regions that each stage was asked about, as numbers.</summary>
    public List<float[]> Asked { get; } = [];

    /// <summary>Shapes of the inputs.</summary>
    public List<long[]> Inputs { get; } = [];

    public override ImageFeatures Extract(Tensor images)
    {
        Inputs.Add(images.shape);
        return new ImageFeatures(null, [images.alias()]);
    }

    public override RegionOutput Classify(int stage, ImageFeatures features, Tensor regions)
    {
        Asked.Add(regions.Floats());
        return answer(stage);
    }
}
