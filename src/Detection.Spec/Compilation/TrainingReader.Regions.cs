// Reads the `train:` section of a two-stage detector: how anchors and regions are drawn and what they cost, beside what all recipes have.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <content>Recipes of two-stage detectors.</content>
internal static partial class TrainingReader
{
    internal static readonly ImmutableArray<string> RegionParts = ["optimizer", "schedule", "proposals", "regions", "svm", "boxRegression", "augment", "layers", "frozen"];

    private static TrainingRecipe? ReadRegions(MappingSyntax section, MappingSyntax root, DiagnosticBag diagnostics)
    {
        var general = AttributeReader.Read(section, RegionRecipe.GeneralAttributes, RegionParts, Scope.Empty, "'train' of a two-stage detector", section, diagnostics);
        var optimizer = Part(section, "optimizer", TrainingRecipe.OptimizerAttributes, diagnostics);
        var schedule = Part(section, "schedule", TrainingRecipe.ScheduleAttributes, diagnostics);
        var proposals = Part(section, "proposals", RegionRecipe.ProposalAttributes, diagnostics);
        var regions = Part(section, "regions", RegionRecipe.RegionAttributes, diagnostics);
        var machines = Part(section, "svm", FittingRecipe.MachineAttributes, diagnostics);
        var boxes = Part(section, "boxRegression", FittingRecipe.BoxAttributes, diagnostics);
        var augment = Part(section, "augment", RegionRecipe.AugmentAttributes, diagnostics);
        if (machines is null || boxes is null || general is null || optimizer is null || schedule is null || proposals is null || regions is null || augment is null)
        {
            return null;
        }

        CheckSteps(section, root, general, optimizer, schedule, diagnostics);
        var detection = root["detection"] as MappingSyntax;
        if ((detection?["proposals"] as MappingSyntax)?["given"] is not null && section["proposals"] is { } needless)
        {
            diagnostics.Report(Rules.Detector, needless, "'proposals' count for nothing: the regions of this detector are given");
        }

        if (proposals["negative"].Number > proposals["positive"].Number)
        {
            diagnostics.Report(Rules.OutOfRange, section["proposals"]!, "negative", proposals["negative"].Number, FormattableString.Invariant($"at most 'positive', {proposals["positive"].Number}"));
        }

        CheckSteps(section, general, detection, diagnostics);
        var fitting = Fitting(section, root, general, machines, boxes, detection, diagnostics);
        CheckStages(section, regions, (detection?["stages"] as MappingSyntax)?.Entries.Length ?? 1, diagnostics);
        RequireUse(section, root, "regions", regions["hard"].Word, diagnostics, ("hardPerImage", ["onePass", "twoPasses"]), ("hardOverlap", ["onePass", "twoPasses"]),
            ("hardAcrossImages", ["onePass", "twoPasses"]), ("perImage", ["none"]), ("foregroundFraction", ["none"]));
        if (augment.Has("longSide") && !augment.Has("shortSides"))
        {
            diagnostics.Report(Rules.Detector, (section["augment"] as MappingSyntax)!["longSide"]!, "'longSide' needs 'shortSides' beside it");
        }

        if (augment.Has("shortSides") && (root["preprocess"] as MappingSyntax)?["shortSide"] is null)
        {
            diagnostics.Report(
                Rules.Detector, (section["augment"] as MappingSyntax)!["shortSides"]!, "'shortSides' vary a shorter side that is kept: give 'preprocess' a 'shortSide'");
        }

        return new TrainingRecipe(general, optimizer, schedule, AttributeSet.Empty, AttributeSet.Empty, AttributeSet.Empty, augment)
        {
            Regions = new RegionRecipe(proposals, regions), Fitting = fitting,
        };
    }

    private static void CheckSteps(MappingSyntax section, AttributeSet general, MappingSyntax? detection, DiagnosticBag diagnostics)
    {
        if (general["regime"].Word != "alternating")
        {
            foreach (var needless in new[] { "stepShares", "regionBatch" }.Where(k => section[k] is not null))
            {
                diagnostics.Report(Rules.Detector, section[needless]!, $"'{needless}' counts for nothing in {general["regime"].Word} training; it is for 'regime: alternating'");
            }

            return;
        }

        var wrong = (detection?["proposals"] as MappingSyntax)?["given"] is not null ? "its regions are given"
            : (detection?["stages"] as MappingSyntax)?.Entries.Length > 1 ? "it has several stages"
            : general.Has("average") ? "an average of weights would span the steps" : null;
        if (wrong is not null)
        {
            diagnostics.Report(Rules.Detector, section["regime"]!, $"the detector cannot be trained in alternating steps: {wrong}");
        }

        const double rounding = 1e-6;
        if (general.Find("stepShares")?.List is { } shares && (shares.Count != 4 || Math.Abs(shares.Sum() - 1) > rounding))
        {
            diagnostics.Report(Rules.OutOfRange, section["stepShares"]!, "stepShares", FormattableString.Invariant($"a list of {shares.Count} numbers with the sum {shares.Sum()}"), "four numbers with the sum 1");
        }
    }

    private static void CheckStages(MappingSyntax section, AttributeSet regions, int stages, DiagnosticBag diagnostics)
    {
        foreach (var (key, isCommon) in new[] { ("foreground", true), ("weights", false) })
        {
            if (regions.Find(key)?.List is { } values && values.Count != stages && !(isCommon && values.Count == 1))
            {
                var wanted = (isCommon ? "one number, or " : "") + $"one for each of {stages} stages";
                diagnostics.Report(Rules.OutOfRange, (section["regions"] as MappingSyntax)![key]!, key, $"a list of {values.Count} numbers", wanted);
            }
        }

        if (regions.Find("foreground")?.List.FirstOrDefault(f => f < regions["backgroundLow"].Number) is > 0 and var low)
        {
            diagnostics.Report(Rules.OutOfRange, (section["regions"] as MappingSyntax)!["foreground"]!, "foreground", low, FormattableString.Invariant($"at least 'backgroundLow', {regions["backgroundLow"].Number}"));
        }
    }
}
