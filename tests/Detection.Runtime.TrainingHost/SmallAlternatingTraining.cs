// Four-step alternating training (Ren et al., Faster R-CNN, section 3.2) of a small detector, as the generator would write it.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime.TrainingHost;

/// <summary>Proposals; regions on these proposals, from the start again; proposals over the regions' layers; regions over the same layers.</summary>
public static class SmallAlternatingTraining
{
    private static readonly AnchorSampling Anchors = new() { PerImage = 64, Positive = 0.6, Negative = 0.3, AllowedBorder = null };

    private static readonly RegionSampling Regions = new() { PerImage = 32 };

    /// <summary>Trains a model in place.</summary>
    /// <param name="model">The model.</param>
    /// <param name="run">The whole training.</param>
    /// <param name="afterStep">Called after each step of the optimiser, with the run it belongs to.</param>
    public static TrainingOutcome Run(SmallTwoStage model, TrainingRun run, Action<string, TrainingRun>? afterStep = null)
    {
        var selection = model.Head.Proposals!.Selection with { Candidates = null, Keep = 100 };
        var start = run.KeepStart(model);

        var outcome = TrainProposals(model, run, new TrainingStep("1-proposals", 0.3), [.. SmallTwoStage.SharedLayers, .. SmallTwoStage.ProposalLayers], afterStep);
        if (outcome.End == TrainingEnd.Cancelled || run.Proposals("proposals-1", model, selection) is not { } first)
        {
            return outcome with { End = TrainingEnd.Cancelled };
        }

        start.Restore(model);
        outcome = TrainRegions(
            model, run, new TrainingStep("2-regions", 0.3) { BatchSize = 2, Proposals = first }, [.. SmallTwoStage.SharedLayers, .. SmallTwoStage.RegionLayers], afterStep);
        if (outcome.End == TrainingEnd.Cancelled)
        {
            return outcome;
        }

        start.Restore(model, SmallTwoStage.ProposalLayers);
        outcome = TrainProposals(model, run, new TrainingStep("3-proposals", 0.2), SmallTwoStage.ProposalLayers, afterStep);
        if (outcome.End == TrainingEnd.Cancelled || run.Proposals("proposals-3", model, selection) is not { } second)
        {
            return outcome with { End = TrainingEnd.Cancelled };
        }

        return TrainRegions(
            model, run, new TrainingStep("4-regions", 0.2) { BatchSize = 2, Proposals = second, IsLast = true }, SmallTwoStage.RegionLayers, afterStep);
    }

    private static TrainingOutcome TrainProposals(
        SmallTwoStage model, TrainingRun training, TrainingStep step, IReadOnlyList<string> layers, Action<string, TrainingRun>? afterStep)
    {
        using var run = training.Step(step);
        ParameterGroups.TrainOnly(model, layers);
        using var optimizer = optim.SGD(ParameterGroups.ForSgd(model, 0.02, weightDecay: 5e-4, decayNorms: false, biasRate: 2, momentum: 0.9), 0.02);
        var loss = new ProposalLoss(model.Head.Proposals!.Selection.Coder);
        run.Begin(model, optimizer, new LearningRateSchedule(0.02, [new RateStep(0.75, 0.1)], warmup: 0.05));
        ParameterGroups.HoldStatistics(model, [.. SmallTwoStage.SharedLayers.Except(layers)]);
        while (run.Next() is { } batch)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var parts = new List<(LossParts Loss, double Share)>();
            foreach (var group in batch.BySize())
            {
                using var share = NewDisposeScope();
                var features = model.Extract(group.Images);
                var of = loss.Compute(features.Proposals!, Anchors.Draw(model.AnchorsFor(features.Proposals!), group));
                (of.Total * group.Share).backward();
                parts.Add((of.KeepInOuterScope(), group.Share));
            }
            nn.utils.clip_grad_norm_(model.parameters(), 10);
            optimizer.step();
            run.Report(LossParts.Mean(parts));
            afterStep?.Invoke(step.Name, run);
        }
        return run.Finish();
    }

    private static TrainingOutcome TrainRegions(
        SmallTwoStage model, TrainingRun training, TrainingStep step, IReadOnlyList<string> layers, Action<string, TrainingRun>? afterStep)
    {
        using var run = training.Step(step);
        ParameterGroups.TrainOnly(model, layers);
        using var optimizer = optim.SGD(ParameterGroups.ForSgd(model, 0.02, weightDecay: 5e-4, decayNorms: false, biasRate: 2, momentum: 0.9), 0.02);
        var loss = new RegionLoss(new RegionTargets(model.Head.Stages[0].Coder, model.Card.ClassNames.Length));
        run.Begin(model, optimizer, new LearningRateSchedule(0.02, [new RateStep(0.75, 0.1)], warmup: 0.05));
        ParameterGroups.HoldStatistics(model, [.. SmallTwoStage.SharedLayers.Except(layers)]);
        while (run.Next() is { } batch)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var parts = new List<(LossParts Loss, double Share)>();
            foreach (var group in batch.BySize())
            {
                using var share = NewDisposeScope();
                var features = model.Extract(group.Images);
                var sample = Regions.Draw(group.GivenRegions(loss.Targets.Coder.Convention), group);
                var of = loss.Compute(model.Classify(0, features, sample.Regions), sample);
                (of.Total * group.Share).backward();
                parts.Add((of.KeepInOuterScope(), group.Share));
            }
            nn.utils.clip_grad_norm_(model.parameters(), 10);
            optimizer.step();
            run.Report(LossParts.Mean(parts));
            afterStep?.Invoke(step.Name, run);
        }
        return run.Finish();
    }
}
