// Everything of a model beside its network, as names and texts that can be compared.
using System.Globalization;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;

namespace Detection.Cli;

internal static class ModelSettings
{
    /// <summary>The settings in the order in which a spec has them.</summary>
    public static IReadOnlyDictionary<string, string> Of(CompiledModel model, ModelSummary summary)
    {
        var settings = new OrderedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["kind"] = summary.Kind,
            ["input"] = summary.Input.ToString(),
            ["allowed input"] = summary.AllowedInput,
            ["preprocess.color"] = model.Preprocessing.Color,
            ["preprocess.mean"] = Numbers(model.Preprocessing.Mean),
            ["preprocess.std"] = Numbers(model.Preprocessing.Std),
            ["preprocess.interpolation"] = model.Preprocessing.Interpolation,
            ["classes"] = model.Classes.Names.Count > 0 ? string.Join(", ", model.Classes.Names) : Figures.Count(model.Classes.Count),
        };
        if (model.Preprocessing.ShortSide is { } shortSide)
        {
            settings["preprocess.shortSide"] = shortSide.ToString(CultureInfo.InvariantCulture);
            settings["preprocess.longSide"] = model.Preprocessing.LongSide?.ToString(CultureInfo.InvariantCulture) ?? "any";
            settings["preprocess.rounding"] = model.Preprocessing.Rounding;
        }
        foreach (var output in summary.Detection is null && summary.Regions is null ? summary.Outputs : [])
        {
            settings["output " + (output.Name ?? "")] = Value(output);
        }
        if (model.Detection is { } detection && summary.Detection is { } levels)
        {
            settings["detection.scores"] = detection.Scores;
            settings["detection.coding"] = detection.Coding.ToString() ?? "";
            settings["detection.clip"] = detection.ClipAnchors ? "true" : "false";
            settings["detection.offset"] = detection.CenterOffset.ToString("R", CultureInfo.InvariantCulture);
            foreach (var level in levels.Levels)
            {
                settings[$"level {level.Name}"] =
                    $"{string.Join('x', level.Shape)}, stride {Figures.PerAxis(level.Stride[0], level.Stride[1])}, {Figures.Plural(level.BoxCount, "box", "boxes")}: "
                    + string.Join(", ", level.Boxes.Select(box => $"{Figures.Number(box[0])}x{Figures.Number(box[1])}"));
            }
            Add("postprocess", detection.PostProcessing);
        }
        if (model.TwoStage is { } regions && summary.Regions is { } shown)
        {
            AddRegions(regions, shown);
        }
        if (model.MultiScale is { } multiScale)
        {
            foreach (var run in multiScale.Runs)
            {
                settings[$"multiScale.{run.Name}"] = Run(run);
            }
            // One of the two counts for nothing.
            var idle = multiScale.Settings["merge"].Word == MultiScaleLayout.ByRegion ? "groupIou" : "canonicalSize";
            Add("multiScale", new AttributeSet(multiScale.Settings.Values.Remove(idle)));
        }
        if (model.Training is { } recipe)
        {
            Add("train", recipe.General);
            Add("train.optimizer", recipe.Optimizer);
            Add("train.schedule", recipe.Schedule);
            Add("train.matching", recipe.Matching);
            Add("train.mining", recipe.Mining);
            Add("train.loss", recipe.Loss);
            if (recipe.Regions is { } ofRegions)
            {
                Add("train.proposals", ofRegions.Proposals);
                Add("train.regions", ofRegions.Regions);
                Add("train.svm", recipe.Fitting.Machines);
                Add("train.boxRegression", recipe.Fitting.Boxes);
            }
            Add("train.augment", recipe.Augment);
        }
        return settings;

        void AddRegions(TwoStageLayout layout, RegionsSummary regionsSummary)
        {
            settings["detection.scores"] = layout.Scores;
            settings["detection.averageStages"] = layout.AveragesStages ? "true" : "false";
            if (layout.RegionsAtOnce is { } atOnce)
            {
                settings["detection.regionsAtOnce"] = atOnce.ToString(CultureInfo.InvariantCulture);
            }
            foreach (var level in regionsSummary.Levels)
            {
                settings[$"level {level.Name}"] =
                    $"{string.Join('x', level.Shape)}, stride {Figures.Number(level.Stride)}, {Figures.Plural(level.AnchorCount, "anchor")}: "
                    + string.Join(", ", level.Anchors.Select(anchor => string.Join(' ', anchor.Select(Figures.Number))));
            }
            if (layout.Proposals is { } proposals)
            {
                settings["proposals.scores"] = proposals.Scores;
                settings["proposals.coding"] = Coding(proposals.Coding);
                Add("proposals.select", proposals.Selection);
            }
            foreach (var (stage, numbers) in layout.Stages.Zip(regionsSummary.Stages))
            {
                settings[$"stage {stage.Name}"] =
                    $"{Figures.Plural(numbers.Regions, "region")}, {Figures.Plural(numbers.Scores, "score")}, {Figures.Plural(numbers.Boxes, "number")} of boxes, coding {Coding(stage.Coding)}";
            }
            Add("postprocess", layout.PostProcessing);
        }

        static string Coding(RegionCoding coding) => $"{coding.Convention}, means {Numbers(coding.Means)}, deviations {Numbers(coding.Deviations)}";

        void Add(string prefix, AttributeSet attributes)
        {
            foreach (var attribute in attributes.Values)
            {
                settings[$"{prefix}.{attribute.Key}"] = attribute.Value.ToString();
            }
        }
    }

    private static string Value(ValueSummary value) =>
        string.Join('x', value.Shape)
        + (value.Stride is { } stride ? $", stride {Figures.PerAxis(stride[0], stride[1])}" : "")
        + (value.ReceptiveField is { } field ? $", receptive field {Figures.PerAxis(field[0], field[1])}" : "");

    private static string Run(MultiScaleRun run) => string.Create(CultureInfo.InvariantCulture, $"{run.Longer} x {run.Shorter}")
        + (run.LongestAbove is { } above ? $", longer side above {Figures.Number(above)}" : "")
        + (run.ShortestBelow is { } below ? $", shorter side below {Figures.Number(below)}" : "");

    private static string Numbers(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));
}
