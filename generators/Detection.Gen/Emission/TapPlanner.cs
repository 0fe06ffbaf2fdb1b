// Plans what a model's class says of its taps or levels: strides and receptive fields, as constants and for hover text.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>Plans taps and levels.</summary>
internal static class TapPlanner
{
    /// <summary>The taps of a backbone or the levels of a detector; a level's receptive field is that of its scores.</summary>
    /// <param name="model">The model.</param>
    /// <param name="fields">Receptive fields of its operators by path.</param>
    /// <param name="results">Its results.</param>
    public static ImmutableArray<TapPlan> Plan(
        CompiledModel model, ImmutableDictionary<string, (ReceptiveField Height, ReceptiveField Width)> fields, ImmutableArray<ResultPlan> results)
    {
        if (model.Kind is ModelKind.Classifier or ModelKind.TwoStage)
        {
            return [];
        }

        var flow = Dataflow.Of(model.Graph);
        (ReceptiveField Height, ReceptiveField Width) Field(int result) => flow.Results[result] is var position && position == Dataflow.Input
            ? (ReceptiveField.Input, ReceptiveField.Input)
            : fields[flow.Operators[position].Path];

        int ResultOf(Port port) => model.Graph.Results.Select(r => r.Port).ToImmutableArray().IndexOf(port);
        return model.Detection is { } detection
            ? [.. GeneratedNames.Members(detection.Levels.Select(l => l.Name)).Select((name, i) => Tap(name, isMap: true, Field(ResultOf(detection.Levels[i].Scores))))]
            : [.. results.Select((r, i) => Tap(r.Name, model.Graph.ShapeOf(model.Graph.Results[i].Port) is Spec.Shapes.TensorShape.Feature, Field(i)))];
    }

    private static TapPlan Tap(string name, bool isMap, (ReceptiveField Height, ReceptiveField Width) field)
    {
        ImmutableArray<ConstantPlan> strides = isMap ? Constants(name, field.Height.Stride, field.Width.Stride) : [];
        var (height, width) = (field.Height.Size, field.Width.Size);
        ImmutableArray<ConstantPlan> fields = isMap && height is { } h && width is { } w ? Constants(name, h, w) : [];
        var sight = !isMap ? "" : $"stride {Words(strides)}, receptive field {(fields.IsEmpty ? "the whole image" : Words(fields))}";
        return new TapPlan(name, sight, strides, fields);
    }

    private static ImmutableArray<ConstantPlan> Constants(string name, double height, double width) =>
        height == width ? [Constant(name, height)] : [Constant(name + "_Height", height), Constant(name + "_Width", width)];

    private static ConstantPlan Constant(string name, double value) =>
        value == Math.Floor(value) && value <= int.MaxValue
            ? new("int", name, CSharp.Literal((long)value))
            : new("double", name, CSharp.Literal(value));

    private static string Words(ImmutableArray<ConstantPlan> constants) => string.Join("x", constants.Select(c => c.Value));
}
