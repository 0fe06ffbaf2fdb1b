// Reads the `train:` section.
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads training recipes.</summary>
internal static class TrainingReader
{
    /// <summary>The recipe, or null when the spec has none or it is wrong.</summary>
    public static TrainingRecipe? Read(MappingSyntax root, ModelKind kind, DiagnosticBag diagnostics)
    {
        switch (root["train"])
        {
            case null:
                return null;
            case MappingSyntax section when kind == ModelKind.OneStage:
                return Read(section, diagnostics);
            case MappingSyntax section:
                diagnostics.Report(Rules.Detector, section, "'train' is for one-stage detectors; backbones and classifiers have no training loop");
                return null;
            case var other:
                diagnostics.Report(Rules.WrongType, other, "train", "a map", other.Kind);
                return null;
        }
    }

    private static TrainingRecipe? Read(MappingSyntax section, DiagnosticBag diagnostics)
    {
        var general = AttributeReader.Read(
            section, TrainingRecipe.GeneralAttributes, ["optimizer", "schedule", "matching", "mining", "loss", "augment"], Scope.Empty, "'train'", section, diagnostics);
        var optimizer = Part("optimizer", TrainingRecipe.OptimizerAttributes);
        var schedule = Part("schedule", TrainingRecipe.ScheduleAttributes);
        var matching = Part("matching", TrainingRecipe.MatchingAttributes);
        var mining = Part("mining", TrainingRecipe.MiningAttributes);
        var loss = Part("loss", TrainingRecipe.LossAttributes);
        var augment = Part("augment", TrainingRecipe.AugmentAttributes);
        if (matching is not null && matching["negative"].Number > matching["positive"].Number)
        {
            diagnostics.Report(Rules.OutOfRange, section["matching"]!, "negative", matching["negative"].Number, FormattableString.Invariant($"at most 'positive', {matching["positive"].Number}"));
        }

        return general is null || optimizer is null || schedule is null || matching is null || mining is null || loss is null || augment is null
            ? null
            : new TrainingRecipe(general, optimizer, schedule, matching, mining, loss, augment);

        AttributeSet? Part(string name, System.Collections.Immutable.ImmutableArray<AttributeDefinition> definitions)
        {
            var node = section[name];
            if (node is not null and not MappingSyntax and not ScalarSyntax { IsNull: true })
            {
                diagnostics.Report(Rules.WrongType, node, name, "a map", node.Kind);
                return null;
            }

            return AttributeReader.Read(node as MappingSyntax, definitions, [], Scope.Empty, $"'train.{name}'", node ?? section, diagnostics);
        }
    }
}
