// Reads `detection.multiScale`: the runs of a test at several sizes, each of a size that the input allows, and how they become one answer.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads tests at several sizes.</summary>
internal static class MultiScaleReader
{
    internal const string Runs = "runs";

    /// <summary>The test, or null without one and when it is wrong.</summary>
    /// <param name="root">The spec.</param>
    /// <param name="kind">What the model is.</param>
    /// <param name="input">Its input; null when that is wrong.</param>
    /// <param name="preprocessing">How images become its input; null when that is wrong.</param>
    /// <param name="diagnostics">Receives the problems.</param>
    public static MultiScaleLayout? Read(
        MappingSyntax root, ModelKind kind, InputDeclaration? input, PreprocessingDeclaration? preprocessing, DiagnosticBag diagnostics)
    {
        // Of other kinds the section `detection` itself is a mistake.
        var declared = kind is ModelKind.OneStage or ModelKind.TwoStage ? (root["detection"] as MappingSyntax)?[MultiScaleLayout.Key] : null;
        switch (declared)
        {
            case null or ScalarSyntax { IsNull: true }:
                return null;
            case not MappingSyntax:
                diagnostics.Report(Rules.WrongType, declared, MultiScaleLayout.Key, "a map with 'runs'", declared.Kind);
                return null;
        }

        var section = (MappingSyntax)declared;
        var settings = AttributeReader.Read(section, MultiScaleLayout.Attributes, [Runs], Scope.Empty, $"'{MultiScaleLayout.Key}'", section, diagnostics);
        if (section[Runs] is not MappingSyntax { Entries.Length: > 0 } runs)
        {
            diagnostics.Report(Rules.Detector, section[Runs] ?? section, $"'{MultiScaleLayout.Key}' needs at least one run: 'runs: {{ NAME: {{ size: 320 }} }}'");
            return null;
        }

        var read = runs.Entries.Select(entry => Run(entry, input, preprocessing, diagnostics)).ToImmutableArray();
        if (settings is null)
        {
            return null;
        }

        CheckMerging(section, runs, root, kind, settings, diagnostics);
        return read.All(run => run is not null) ? new MultiScaleLayout(new(read.Select(run => run!).ToImmutableArray()), settings) : null;
    }

    private static MultiScaleRun? Run(MappingEntry entry, InputDeclaration? input, PreprocessingDeclaration? preprocessing, DiagnosticBag diagnostics)
    {
        if (NamedEntry.Map(entry, "a run", "a map with a 'size', or 'longer' and 'shorter'", diagnostics) is not { } map)
        {
            return null;
        }

        if (AttributeReader.Read(map, MultiScaleRun.Attributes, [], Scope.Empty, "a run", map, diagnostics) is not { } values)
        {
            return null;
        }

        if (values.Has("size") ? values.Has("longer") || values.Has("shorter") : !values.Has("longer") || !values.Has("shorter"))
        {
            diagnostics.Report(Rules.Detector, entry.Key, $"the run '{entry.Name}' needs a 'size', or both 'longer' and 'shorter'");
            return null;
        }

        var (longer, shorter) = ((values.Find("size") ?? values["longer"]).Integer, (values.Find("size") ?? values["shorter"]).Integer);
        if (shorter > longer)
        {
            diagnostics.Report(Rules.OutOfRange, map["shorter"]!, "shorter", shorter, FormattableString.Invariant($"at most 'longer', {longer}"));
            return null;
        }

        if (input is not null && preprocessing is not null && !Allows(input, preprocessing, longer, shorter))
        {
            diagnostics.Report(
                Rules.Detector, map["size"] ?? map["longer"]!, (longer == shorter
                    ? FormattableString.Invariant($"the run '{entry.Name}' makes an input of {longer} x {shorter}; ")
                    : FormattableString.Invariant($"the run '{entry.Name}' makes inputs of {shorter} x {longer}, and of {longer} x {shorter} where the image stands; "))
                + (input.HeightDomain == input.WidthDomain ? $"the spec allows height and width {input.HeightDomain}" : $"the spec allows height {input.HeightDomain}, width {input.WidthDomain}"));
            return null;
        }

        return new MultiScaleRun(entry.Name, longer, shorter, values.Find("longestAbove")?.Number, values.Find("shortestBelow")?.Number);
    }

    // An image that keeps its aspect ratio is padded to what the network can take.
    private static bool Allows(InputDeclaration input, PreprocessingDeclaration preprocessing, long longer, long shorter)
    {
        long Padded(SizeDomain domain, long side) => preprocessing.ShortSide is null ? side : (side + domain.Step - 1) / domain.Step * domain.Step;
        bool Holds(SizeDomain domain) => domain.Contains(Padded(domain, longer)) && domain.Contains(Padded(domain, shorter));
        return Holds(input.HeightDomain) && Holds(input.WidthDomain);
    }

    private static void CheckMerging(MappingSyntax section, MappingSyntax runs, MappingSyntax root, ModelKind kind, AttributeSet settings, DiagnosticBag diagnostics)
    {
        var merge = settings["merge"].Word;
        var detection = (MappingSyntax)root["detection"]!;
        if (merge == MultiScaleLayout.ByRegion)
        {
            if (kind != ModelKind.TwoStage)
            {
                diagnostics.Report(Rules.Detector, section["merge"]!, $"'{MultiScaleLayout.ByRegion}' is for two-stage detectors: a one-stage detector has no regions");
            }

            if (settings["flip"].Flag)
            {
                diagnostics.Report(Rules.Detector, section["flip"]!, $"'flip' does not go with '{MultiScaleLayout.ByRegion}': each region is looked at once");
            }

            foreach (var limit in runs.Entries.Select(e => e.Value).OfType<MappingSyntax>().SelectMany(run => run.Entries).Where(e => e.Name is "longestAbove" or "shortestBelow"))
            {
                diagnostics.Report(Rules.Detector, limit.Key, $"'{limit.Name}' does not go with '{MultiScaleLayout.ByRegion}', where the area of a region decides");
            }
        }
        else if (kind == ModelKind.TwoStage && (detection["scores"] as ScalarSyntax)?.Value == "svm")
        {
            diagnostics.Report(
                Rules.Detector, section["merge"] ?? section, $"'{merge}' weighs boxes with their scores, and those of support vector machines may be negative: 'merge: {MultiScaleLayout.ByRegion}' takes them");
        }
        else if ((detection["postprocess"] as MappingSyntax)?["perImageOnAverage"] is not null)
        {
            diagnostics.Report(Rules.Detector, section["merge"] ?? section, $"'perImageOnAverage' counts boxes of one run: of several, only 'merge: {MultiScaleLayout.ByRegion}' goes with it");
        }

        TrainingReader.RequireUse(section, root, null, merge, diagnostics, ("groupIou", ["voting", "softVoting"]), ("canonicalSize", [MultiScaleLayout.ByRegion]));
        var extra = (detection["heads"] as MappingSyntax)?.Entries.FirstOrDefault(e => !DetectionBuilder.HeadNames.Contains(e.Name));
        if (kind == ModelKind.OneStage && extra is not null)
        {
            diagnostics.Report(Rules.Detector, section["merge"] ?? section, $"boxes that are merged have no further outputs, and there is a head '{extra.Name}'");
        }
    }
}
