// A spec as a file, and what can be said of it before anything is resolved: its model's name and which others it needs.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>A spec document: its path, as diagnostics shall name it, and its text.</summary>
public sealed record SpecDocument(string Path, string Text);

/// <summary>A parsed document. Equal to another when path and text are.</summary>
public sealed class ParsedSpec : IEquatable<ParsedSpec>
{
    private ParsedSpec(SpecDocument document, SourceText source, MappingSyntax? root, ScalarSyntax? name, ScalarSyntax? extends, ImmutableArray<string> references, ImmutableArray<SpecDiagnostic> diagnostics)
    {
        Document = document;
        Source = source;
        Root = root;
        Name = name;
        Extends = extends;
        References = references;
        Diagnostics = diagnostics;
    }

    /// <summary>The document.</summary>
    public SpecDocument Document { get; }

    /// <summary>Its text with positions.</summary>
    public SourceText Source { get; }

    /// <summary>The top-level map, or null when the text has none.</summary>
    public MappingSyntax? Root { get; }

    /// <summary>Where the model is named, or null.</summary>
    public ScalarSyntax? Name { get; }

    /// <summary>The model it extends, or null.</summary>
    public ScalarSyntax? Extends { get; }

    /// <summary>Names of models it may need: the base and every operator that is not built in.</summary>
    public ImmutableArray<string> References { get; }

    /// <summary>Names of the blocks it declares.</summary>
    public IEnumerable<string> BlockNames => (Root?["blocks"] as MappingSyntax)?.Entries.Select(e => e.Name) ?? [];

    /// <summary>Problems of syntax.</summary>
    public ImmutableArray<SpecDiagnostic> Diagnostics { get; }

    /// <summary>The model's name; empty when the document names none.</summary>
    public string ModelName => Name?.Value ?? "";

    /// <summary>Parses a document; never throws.</summary>
    public static ParsedSpec Parse(SpecDocument document)
    {
        var source = new SourceText(document.Path, document.Text);
        var diagnostics = new DiagnosticBag();
        var tree = YamlSyntaxParser.Parse(source, diagnostics);
        var root = tree as MappingSyntax;
        var name = root?["model"] as ScalarSyntax;
        if (!diagnostics.HasErrors || root is not null)
        {
            CheckHeader(source, tree, diagnostics);
        }

        var references = new SortedSet<string>(StringComparer.Ordinal);
        var extends = root?["extends"] as ScalarSyntax;
        if (extends is not null)
        {
            references.Add(extends.Value);
        }

        if (root is not null)
        {
            CollectOperators(root, references, depth: 0);
        }

        return new ParsedSpec(document, source, root, name, extends, [.. references], diagnostics.ToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(ParsedSpec? other) => other is not null && Document == other.Document;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParsedSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => Document.GetHashCode();

    private static void CheckHeader(SourceText source, SyntaxNode? tree, DiagnosticBag diagnostics)
    {
        if (tree is not MappingSyntax root)
        {
            diagnostics.Report(
                Rules.NotASpec, source, tree?.Span ?? default, tree is null ? "The file is empty" : $"The file holds {tree.Kind}");
            return;
        }

        switch (root["spec"])
        {
            case null:
                diagnostics.Report(Rules.NotASpec, source, new TextSpan(root.Span.Start, 1), "The file has no 'spec' key");
                break;
            case ScalarSyntax { Value: "1" }:
                break;
            case var version:
                diagnostics.Report(Rules.NotASpec, version, $"This version of the language is unknown: '{source.Slice(version.Span)}'");
                break;
        }

        switch (root["model"])
        {
            case null:
                diagnostics.Report(Rules.NotASpec, source, new TextSpan(root.Span.Start, 1), "The file has no 'model' key");
                break;
            case ScalarSyntax name when Names.IsModelName(name.Value):
                break;
            case ScalarSyntax name:
                diagnostics.Report(Rules.BadName, name, name.Value, "a model", Names.ModelNameRule);
                break;
            case var other:
                diagnostics.Report(Rules.WrongType, other, "model", "a name", other.Kind);
                break;
        }
    }

    private static void CollectOperators(SyntaxNode node, SortedSet<string> references, int depth)
    {
        if (node is MappingSyntax map)
        {
            foreach (var entry in map.Entries)
            {
                if (entry is { Name: "op", Value: ScalarSyntax op } && OperatorCatalog.Find(op.Value) is null)
                {
                    references.Add(op.Value);
                }
                else
                {
                    CollectOperators(entry.Value, references, depth + 1);
                }
            }
        }
        else if (node is SequenceSyntax list)
        {
            foreach (var item in list.Items)
            {
                CollectOperators(item, references, depth + 1);
            }
        }
    }
}
