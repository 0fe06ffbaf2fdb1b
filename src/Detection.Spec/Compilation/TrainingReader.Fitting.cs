// What `train.svm`, `train.boxRegression` and `regime: stagewise` say together, and with the detector.
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <content>Stages of training behind the network's own.</content>
internal static partial class TrainingReader
{
    private static FittingRecipe Fitting(
        MappingSyntax section, MappingSyntax root, AttributeSet general, AttributeSet machines, AttributeSet boxes, MappingSyntax? detection, DiagnosticBag diagnostics)
    {
        var usesMachines = detection?["scores"] is ScalarSyntax { Value: "svm" };
        var isStagewise = general["regime"].Word == "stagewise";
        var head = ((detection?["stages"] as MappingSyntax)?.Entries.LastOrDefault()?.Value as MappingSyntax)?["heads"] is MappingSyntax heads ? heads["boxes"] as MappingSyntax : null;
        var fitsBoxes = isStagewise && head is not null;
        if (!usesMachines)
        {
            Needless("svm", "the detector has no support vector machines ('scores: svm' under 'detection')");
            if (isStagewise)
            {
                diagnostics.Report(Rules.Detector, section["regime"]!, "stagewise training trains support vector machines on what the network has learned: it needs 'scores: svm' under 'detection'");
            }
        }

        if (!fitsBoxes)
        {
            Needless("boxRegression", isStagewise ? "the detector moves no boxes" : "boxes learn with the network; it is for 'regime: stagewise'");
        }

        if (isStagewise)
        {
            RequireUse(section, root, "regions", "stagewise", diagnostics, ("boxWeight", ["joint", "alternating"]));
        }

        if (fitsBoxes && !IsLinear(head!))
        {
            diagnostics.Report(Rules.Detector, head!["op"] ?? head, "stagewise training fits the head 'boxes' by ridge regression: it must be 'linear' with a bias");
        }

        if (usesMachines)
        {
            var reason = general["regime"].Word == "alternating" ? ("regime", "its machines are trained once, behind joint or stagewise training")
                : general.Has("average") ? ("average", "its machines would be trained on other features than those of the average")
                : general.Has("patience") ? ("patience", "there is nothing to validate before its machines are trained")
                : default;
            if (reason.Item1 is { } key)
            {
                diagnostics.Report(Rules.Detector, section[key]!, $"a detector with 'scores: svm' cannot be trained with '{key}': {reason.Item2}");
            }
        }

        return new FittingRecipe(usesMachines ? machines : AttributeSet.Empty, fitsBoxes ? boxes : AttributeSet.Empty);

        // What a base says may stay without effect: it is not this file's mistake.
        void Needless(string key, string reason)
        {
            if (section.TryGet(key, out var entry) && entry.Key.Source == (root["model"] ?? root).Source)
            {
                diagnostics.Report(Rules.Detector, entry.Key, $"'{key}' counts for nothing: {reason}");
            }
        }
    }

    private static bool IsLinear(MappingSyntax head) => head["op"] is ScalarSyntax { Value: "linear" } && head["bias"] is not ScalarSyntax { Value: "false" } && head["shares"] is null;
}
