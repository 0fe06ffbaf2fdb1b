// Reads `init`: of a spec or block, a default for its convolutions and fully connected layers; of a node, what lies over it.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads initial values.</summary>
internal static class InitializationReader
{
    /// <summary>The key, of specs, blocks and nodes.</summary>
    public const string Key = "init";

    // What is written; what is absent is absent, so that it can lie over a default.
    private static readonly ImmutableArray<AttributeDefinition> Written = [.. Initialization.Attributes.Select(a => a with { Default = null, Required = false })];

    /// <summary>What a map says under <c>init</c>, over a default; the default where it says nothing, or with a diagnostic where it is wrong.</summary>
    public static Initialization? Read(MappingSyntax? map, Scope scope, Initialization? below, DiagnosticBag diagnostics)
    {
        if (map is null || !map.TryGet(Key, out var entry) || Values(entry, scope, diagnostics) is not { } said)
        {
            return below;
        }

        var result = Initialization.Over(said, below);
        var detailed = entry.Value as MappingSyntax;
        if (detailed?[Initialization.Weight] is not null && !said.ContainsKey(Initialization.Weight))
        {
            // A distribution that is wrong has been told; what its settings are for is not known.
            return below;
        }

        if (said.ContainsKey(Initialization.Bias) && said.ContainsKey(Initialization.Prior))
        {
            diagnostics.Report(Rules.Initialization, Place(detailed!, Initialization.Prior), "'bias' and 'prior' say the same: give one of them");
        }

        foreach (var setting in said.Keys.Where(k => !Initialization.KindsOf(k).IsEmpty && result?.Values.Has(k) != true))
        {
            if (result?.Kind is not { } kind)
            {
                diagnostics.Report(Rules.Initialization, Place(detailed!, setting), $"'{setting}' says how weights are drawn, but nothing says from what: 'weight' stands neither here nor in a default");
            }
            else if (detailed!.TryGet(Initialization.Weight, out var weight) && weight.Key.Source != Place(detailed, setting).Source)
            {
                // A base's setting of another kind has no effect, which is not this file's mistake.
            }
            else
            {
                diagnostics.Report(Rules.Initialization, Place(detailed, setting), $"'{setting}' counts for nothing with '{kind}'; it is for {string.Join(", ", Initialization.KindsOf(setting))}");
            }
        }

        if (Initialization.RequiredBy(result?.Kind) is { } required && !result!.Values.Has(required))
        {
            // Of a word that is wrong the message has been told.
            if (detailed?[required] is null)
            {
                diagnostics.Report(Rules.MissingKey, detailed?[Initialization.Weight] ?? entry.Value, $"'init' with '{result.Kind}'", required);
            }

            return below;
        }

        return result;
    }

    /// <summary>What a node of an operator begins with; null where its class decides alone.</summary>
    public static Initialization? OfNode(MappingSyntax? map, Scope scope, Initialization? below, OperatorDefinition definition, ImmutableArray<StoredTensorShape> tensors, DiagnosticBag diagnostics)
    {
        var found = Read(map, scope, definition.Initial == InitialTensors.Kernel ? below : null, diagnostics);
        if (map?[Key] is MappingSyntax said)
        {
            foreach (var entry in said.Entries)
            {
                var tensor = entry.Name is Initialization.Bias or Initialization.Prior ? Initialization.Bias : Initialization.Weight;
                if (Initialization.Attributes.Any(a => a.Name == entry.Name) && tensors.All(t => t.Name != tensor))
                {
                    diagnostics.Report(Rules.Initialization, entry.Key, $"'{entry.Name}' says what a {tensor} begins with, but the node has none");
                }
            }
        }

        if (definition.Initial == InitialTensors.Factors && found is not null)
        {
            var (what, fault) = Initialization.CountsConnections(found.Kind) ? (Initialization.Weight, $"'{found.Kind}' counts the connections of a weight, which the factors of '{definition.Name}' do not have: give a number, normal, truncatedNormal or uniform")
                : found.Values.Has(Initialization.Prior) ? (Initialization.Prior, $"'prior' is of scores, which '{definition.Name}' does not give") : ("", "");
            if (what.Length > 0)
            {
                diagnostics.Report(Rules.Initialization, (map?[Key] as MappingSyntax)?[what] ?? map![Key]!, fault);
                return null;
            }
        }

        return found?.For(tensors);
    }

    private static ImmutableSortedDictionary<string, AttributeValue>? Values(MappingEntry entry, Scope scope, DiagnosticBag diagnostics)
    {
        switch (entry.Value)
        {
            case MappingSyntax map:
                return AttributeReader.ReadPartly(map, Written, [], scope, "'init'", entry.Key, diagnostics).Values.Values;
            case ScalarSyntax { IsNull: false } word:
                return AttributeReader.Value(Written[0] with { Name = Key }, word, scope, diagnostics) is { } weight
                    ? ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal).Add(Initialization.Weight, weight)
                    : null;
            default:
                diagnostics.Report(Rules.WrongType, entry.Value, Key, "a number, a distribution such as xavierUniform, or a map with 'weight' and 'bias'", entry.Value.Kind);
                return null;
        }
    }

    private static ScalarSyntax Place(MappingSyntax map, string key) => map.Entries.First(e => e.Name == key).Key;
}
