// Plans how the tensors of a layer begin, where a spec says so: one line for its weight, one for its bias.
using System.Collections.Immutable;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;

namespace Detection.Gen.Emission;

/// <summary>Plans initial values.</summary>
internal static class InitialValuesPlanner
{
    /// <summary>The tensors of a node that do not begin as its class has it.</summary>
    public static IEnumerable<InitialPlan> Of(GraphNode node, string field)
    {
        if (node.Body is not NodeBody.Operation { Initial: { } initial } operation)
        {
            yield break;
        }

        if (initial.Kind is { } kind)
        {
            var (word, arguments) = Settings(initial.Values, kind);
            yield return new InitialPlan($"this.{field}.weight{(operation.Operator.Initial == InitialTensors.Factors ? "!" : "")}", word, arguments);
        }

        if (initial.BiasValue is { } bias)
        {
            yield return new InitialPlan($"this.{field}.bias!", "constant", Number("value", bias));
        }
    }

    // TorchSharp divides by fan in or fan out under the name of Kaiming, by their mean under that of Xavier; the gains make them the same.
    private static (string Kind, ImmutableSortedDictionary<string, string> Arguments) Settings(AttributeSet values, string kind)
    {
        if (!Initialization.CountsConnections(kind))
        {
            return (kind, kind == "constant" ? Number("value", values[Initialization.Weight].Number) : Numbers(values, "mean", "std", "bound"));
        }

        var isXavier = kind is "xavierUniform" or "xavierNormal";
        var distribution = kind.EndsWith("Uniform", StringComparison.Ordinal) ? "Uniform" : "Normal";
        var slope = values.Find("slope")?.Number ?? 0;
        var mode = values.Find("mode")?.Word ?? (isXavier ? "fanAverage" : "fanIn");
        if (mode == "fanAverage")
        {
            return ("xavier" + distribution, isXavier ? None : Number("gain", Math.Sqrt(2 / (1 + (slope * slope)))));
        }

        var arguments = Number("slope", isXavier ? 1 : slope);
        return ("kaiming" + distribution, mode == "fanOut" ? arguments.Add("mode", "FanOut") : arguments);
    }

    private static ImmutableSortedDictionary<string, string> None => ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, string> Number(string name, double value) => None.Add(name, CSharp.Literal(value));

    private static ImmutableSortedDictionary<string, string> Numbers(AttributeSet values, params string[] names) =>
        None.AddRange(names.Where(values.Has).Select(n => new KeyValuePair<string, string>(n, CSharp.Literal(values[n].Number))));
}
