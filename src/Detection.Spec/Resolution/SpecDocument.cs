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
    private ParsedSpec(SpecDocument document, SourceText source, MappingSyntax? root, ScalarSyntax? name, ScalarSyntax? extends, ImmutableArray<string> references, ImmutableArray<SpecDiagnostic> diagnostics, int? stoppedAt)
    {
        Document = document;
        Source = source;
        Root = root;
        Name = name;
        Extends = extends;
        References = references;
        Diagnostics = diagnostics;
        StoppedAt = stoppedAt;
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

    /// <summary>Where the entry begins within which reading had to stop; null when the whole text was read.</summary>
    internal int? StoppedAt { get; }

    /// <summary>The model's name; empty when the document names none.</summary>
    public string ModelName => Name?.Value ?? "";

    /// <summary>Parses a document; never throws.</summary>
    public static ParsedSpec Parse(SpecDocument document)
    {
        var source = new SourceText(document.Path, document.Text);
        var diagnostics = new DiagnosticBag();
        var tree = YamlSyntaxParser.Parse(source, diagnostics, out var stoppedAt);
        var root = tree as MappingSyntax;
        var name = root?["model"] as ScalarSyntax;
        if (!diagnostics.HasErrors || root is not null)
        {
            CheckHeader(source, tree, isWhole: stoppedAt is null, diagnostics);
        }

        var references = new SortedSet<string>(StringComparer.Ordinal);
        var extends = root?["extends"] is ScalarSyntax { IsNull: false } named ? named : null;
        if (extends is not null)
        {
            references.Add(extends.Value);
        }

        if (root is not null)
        {
            CollectOperators(root, references, isNodes: false);
        }

        return new ParsedSpec(document, source, root, name, extends, [.. references], diagnostics.ToImmutable(), stoppedAt);
    }

    /// <inheritdoc/>
    public bool Equals(ParsedSpec? other) => other is not null && Document == other.Document;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParsedSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => Document.GetHashCode();

    private static void CheckHeader(SourceText source, SyntaxNode? tree, bool isWhole, DiagnosticBag diagnostics)
    {
        if (tree is not MappingSyntax root)
        {
            diagnostics.Report(
                Rules.NotASpec, source, tree?.Span ?? default, tree is null ? "The file is empty" : $"The file holds {tree.Kind}");
            return;
        }

        switch (root["spec"])
        {
            case null when !isWhole:
                break;
            case null:
                diagnostics.Report(Rules.NotASpec, source, new TextSpan(root.Span.Start, 1), "The file has no 'spec' key");
                break;
            case ScalarSyntax { Value: "1" }:
                break;
            case var version:
                diagnostics.Report(Rules.NotASpec, version, $"The language has no version '{source.Slice(version.Span)}'");
                break;
        }

        switch (root["model"])
        {
            case null when !isWhole:
                break;
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

    // Operators stand after `op:`, and as bare words in a map of nodes.
    private static void CollectOperators(SyntaxNode node, SortedSet<string> references, bool isNodes)
    {
        if (node is MappingSyntax map)
        {
            foreach (var entry in map.Entries)
            {
                if (entry.Value is ScalarSyntax word)
                {
                    if ((entry.Name == "op" || (isNodes && !entry.Name.StartsWith("$", StringComparison.Ordinal))) && OperatorCatalog.Find(word.Value) is null && !word.IsNull)
                    {
                        references.Add(word.Value);
                    }
                }
                else
                {
                    CollectOperators(entry.Value, references, entry.Name is "nodes" || (isNodes && entry.Name is "$insert" or "$replace"));
                }
            }
        }
        else if (node is SequenceSyntax list)
        {
            foreach (var item in list.Items)
            {
                CollectOperators(item, references, isNodes);
            }
        }
    }
}
