// Reads the `train:` section: its maps by their tables, then what the keys of several maps say together.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads training recipes.</summary>
internal static partial class TrainingReader
{
    internal static readonly ImmutableArray<string> Parts = ["optimizer", "schedule", "matching", "mining", "loss", "augment", "layers", "frozen"];

    /// <summary>The recipe, or null when the spec has none or it is wrong.</summary>
    public static TrainingRecipe? Read(MappingSyntax root, ModelKind kind, DiagnosticBag diagnostics)
    {
        switch (root["train"])
        {
            case null:
                return null;
            case MappingSyntax section when kind == ModelKind.OneStage:
                return Read(section, root, diagnostics);
            case MappingSyntax section when kind == ModelKind.TwoStage:
                return ReadRegions(section, root, diagnostics);
            case MappingSyntax section:
                diagnostics.Report(Rules.Detector, section, "'train' is for detectors; backbones and classifiers have no training loop");
                return null;
            case var other:
                diagnostics.Report(Rules.WrongType, other, "train", "a map", other.Kind);
                return null;
        }
    }

    private static TrainingRecipe? Read(MappingSyntax section, MappingSyntax root, DiagnosticBag diagnostics)
    {
        var general = AttributeReader.Read(section, TrainingRecipe.GeneralAttributes, Parts, Scope.Empty, "'train'", section, diagnostics);
        var optimizer = Part("optimizer", TrainingRecipe.OptimizerAttributes);
        var schedule = Part("schedule", TrainingRecipe.ScheduleAttributes);
        var matching = Part("matching", TrainingRecipe.MatchingAttributes);
        var mining = Part("mining", TrainingRecipe.MiningAttributes);
        var loss = Part("loss", TrainingRecipe.LossAttributes);
        var augment = Part("augment", TrainingRecipe.AugmentAttributes);
        if (general is null || optimizer is null || schedule is null || matching is null || mining is null || loss is null || augment is null)
        {
            return null;
        }

        if (matching["negative"].Number > matching["positive"].Number && matching["kind"].Word != "boxCenter")
        {
            diagnostics.Report(Rules.OutOfRange, section["matching"]!, "negative", matching["negative"].Number, FormattableString.Invariant($"at most 'positive', {matching["positive"].Number}"));
        }

        if (matching["kind"].Word == "boxCenter" && (root["detection"] as MappingSyntax)?["refine"] is MappingSyntax)
        {
            diagnostics.Report(Rules.Detector, (section["matching"] as MappingSyntax)!["kind"]!, "'boxCenter' matches cells, which 'refine' moves boxes out of: choose argmax or bipartite");
        }

        CheckSteps(section, root, general, optimizer, schedule, diagnostics);
        RequireUse(section, root, "matching", matching["kind"].Word, diagnostics, ("positive", ["argmax", "bipartite"]), ("forceBest", ["argmax"]));
        RequireUse(section, root, "mining", mining.Find("kind")?.Word ?? (loss["scores"].Word == "focal" || HasObjectness(root) ? "none" : "hardNegative"), diagnostics, ("ratio", ["hardNegative", "hardExample"]), ("minimum", ["hardNegative", "hardExample"]),
            ("examples", ["hardExample"]), ("overlap", ["hardExample"]));
        RequireUse(section, root, "loss", loss["boxes"].Word, diagnostics, ("beta", ["smoothL1"]));
        RequireUse(section, root, "loss", loss["scores"].Word, diagnostics, ("alpha", ["focal"]), ("gamma", ["focal"]));
        CheckFocal(section, root, loss, mining, diagnostics);
        CheckObjectness(section, root, loss, mining, diagnostics);
        return new TrainingRecipe(general, optimizer, schedule, matching, mining, loss, augment);

        AttributeSet? Part(string name, ImmutableArray<AttributeDefinition> definitions) => TrainingReader.Part(section, name, definitions, diagnostics);
    }

    private static AttributeSet? Part(MappingSyntax section, string name, ImmutableArray<AttributeDefinition> definitions, DiagnosticBag diagnostics)
    {
        var node = section[name];
        if (node is not null and not MappingSyntax and not ScalarSyntax { IsNull: true })
        {
            diagnostics.Report(Rules.WrongType, node, name, "a map", node.Kind);
            return null;
        }

        return AttributeReader.Read(node as MappingSyntax, definitions, [], Scope.Empty, $"'train.{name}'", node ?? section, diagnostics);
    }

    // A key that counts for nothing with this kind. What a base says may stay without effect: it is not this file's mistake.
    internal static void RequireUse(
        MappingSyntax section, MappingSyntax root, string? part, string kind, DiagnosticBag diagnostics, params (string Key, string[] Kinds)[] uses)
    {
        foreach (var (key, kinds) in uses.Where(u => !u.Kinds.Contains(kind)))
        {
            if ((part is null ? section : section[part]) is MappingSyntax map && map.TryGet(key, out var entry) && entry.Key.Source == (root["model"] ?? root).Source)
            {
                diagnostics.Report(Rules.Detector, entry.Key, $"'{key}' counts for nothing with '{kind}'; it is for {string.Join(", ", kinds)}");
            }
        }
    }

    // What all recipes have: how a step is made of images, and how weights and rate change.
    private static void CheckSteps(MappingSyntax section, MappingSyntax root, AttributeSet general, AttributeSet optimizer, AttributeSet schedule, DiagnosticBag diagnostics)
    {
        if (general.Find("accumulate") is { } shares && general["batch"].Integer % shares.Integer != 0)
        {
            diagnostics.Report(Rules.OutOfRange, section["accumulate"]!, "accumulate", shares.Integer, $"a divisor of 'batch', {general["batch"].Integer}");
        }

        RequireUse(section, root, "optimizer", optimizer["kind"].Word, diagnostics, ("momentum", ["sgd", "rmsprop"]), ("nesterov", ["sgd"]), ("decay", ["rmsprop"]), ("epsilonInRoot", ["rmsprop"]),
            ("beta1", ["adam", "adamw"]), ("beta2", ["adam", "adamw"]), ("epsilon", ["rmsprop", "adam", "adamw"]));
        RequireUse(section, root, "schedule", schedule["kind"].Word, diagnostics, ("at", ["step"]), ("iterations", ["step"]), ("every", ["exponential"]), ("staircase", ["exponential"]),
            ("factor", ["step", "exponential"]), ("final", ["cosine"]));
        CheckSchedule(section, schedule, diagnostics);
    }

    private static void CheckSchedule(MappingSyntax section, AttributeSet schedule, DiagnosticBag diagnostics)
    {
        var map = section["schedule"] as MappingSyntax;
        if (schedule.Has("warmup") && schedule.Has("warmupIterations"))
        {
            diagnostics.Report(Rules.Detector, map!["warmupIterations"]!, "'warmup' and 'warmupIterations' say the same: give one of them");
        }

        if (schedule["kind"].Word == "exponential" && !schedule.Has("every"))
        {
            diagnostics.Report(Rules.MissingKey, map!["kind"]!, "an exponential schedule", "every");
        }
    }

    private static bool HasObjectness(MappingSyntax root) => ((root["detection"] as MappingSyntax)?["heads"] as MappingSyntax)?["objectness"] is not null;

    // Boxes learn how much they overlap an object instead of a background class, all of them.
    private static void CheckObjectness(MappingSyntax section, MappingSyntax root, AttributeSet loss, AttributeSet mining, DiagnosticBag diagnostics)
    {
        if (!HasObjectness(root))
        {
            foreach (var key in new[] { "objectWeight", "noObjectWeight", "classWeight" }.Where(loss.Has))
            {
                diagnostics.Report(Rules.Detector, (section["loss"] as MappingSyntax)![key]!, $"'{key}' counts for nothing without a head 'objectness' under 'detection'");
            }

            return;
        }

        if (loss["scores"].Word == "focal")
        {
            diagnostics.Report(Rules.Detector, (section["loss"] as MappingSyntax)!["scores"]!, "the focal loss weighs background of the classes, which a head 'objectness' leaves them without: choose crossEntropy");
        }

        if (mining.Find("kind")?.Word is "hardNegative" or "hardExample")
        {
            diagnostics.Report(Rules.Detector, (section["mining"] as MappingSyntax)!["kind"]!, "all boxes learn their objectness: a head 'objectness' goes with 'kind: none'");
        }
    }

    private static void CheckFocal(MappingSyntax section, MappingSyntax root, AttributeSet loss, AttributeSet mining, DiagnosticBag diagnostics)
    {
        if (loss["scores"].Word != "focal")
        {
            return;
        }

        if ((root["detection"] as MappingSyntax)?["scores"] is not ScalarSyntax { Value: "sigmoid" })
        {
            diagnostics.Report(Rules.Detector, (section["loss"] as MappingSyntax)!["scores"]!, "the focal loss is of a sigmoid for each class: it needs 'scores: sigmoid' under 'detection'");
        }

        if (mining.Find("kind")?.Word is "hardNegative" or "hardExample")
        {
            diagnostics.Report(Rules.Detector, (section["mining"] as MappingSyntax)!["kind"]!, "the focal loss weighs all background itself: it goes with 'kind: none'");
        }
    }
}
