// Parameters of models and blocks: declared with defaults, given by whoever uses them.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads declared parameters and fills them in.</summary>
internal static class ParameterReader
{
    /// <summary>Names that expressions see anyway.</summary>
    public static readonly ImmutableArray<string> Reserved = ["in", "A", "classes", "true", "false", "and", "or"];

    /// <summary>
    /// The scope of a model or block: <paramref name="outer"/> with every declared parameter, from <paramref name="given"/> or its default.
    /// A default may use the parameters before it. A parameter that has no value, which is reported, is in the scope without one.
    /// </summary>
    public static (Scope Scope, bool IsComplete) Fill(
        SyntaxNode? declaration, ImmutableDictionary<string, double> given, Scope outer, string owner, SyntaxNode at, DiagnosticBag diagnostics)
    {
        var scope = outer;
        var complete = true;
        foreach (var entry in Declared(declaration, diagnostics))
        {
            if (given.TryGetValue(entry.Name, out var value))
            {
                scope = scope.With(entry.Name, value);
            }
            else if (entry.Value is ScalarSyntax { IsNull: true })
            {
                diagnostics.Report(Rules.MissingKey, at, owner, entry.Name);
                (scope, complete) = (scope.WithUnknown(entry.Name), false);
            }
            else if (entry.Value is ScalarSyntax scalar && scope.Evaluate(scalar, diagnostics) is { } standard)
            {
                scope = scope.With(entry.Name, standard);
            }
            else
            {
                (scope, complete) = (scope.WithUnknown(entry.Name), false);
            }
        }

        return (scope, complete);
    }

    /// <summary>The scope of a block that is looked at without being used: its parameters have no values, their defaults are checked.</summary>
    public static Scope WithoutArguments(SyntaxNode? declaration, Scope outer, DiagnosticBag diagnostics)
    {
        var scope = outer;
        foreach (var entry in Declared(declaration, diagnostics))
        {
            _ = entry.Value is ScalarSyntax { IsNull: false } standard ? scope.Evaluate(standard, diagnostics) : null;
            scope = scope.WithUnknown(entry.Name);
        }

        return scope;
    }

    /// <summary>Reports parameters without a default that are not given.</summary>
    public static void RequireGiven(SyntaxNode? declaration, IEnumerable<MappingEntry> given, string owner, SyntaxNode at, DiagnosticBag diagnostics)
    {
        var names = new HashSet<string>(given.Select(g => g.Name), StringComparer.Ordinal);
        foreach (var entry in Declared(declaration, diagnostics).Where(e => e.Value is ScalarSyntax { IsNull: true } && !names.Contains(e.Name)))
        {
            diagnostics.Report(Rules.MissingKey, at, owner, entry.Name);
        }
    }

    /// <summary>The declared parameters; what is none is reported.</summary>
    public static ImmutableArray<MappingEntry> Declared(SyntaxNode? declaration, DiagnosticBag diagnostics)
    {
        switch (declaration)
        {
            case null or ScalarSyntax { IsNull: true }:
                return [];
            case not MappingSyntax:
                diagnostics.Report(Rules.WrongType, declaration, "parameters", "a map of names and defaults", declaration.Kind);
                return [];
        }

        var valid = ImmutableArray.CreateBuilder<MappingEntry>();
        foreach (var entry in ((MappingSyntax)declaration).Entries)
        {
            if (!Names.IsNodeName(entry.Name))
            {
                diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "a parameter", Names.NodeNameRule);
            }
            else if (Reserved.Contains(entry.Name))
            {
                diagnostics.Report(Rules.NameTaken, entry.Key, entry.Name, "a name of the expression language");
            }
            else if (entry.Value is not ScalarSyntax)
            {
                diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a number or an expression", entry.Value.Kind);
            }
            else
            {
                valid.Add(entry);
            }
        }

        return valid.ToImmutable();
    }
}
