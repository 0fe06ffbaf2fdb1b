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
    /// A default may use the parameters before it.
    /// </summary>
    public static Scope? Fill(
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
                complete = false;
            }
            else if (entry.Value is ScalarSyntax scalar && scope.Evaluate(scalar, diagnostics) is { } standard)
            {
                scope = scope.With(entry.Name, standard);
            }
            else
            {
                complete = false;
            }
        }

        return complete ? scope : null;
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
