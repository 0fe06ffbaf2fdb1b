// Plans what is particular to the training loop of a two-stage detector: how anchors and regions are drawn, and what each stage costs.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>How proposals are trained; the selection's properties are those that differ in training.</summary>
internal sealed record ProposalTrainingPlan(
    ImmutableArray<string> Selection, string PerImage, string PositiveFraction, string Positive, string Negative, string Border, string Convention, string Beta, string BoxWeight,
    string Weight);

/// <summary>How a stage is trained; its number is a suffix of variables.</summary>
internal sealed record StageTrainingPlan(string Number, string Foreground, string Weight, string Convention);

/// <summary>What is particular to a two-stage detector.</summary>
internal sealed record RegionTrainingPlan(
    ProposalTrainingPlan? Proposals, ImmutableArray<StageTrainingPlan> Stages, string Classes, string PerImage, string ForegroundFraction, string BackgroundLow, string AppendTruth,
    string Beta, string BoxWeight, string Hard, string HardPerImage, string HardOverlap, string HardAcrossImages, StepsPlan? Steps, MachineTrainingPlan? Machines, BoxFittingPlan? Boxes, bool IsStagewise);

/// <summary>How support vector machines are trained behind the network; values by property.</summary>
internal sealed record MachineTrainingPlan(string Cost, string PositiveWeight, string Bias, ImmutableArray<TrainingOption> Mining, ImmutableArray<TrainingOption> Options);

/// <summary>How the head of boxes is fitted behind the machines.</summary>
internal sealed record BoxFittingPlan(string Layer, ImmutableArray<TrainingOption> Options);

/// <summary>The four steps of alternating training: layers by who needs them, as string literals, and the steps' shares of the training.</summary>
internal sealed record StepsPlan(
    ImmutableArray<string> Shared, ImmutableArray<string> Proposals, ImmutableArray<string> Regions, ImmutableArray<string> Shares, string RegionBatch);

/// <summary>Plans the training of two-stage detectors.</summary>
internal static class RegionTrainingPlanner
{
    /// <summary>The plan of a model with a recipe.</summary>
    public static RegionTrainingPlan Plan(CompiledModel model, RegionRecipe recipe, FittingRecipe fitting, AttributeSet general)
    {
        var layout = model.TwoStage!;
        var regions = recipe.Regions;
        var (foreground, weights) = (regions.Find("foreground")?.List, regions.Find("weights")?.List);
        return new RegionTrainingPlan(
            layout.Proposals is { } proposals ? Proposals(proposals, recipe.Proposals) : null,
            [
                .. layout.Stages.Select((stage, i) => new StageTrainingPlan(
                    layout.Stages.Length == 1 ? "OfRegions" : "Of" + Names.Pascal(stage.Name),
                    CSharp.Literal(foreground is null ? 0.5 : foreground.Value.Count == 1 ? foreground.Value[0] : foreground.Value[i]),
                    CSharp.Literal(weights?[i] ?? 1.0),
                    Names.Pascal(stage.Coding.Convention))),
            ],
            CSharp.Literal((long)model.Classes.Count),
            TrainingPlanner.Text(regions["perImage"]),
            TrainingPlanner.Text(regions["foregroundFraction"]),
            TrainingPlanner.Text(regions["backgroundLow"]),
            TrainingPlanner.Text(regions["appendTruth"]),
            TrainingPlanner.Text(regions["beta"]),
            TrainingPlanner.Text(regions["boxWeight"]),
            regions["hard"].Word == "none" ? "" : Names.Pascal(regions["hard"].Word),
            TrainingPlanner.Text(regions["hardPerImage"]),
            regions.Find("hardOverlap") is { } overlap ? TrainingPlanner.Text(overlap) : "",
            TrainingPlanner.Text(regions["hardAcrossImages"]),
            general["regime"].Word == "alternating" ? Steps(model, general) : null,
            fitting.Machines.Values.IsEmpty ? null : Machines(fitting.Machines),
            fitting.Boxes.Values.IsEmpty ? null : new BoxFittingPlan(CSharp.Literal(layout.Stages[layout.Stages.Length - 1].Boxes!.Value.Node!.Name), [.. Options(fitting.Boxes, BoxOptions)]),
            general["regime"].Word == "stagewise");
    }

    // Keys of the spec and properties of the runtime.
    private static readonly (string Key, string Property)[] MiningOptions =
        [("negative", "NegativeOverlap"), ("hard", "Hard"), ("evict", "Evict"), ("retrainAfter", "RetrainAfter")];

    private static readonly (string Key, string Property)[] MachineOptions =
        [("norm", "Norm"), ("normImages", "NormImages"), ("normRegions", "NormRegions"), ("difficult", "IncludeDifficult"), ("tolerance", "Tolerance")];

    private static readonly (string Key, string Property)[] BoxOptions =
        [("penalty", "Penalty"), ("overlap", "Overlap"), ("norm", "Norm"), ("normImages", "NormImages"), ("normRegions", "NormRegions")];

    private static MachineTrainingPlan Machines(AttributeSet svm) => new(
        TrainingPlanner.Text(svm["cost"]), TrainingPlanner.Text(svm["positiveWeight"]), TrainingPlanner.Text(svm["bias"]),
        [.. Options(svm, MiningOptions), new TrainingOption("TrainsOnFirstImage", CSharp.Literal(svm["start"].Word == "firstImage"))],
        [.. Options(svm, MachineOptions)]);

    private static IEnumerable<TrainingOption> Options(AttributeSet values, (string Key, string Property)[] names) =>
        names.Select(n => new TrainingOption(n.Property, TrainingPlanner.Text(values[n.Key])));

    private static StepsPlan Steps(CompiledModel model, AttributeSet general)
    {
        var layers = LayersByUse.Of(model.Graph, model.TwoStage!);
        var shares = general.Find("stepShares")?.List ?? new([1.0 / 3, 1.0 / 6, 1.0 / 3, 1.0 / 6]);
        return new StepsPlan(
            [.. layers.Shared.Select(CSharp.Literal)], [.. layers.Proposals.Select(CSharp.Literal)], [.. layers.Regions.Select(CSharp.Literal)],
            [.. shares.Select(CSharp.Literal)], TrainingPlanner.Text(general["regionBatch"]));
    }

    /// <summary>Properties of the augmentation settings.</summary>
    public static IEnumerable<TrainingOption> AugmentationOptions(AttributeSet augment)
    {
        yield return new TrainingOption("HorizontalFlip", TrainingPlanner.Text(augment["flip"]));
        if (augment["photometric"].Flag)
        {
            yield return new TrainingOption("Photometric", "new PhotometricDistortion()");
        }

        if (augment.Find("shortSides")?.List is { } sides)
        {
            var most = augment.Find("longSide") is { } longSide ? $", LongSide: {TrainingPlanner.Text(longSide)}" : "";
            yield return new TrainingOption("ShortSide", $"new RandomShortSide([{string.Join(", ", sides.Select(s => CSharp.Literal((long)s)))}]{most})");
        }
    }

    private static ProposalTrainingPlan Proposals(ProposalLayout layout, AttributeSet train)
    {
        (string Key, string Property)[] limits = [("minimumSize", "MinimumSize"), ("candidates", "Candidates"), ("nmsThreshold", "NmsThreshold"), ("keep", "Keep")];
        return new ProposalTrainingPlan(
            [.. limits.Where(l => train.Has(l.Key)).Select(l => $"{l.Property} = {TrainingPlanner.Text(train[l.Key])}")],
            TrainingPlanner.Text(train["perImage"]),
            TrainingPlanner.Text(train["positiveFraction"]),
            TrainingPlanner.Text(train["positive"]),
            TrainingPlanner.Text(train["negative"]),
            train["crossing"].Flag ? "null" : "0.0",
            Names.Pascal(layout.Coding.Convention),
            TrainingPlanner.Text(train["beta"]),
            TrainingPlanner.Text(train["boxWeight"]),
            TrainingPlanner.Text(train["weight"]));
    }
}
