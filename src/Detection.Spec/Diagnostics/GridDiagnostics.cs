// The models of a grid share most of their text: what is wrong there is wrong in all of them, and is said once.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Spec.Diagnostics;

/// <summary>Gathers the problems of a grid's models.</summary>
public static class GridDiagnostics
{
    /// <summary>One problem for each place, in the order of their positions. Where not all models have it, or not in the same words, the first is named and the others counted.</summary>
    /// <param name="models">Names of models with their problems; models without problems may be left out.</param>
    /// <param name="count">Number of models of the grid.</param>
    public static ImmutableArray<SpecDiagnostic> Gather(ImmutableArray<(string Model, ImmutableArray<SpecDiagnostic> Problems)> models, int count)
    {
        var places = new Dictionary<(string Id, SpecLocation Location, int Ordinal), List<(string Model, SpecDiagnostic Problem)>>();
        foreach (var (model, problems) in models)
        {
            var ordinals = new Dictionary<(string, SpecLocation), int>();
            foreach (var problem in problems)
            {
                ordinals.TryGetValue((problem.Id, problem.Location), out var ordinal);
                ordinals[(problem.Id, problem.Location)] = ordinal + 1;
                var place = (problem.Id, problem.Location, ordinal);
                if (!places.TryGetValue(place, out var same))
                {
                    places.Add(place, same = []);
                }

                same.Add((model, problem));
            }
        }

        var bag = new DiagnosticBag();
        foreach (var same in places.Values)
        {
            bag.Add(Said(same, count));
        }

        return bag.ToImmutable();
    }

    private static SpecDiagnostic Said(List<(string Model, SpecDiagnostic Problem)> same, int models)
    {
        var (model, problem) = same[0];
        if (same.Count == models && same.All(s => s.Problem.Message == problem.Message))
        {
            return problem;
        }

        return problem.With(same.Count == 1
            ? $"(in '{model}')"
            : string.Format(CultureInfo.InvariantCulture, "(in '{0}', and in {1} more of the grid's {2} models)", model, same.Count - 1, models));
    }
}
