// Plans the training loop of a one-stage detector: the values that its template writes between the lines of the loop.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>The training loop of a model.</summary>
internal sealed record TrainingPlan(
    string SpecName, string Namespace, string ClassName, string ModelName, string Batch, string Epochs, string Seed, string Clip, string Rate, string Momentum,
    string Nesterov, string WeightDecay, string DecayNorms, ImmutableArray<string> Steps, string Decay, string Warmup, string Matcher, string Positive,
    string Negative, string ForceBest, string Ratio, string Beta, string BoxWeight, ImmutableArray<TrainingOption> Augmentation,
    ImmutableArray<TrainingExtra> Extras);

/// <summary>A property of the augmentation settings.</summary>
internal sealed record TrainingOption(string Name, string Value);

/// <summary>A further regression head in training.</summary>
internal sealed record TrainingExtra(string Label, string Kind, string Values, ImmutableArray<string> Mirror, string Loss, string Beta, string Weight);

/// <summary>Plans training loops.</summary>
internal static class TrainingPlanner
{
    /// <summary>The plan of a model with a recipe.</summary>
    public static TrainingPlan Plan(CompiledModel model, TrainingRecipe recipe, string specName, string classNamespace)
    {
        var (general, optimizer, schedule, matching) = (recipe.General, recipe.Optimizer, recipe.Schedule, recipe.Matching);
        var isCosine = schedule["kind"].Word == "cosine";
        return new TrainingPlan(
            specName,
            classNamespace,
            model.ClassName,
            CSharp.Documentation(model.Name),
            Text(general["batch"]),
            Text(general["epochs"]),
            Text(general["seed"]),
            general.Find("clip") is { } clip ? Text(clip) : "",
            Text(optimizer["rate"]),
            Text(optimizer["momentum"]),
            Text(optimizer["nesterov"]),
            Text(optimizer["weightDecay"]),
            Text(optimizer["decayNorms"]),
            isCosine ? [] : [.. schedule["at"].List.Select(at => $"{CSharp.Literal(at)}, {Text(schedule["factor"])}")],
            isCosine ? "Cosine" : "None",
            Text(schedule["warmup"]),
            Names.Pascal(matching["kind"].Word),
            Text(matching["positive"]),
            Text(matching["negative"]),
            Text(matching["forceBest"]),
            Text(recipe.Mining["ratio"]),
            Text(recipe.Loss["beta"]),
            Text(recipe.Loss["boxWeight"]),
            [.. AugmentationOptions(recipe.Augment)],
            [.. model.Detection!.Extras.Select(Extra)]);
    }

    private static TrainingExtra Extra(RegressionHead head) => new(
        CSharp.Literal(head.Label),
        head.Coder switch { "points" => "Points", "centerSize" => "Box", _ => "Plain" },
        CSharp.Literal(head.Values),
        [.. head.Loss.Find("mirror")?.List.Select(i => CSharp.Literal((long)i)) ?? []],
        Names.Pascal(head.Loss["loss"].Word),
        head.Loss["loss"].Word == "smoothL1" ? Text(head.Loss["beta"]) : "",
        Text(head.Loss["weight"]));

    private static IEnumerable<TrainingOption> AugmentationOptions(AttributeSet augment)
    {
        yield return new TrainingOption("HorizontalFlip", Text(augment["flip"]));
        if (augment["photometric"].Flag)
        {
            yield return new TrainingOption("Photometric", "new PhotometricDistortion()");
        }

        if (augment["expand"].Number > 0)
        {
            yield return new TrainingOption(
                "Expand", $"new RandomExpand {{ Probability = {Text(augment["expand"])}, MaxRatio = {Text(augment["expandRatio"])} }}");
        }

        if (augment["crop"].Flag)
        {
            yield return new TrainingOption("Crop", "new IouCrop()");
        }
    }

    private static string Text(AttributeValue value) => value.Kind switch
    {
        AttributeKind.Integer => CSharp.Literal(value.Integer),
        AttributeKind.Flag => CSharp.Literal(value.Flag),
        AttributeKind.Number => CSharp.Literal(value.Number),
        _ => value.Word,
    };
}
