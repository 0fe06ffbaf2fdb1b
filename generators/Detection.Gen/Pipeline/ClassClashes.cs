// Two models may not share a class. Known only when all models are planned, so it is decided behind them and touches those files alone.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Diagnostics;

namespace Detection.Gen.Pipeline;

/// <summary>Files left out because their class is taken, and why. Value-equal.</summary>
/// <param name="Losers">Hint names of the files.</param>
/// <param name="Diagnostics">One for each.</param>
internal sealed record ClassClashes(EquatableArray<string> Losers, EquatableArray<SpecDiagnostic> Diagnostics)
{
    /// <summary>Finds types that are declared for two models; the first in the order of names keeps it.</summary>
    public static ClassClashes Of(ImmutableArray<DeclaredType> types)
    {
        var losers = ImmutableArray.CreateBuilder<string>();
        var diagnostics = ImmutableArray.CreateBuilder<SpecDiagnostic>();
        foreach (var same in types.GroupBy(t => t.TypeName).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var owners = same.GroupBy(t => t.Owner).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
            foreach (var owner in owners.Skip(1))
            {
                losers.Add(owner.First().HintName);
                diagnostics.Add(new SpecDiagnostic(Rules.ClassTaken, owner.First().Location, same.Key, owner.Key, owners[0].Key));
            }
        }

        return new ClassClashes(new(losers.ToImmutable()), new(diagnostics.ToImmutable()));
    }
}
