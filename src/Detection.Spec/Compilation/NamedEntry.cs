// An entry of a map whose names are the user's: levels, stages, runs.
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

internal static class NamedEntry
{
    /// <summary>The map of an entry whose name is one that code can carry; null and a diagnostic otherwise.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="kind">What it is, with its article: "a level".</param>
    /// <param name="content">What its value must be: "a map with 'from'".</param>
    /// <param name="diagnostics">Receives the problem.</param>
    public static MappingSyntax? Map(MappingEntry entry, string kind, string content, DiagnosticBag diagnostics)
    {
        if (!Names.IsNodeName(entry.Name))
        {
            diagnostics.Report(Rules.BadName, entry.Key, entry.Name, kind, Names.NodeNameRule);
            return null;
        }

        if (entry.Value is MappingSyntax map)
        {
            return map;
        }

        diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, content, entry.Value.Kind);
        return null;
    }
}
