// Two models may not share a class. Known only when all models are planned, so it is decided behind them and touches those files alone.
using System.Collections.Immutable;
using Detection.Spec;
using Detection.Spec.Diagnostics;

namespace Detection.Gen.Pipeline;

/// <summary>A file left out because its class is taken.</summary>
/// <param name="Type">The type that it declares.</param>
/// <param name="Winner">The model that keeps the class.</param>
internal sealed record ClassClash(DeclaredType Type, string Winner)
{
    /// <summary>The problem, standing where the model is named.</summary>
    public SpecDiagnostic In(SpecIndex specs) => new(
        Rules.ClassTaken, specs.PlaceOf(Type.Model),
        Type.TypeName, Type.Owner, Winner);
}

/// <summary>Files left out because their class is taken. Value-equal.</summary>
/// <param name="Losers">The files.</param>
internal sealed record ClassClashes(EquatableArray<ClassClash> Losers)
{
    /// <summary>Whether a file is left out.</summary>
    public bool LeavesOut(string hintName)
    {
        foreach (var loser in Losers.Items)
        {
            if (loser.Type.HintName == hintName)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds types that are declared for two models; the first in the order of names keeps it.</summary>
    public static ClassClashes Of(ImmutableArray<DeclaredType> types)
    {
        var first = new Dictionary<string, DeclaredType>(StringComparer.Ordinal);
        var shared = new SortedDictionary<string, List<DeclaredType>>(StringComparer.Ordinal);
        foreach (var type in types)
        {
            if (!first.TryGetValue(type.TypeName, out var other))
            {
                first.Add(type.TypeName, type);
            }
            else if (shared.TryGetValue(type.TypeName, out var same))
            {
                same.Add(type);
            }
            else
            {
                shared.Add(type.TypeName, [other, type]);
            }
        }

        var losers = ImmutableArray.CreateBuilder<ClassClash>();
        foreach (var same in shared.Values)
        {
            var owners = same.GroupBy(t => t.Identity).Select(g => g.OrderBy(t => t.Owner, StringComparer.Ordinal).First()).OrderBy(t => t.Owner, StringComparer.Ordinal).ToArray();
            losers.AddRange(owners.Skip(1).Select(owner => new ClassClash(owner, owners[0].Owner)));
        }

        return new ClassClashes(new EquatableArray<ClassClash>(losers.ToImmutable()));
    }
}
