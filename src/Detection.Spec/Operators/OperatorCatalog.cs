// The operators of the language, by name. Each family has a file of its own.
using System.Collections.Immutable;

namespace Detection.Spec.Operators;

/// <summary>All built-in operators.</summary>
public static class OperatorCatalog
{
    private static readonly ImmutableDictionary<string, OperatorDefinition> ByName;

    static OperatorCatalog()
    {
        All =
        [
            .. ConvolutionOperators.All, .. NormalizationOperators.All, .. ActivationOperators.All, .. PoolingOperators.All, .. ResamplingOperators.All,
            .. JoiningOperators.All, .. RegionOperators.All,
        ];
        ByName = All.ToImmutableDictionary(d => d.Name, StringComparer.Ordinal);
    }

    /// <summary>All operators, in the order of the manual.</summary>
    public static ImmutableArray<OperatorDefinition> All { get; }

    /// <summary>The operator with a name, or null.</summary>
    public static OperatorDefinition? Find(string name) => ByName.TryGetValue(name, out var definition) ? definition : null;
}
