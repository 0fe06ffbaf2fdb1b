// A two-stage detector with its loop, as the generator writes them: what a real one uses, small enough to learn in a minute.
using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime.TrainingHost;

/// <summary>Four convolutions to stride 8, three anchors per cell, RoIAlign to 5 x 5, one hidden layer; boxes per class or for all classes.</summary>
public sealed class SmallTwoStage : TwoStageDetector
{
    private readonly Conv2d[] convolutions;
    private readonly BatchNorm2d[] norms;
    private readonly Conv2d rpn = nn.Conv2d(64, 64, 3, padding: 1);
    private readonly Conv2d objectness = nn.Conv2d(64, 2 * 3, 1);
    private readonly Conv2d deltas = nn.Conv2d(64, 4 * 3, 1);
    private readonly Linear[] hidden;
    private readonly Linear[] scores;
    private readonly Linear[] boxes;

    /// <summary>Creates the detector with weights drawn from torch's generator.</summary>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="shortSide">Shorter side of its input.</param>
    /// <param name="stages">Networks over regions.</param>
    public SmallTwoStage(ImmutableArray<string> classes, int shortSide = 96, int stages = 1)
        : base(nameof(SmallTwoStage), CardOf(classes, shortSide), HeadOf(stages))
    {
        int[] channels = [3, 16, 32, 48, 64];
        convolutions = [.. Enumerable.Range(0, 4).Select(i => nn.Conv2d(channels[i], channels[i + 1], 3, stride: i < 3 ? 2 : 1, padding: 1, bias: false))];
        norms = [.. channels.Skip(1).Select(c => nn.BatchNorm2d(c))];
        hidden = [.. Enumerable.Range(0, stages).Select(_ => nn.Linear(64 * 25, 128))];
        scores = [.. Enumerable.Range(0, stages).Select(_ => nn.Linear(128, classes.Length + 1))];
        boxes = [.. Enumerable.Range(0, stages).Select(_ => nn.Linear(128, stages > 1 ? 4 : 4 * (classes.Length + 1)))];
        for (var i = 0; i < 4; i++)
        {
            register_module($"conv{i + 1}", convolutions[i]);
            register_module($"norm{i + 1}", norms[i]);
        }
        register_module("rpn", rpn);
        register_module("objectness", objectness);
        register_module("deltas", deltas);
        for (var i = 0; i < stages; i++)
        {
            register_module($"hidden{i}", hidden[i]);
            register_module($"scores{i}", scores[i]);
            register_module($"boxes{i}", boxes[i]);
        }
    }

    /// <summary>Paths of the layers that proposals and regions share.</summary>
    public static ImmutableArray<string> SharedLayers { get; } = ["conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "conv4", "norm4"];

    /// <summary>Paths of the layers of the proposals alone.</summary>
    public static ImmutableArray<string> ProposalLayers { get; } = ["rpn", "objectness", "deltas"];

    /// <summary>Paths of the layers of the first stage alone.</summary>
    public static ImmutableArray<string> RegionLayers { get; } = ["hidden0", "scores0", "boxes0"];

    /// <summary>The layer that predicts boxes of a stage.</summary>
    public Linear BoxHead(int stage) => boxes[stage];

    /// <inheritdoc/>
    public override ImageFeatures Extract(Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = images;
        for (var i = 0; i < 4; i++)
        {
            map = norms[i].call(convolutions[i].call(map)).relu();
        }
        var seen = rpn.call(map).relu();
        return new ImageFeatures(
            ProposalOutput.Concatenate(ObjectnessLayout.SoftmaxPairs, [objectness.call(seen)], [deltas.call(seen)]), [map]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override RegionOutput Classify(int stage, ImageFeatures features, Tensor regions)
    {
        using var scope = NewDisposeScope();
        var pooled = new RoiAlign(5, 5, Sampling: 2).Pool(features.Maps[0], regions, 1.0 / 8).flatten(1);
        var seen = hidden[stage].call(pooled).relu();
        return new RegionOutput(scores[stage].call(seen), boxes[stage].call(seen)).MoveToOuterDisposeScope();
    }

    private static ModelCard CardOf(ImmutableArray<string> classes, int shortSide) => new()
    {
        Name = "small-two-stage",
        Kind = ModelKind.TwoStage,
        SpecHash = "small",
        ClassNames = classes,
        Input = new InputSize(3, shortSide, 2 * shortSide),
        PadToMultipleOf = 8,
        Preprocessing = new Preprocessing { Mean = [127, 127, 127], Std = [64, 64, 64], ShortSide = shortSide, LongSide = 2 * shortSide },
    };

    private static TwoStageHead HeadOf(int stages) => new()
    {
        Proposals = new ProposalHead
        {
            Levels =
            [
                new ProposalLevel("stride8", [new RegionAnchor(-4, -4, 12, 12), new RegionAnchor(-8, -8, 16, 16), new RegionAnchor(-16, -16, 24, 24)], 8),
            ],
            Selection = new ProposalSelection { MinimumSize = 2, Candidates = 300, NmsThreshold = 0.7, Keep = 50 },
        },
        // Each stage of a cascade expects what it sees to lie nearer.
        Stages = [.. Enumerable.Range(1, stages).Select(i => new RegionStage($"box{i}", new RegionBoxCoder { Deviations = (0.1 / i, 0.1 / i, 0.2 / i, 0.2 / i) }))],
        AverageStages = stages > 1,
        PostProcessing = new PostProcessing { ScoreThreshold = 0.05f, NmsThreshold = 0.4f },
    };
}

/// <summary>Approximate joint training, as the generator would write it.</summary>
public static class SmallTwoStageTraining
{
    /// <summary>The settings of the loop.</summary>
    public static TrainingSettings Settings { get; } = new()
    {
        BatchSize = 4,
        Seed = 5,
        Length = TrainingLength.OfIterations(300),
        Augmentation = AugmentationSettings.Flips,
    };

    /// <summary>Trains a model in place.</summary>
    /// <param name="model">The model.</param>
    /// <param name="run">Its run.</param>
    /// <param name="hard">Keeps the hardest regions of all instead of drawing some; null to draw.</param>
    /// <param name="afterStep">Called after each step.</param>
    public static TrainingOutcome Run(SmallTwoStage model, TrainingRun run, OnlineHardExamples? hard = null, Action? afterStep = null)
    {
        using var optimizer = optim.SGD(ParameterGroups.ForSgd(model, 0.02, weightDecay: 5e-4, decayNorms: false, biasRate: 2, momentum: 0.9), 0.02);
        var schedule = new LearningRateSchedule(0.02, [new RateStep(0.75, 0.1)], warmup: 0.05);
        var selection = model.Head.Proposals!.Selection with { Candidates = 600, Keep = 100 };
        var anchorSampling = new AnchorSampling { PerImage = 64, Positive = 0.6, Negative = 0.3, AllowedBorder = null };
        var regionSampling = hard is null ? new RegionSampling { PerImage = 32 } : RegionSampling.Everything;
        var proposalLoss = new ProposalLoss(selection.Coder);
        RegionLoss[] regionLosses = [.. model.Head.Stages.Select(stage => new RegionLoss(new RegionTargets(stage.Coder, model.Card.ClassNames.Length)))];
        run.Begin(model, optimizer, schedule);
        while (run.Next() is { } batch)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var parts = new List<(LossParts Loss, double Share)>();
            foreach (var group in batch.BySize())
            {
                using var step = NewDisposeScope();
                var features = model.Extract(group.Images);
                var anchors = anchorSampling.Draw(model.AnchorsFor(features.Proposals!), group);
                var loss = proposalLoss.Compute(features.Proposals!, anchors);
                var regions = model.Propose(features, group.Sizes, selection).Regions;
                for (var stage = 0; stage < model.Head.Stages.Length; stage++)
                {
                    // Each stage of a cascade learns from regions that lie nearer: 0.5, 0.6, 0.7.
                    var overlap = 0.5 + 0.1 * stage;
                    var sample = (regionSampling with { Foreground = overlap, BackgroundHigh = overlap }).Draw(regions, group);
                    var output = model.Classify(stage, features, sample.Regions);
                    loss = LossParts.Sum(loss, regionLosses[stage].Compute(output, sample, hard));
                    regions = model.Refine(stage, output, sample.Regions, group.Sizes);
                }
                (loss.Total * group.Share).backward();
                parts.Add((loss.KeepInOuterScope(), group.Share));
            }
            nn.utils.clip_grad_norm_(model.parameters(), 10);
            optimizer.step();
            run.Report(LossParts.Mean(parts));
            afterStep?.Invoke();
        }
        return run.Finish();
    }
}
