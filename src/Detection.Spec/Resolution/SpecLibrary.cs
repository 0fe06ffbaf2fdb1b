// The specs that a model may refer to, by name.
using System.Collections.Immutable;

namespace Detection.Spec.Resolution;

/// <summary>A set of parsed specs, found by the name of their model.</summary>
public sealed class SpecLibrary
{
    private readonly Dictionary<string, ParsedSpec> byName = new(StringComparer.Ordinal);

    /// <summary>Collects specs, with every model of a grid; of two that declare the same model the first in the order of paths is found.</summary>
    public SpecLibrary(IEnumerable<ParsedSpec> specs)
    {
        foreach (var spec in specs.OrderBy(s => s.Document.Path, StringComparer.Ordinal).SelectMany(s => s.Models))
        {
            if (spec.ModelName.Length > 0 && !spec.IsBrokenGrid && !byName.ContainsKey(spec.ModelName))
            {
                byName.Add(spec.ModelName, spec);
            }
        }
    }

    /// <summary>Parses and collects documents.</summary>
    public static SpecLibrary Parse(IEnumerable<SpecDocument> documents) => new(documents.Select(ParsedSpec.Parse));

    /// <summary>Names to suggest beyond those of the specs here: a caller that holds only a part of a library knows more.</summary>
    public ImmutableArray<string> OtherNames { get; init; } = [];

    /// <summary>Names of all models.</summary>
    public IEnumerable<string> ModelNames => byName.Keys.Concat(OtherNames);

    /// <summary>The spec of a model, or null.</summary>
    public ParsedSpec? Find(string name) => byName.TryGetValue(name, out var spec) ? spec : null;

    /// <summary>A spec with everything it refers to, directly or not, in the order of names; the spec itself comes first.</summary>
    public ImmutableArray<ParsedSpec> Closure(ParsedSpec spec)
    {
        var found = new SortedDictionary<string, ParsedSpec>(StringComparer.Ordinal);
        var open = new Stack<ParsedSpec>([spec]);
        while (open.Count > 0)
        {
            foreach (var reference in open.Pop().References)
            {
                if (reference != spec.ModelName && !found.ContainsKey(reference) && Find(reference) is { } referenced)
                {
                    found.Add(reference, referenced);
                    open.Push(referenced);
                }
            }
        }

        return [spec, .. found.Values];
    }
}
