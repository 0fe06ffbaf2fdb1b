// How the tensors of a layer begin: the distribution that its weights are drawn from, and the value of its biases.
using System.Collections.Immutable;

namespace Detection.Spec.Operators;

/// <summary>What <c>init</c> says of a layer. What it does not speak of begins as the layer's class has it. Value-equal.</summary>
public sealed class Initialization : IEquatable<Initialization>
{
    /// <summary>The key of the weights: a distribution, or a number that fills them.</summary>
    public const string Weight = "weight";

    /// <summary>The key of the biases.</summary>
    public const string Bias = "bias";

    /// <summary>The key of a probability that stands for a bias.</summary>
    public const string Prior = "prior";

    private static readonly ImmutableArray<string> Normal = ["normal", "truncatedNormal"];
    private static readonly ImmutableArray<string> Xavier = ["xavierUniform", "xavierNormal"];
    private static readonly ImmutableArray<string> Kaiming = ["kaimingUniform", "kaimingNormal"];

    private Initialization(AttributeSet values) => Values = values;

    /// <summary>The keys of <c>init</c>.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new(Weight, AttributeKind.NumberOrWord, "What weights are drawn from, or a number that fills them.")
        {
            Words = [.. Normal, "uniform", .. Xavier, .. Kaiming], Minimum = -1e6, Maximum = 1e6,
        },
        new("std", AttributeKind.Number, "Standard deviation (normal, truncatedNormal), before values beyond two of it are drawn anew (truncatedNormal).") { Minimum = 1e-12, Maximum = 1e6 },
        new("mean", AttributeKind.Number, "Mean (normal, truncatedNormal); 0 when absent.") { Minimum = -1e6, Maximum = 1e6 },
        new("bound", AttributeKind.Number, "Largest absolute value (uniform).") { Minimum = 1e-12, Maximum = 1e6 },
        new("mode", AttributeKind.Word, "Which number of connections the variance is divided by; fanAverage for xavier and fanIn for kaiming when absent.")
        {
            Words = ["fanIn", "fanOut", "fanAverage"],
        },
        new("slope", AttributeKind.Number, "Slope for negative values of the activation behind the layer (kaiming); 0 when absent.") { Minimum = 0, Maximum = 1000 },
        new(Bias, AttributeKind.Number, "What biases begin with; 0 where 'weight' is given, otherwise the layer's own.") { Minimum = -1e6, Maximum = 1e6 },
        new(Prior, AttributeKind.Number, "In place of 'bias': the score p, as a probability, that all boxes begin with; biases are then -ln((1 - p) / p).") { Minimum = 1e-9, Maximum = 1 - 1e-9 },
    ];

    /// <summary>What is said, by key: of a weight its kind with the settings that it takes, and the bias or prior.</summary>
    public AttributeSet Values { get; }

    /// <summary>The kind of distribution; <c>constant</c> for a number, null when nothing is said of weights.</summary>
    public string? Kind => KindOf(Values.Values);

    /// <summary>What biases begin with, or null.</summary>
    public double? BiasValue => Values.Find(Prior) is { } prior ? -Math.Log((1 - prior.Number) / prior.Number) : Values.Find(Bias)?.Number;

    /// <summary>Which kinds of weights a setting is for; empty for keys that are none.</summary>
    public static ImmutableArray<string> KindsOf(string setting) => setting switch
    {
        "std" or "mean" => Normal,
        "bound" => ["uniform"],
        "mode" => [.. Xavier, .. Kaiming],
        "slope" => Kaiming,
        _ => [],
    };

    /// <summary>The setting that a kind cannot do without, or null.</summary>
    public static string? RequiredBy(string? kind) => kind is null ? null : Normal.Contains(kind) ? "std" : kind == "uniform" ? "bound" : null;

    /// <summary>Whether a kind counts the connections of a weight, which takes two axes.</summary>
    public static bool CountsConnections(string? kind) => kind is not null && (Xavier.Contains(kind) || Kaiming.Contains(kind));

    /// <summary>The kind of distribution among keys and values, or null.</summary>
    public static string? KindOf(ImmutableSortedDictionary<string, AttributeValue> values) =>
        !values.TryGetValue(Weight, out var weight) ? null : weight.Kind == AttributeKind.Word ? weight.Word : "constant";

    /// <summary>
    /// What is said here over what is said for all. A <c>weight</c> takes the place of the other with its settings, a setting alone changes the other's; <c>bias</c> and <c>prior</c> take each
    /// other's place. Settings that the kind does not take are left out.
    /// </summary>
    public static Initialization? Over(ImmutableSortedDictionary<string, AttributeValue> said, Initialization? below)
    {
        var values = below?.Values.Values ?? ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal);
        if (said.ContainsKey(Weight))
        {
            values = values.RemoveRange(values.Keys.Where(k => k is not (Bias or Prior)).ToArray());
        }

        if (said.ContainsKey(Bias) || said.ContainsKey(Prior))
        {
            values = values.Remove(Bias).Remove(Prior);
        }

        values = values.SetItems(said);
        var kind = KindOf(values);
        values = values.RemoveRange(values.Keys.Where(k => k is not (Weight or Bias or Prior) && (kind is null || !KindsOf(k).Contains(kind))).ToArray());
        return values.IsEmpty ? null : new Initialization(new AttributeSet(values));
    }

    /// <summary>What of it concerns a layer with these tensors; null for nothing.</summary>
    public Initialization? For(ImmutableArray<StoredTensorShape> tensors)
    {
        var values = Values.Values;
        if (tensors.All(t => t.Name != Weight))
        {
            values = values.RemoveRange(values.Keys.Where(k => k is not (Bias or Prior)).ToArray());
        }

        if (tensors.All(t => t.Name != Bias))
        {
            values = values.Remove(Bias).Remove(Prior);
        }
        else if (KindOf(values) is not null && !values.ContainsKey(Bias) && !values.ContainsKey(Prior))
        {
            values = values.Add(Bias, AttributeValue.Of(0.0));
        }

        return values.IsEmpty ? null : new Initialization(new AttributeSet(values));
    }

    /// <inheritdoc/>
    public bool Equals(Initialization? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Initialization);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode();

    /// <summary>As YAML would write it, in the order of the table.</summary>
    public override string ToString() => Values.Values.Count == 1 && Values.Find(Weight) is { } alone
        ? alone.ToString()
        : "{ " + string.Join(", ", Attributes.Where(a => Values.Has(a.Name)).Select(a => a.Name + ": " + Values[a.Name])) + " }";
}
