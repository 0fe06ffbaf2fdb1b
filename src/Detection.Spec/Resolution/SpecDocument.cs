// A spec as a file, and what can be said of it before anything is resolved: its model's name and which others it needs.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>A spec document: its path, as diagnostics shall name it, and its text.</summary>
public sealed record SpecDocument(string Path, string Text);

/// <summary>A parsed document, or one model of the grid that a document spans. Equal to another when path, text and model are.</summary>
public sealed class ParsedSpec : IEquatable<ParsedSpec>
{
    private readonly Lazy<ImmutableArray<MappingSyntax>> layers;
    private readonly Lazy<ImmutableArray<string>> references;

    private ParsedSpec(
        SpecDocument document, SourceText source, MappingSyntax? root, ScalarSyntax? name, VariantGrid? grid, ImmutableArray<SpecDiagnostic> diagnostics, int? stoppedAt)
    {
        Document = document;
        Source = source;
        Root = root;
        Name = name;
        Grid = grid;
        Diagnostics = diagnostics;
        StoppedAt = stoppedAt;
        layers = new(() => root is null ? [] : [root]);
        references = new(CollectReferences);
        Models = grid is null || grid.Points.IsEmpty ? [this] : [.. grid.Points.Select(p => new ParsedSpec(this, p))];
    }

    private ParsedSpec(ParsedSpec file, GridPoint point)
    {
        Document = file.Document;
        Source = file.Source;
        Root = file.Root;
        Name = point.Name;
        File = file;
        Diagnostics = file.Diagnostics;
        StoppedAt = file.StoppedAt;
        layers = new(point.Layers);
        references = new(CollectReferences);
        Models = [this];
    }

    /// <summary>The document.</summary>
    public SpecDocument Document { get; }

    /// <summary>Its text with positions.</summary>
    public SourceText Source { get; }

    /// <summary>The top-level map as written, or null when the text has none.</summary>
    public MappingSyntax? Root { get; }

    /// <summary>Where the model is named, or null.</summary>
    public ScalarSyntax? Name { get; }

    /// <summary>The grid that the document spans; null for a document of one model and for a model of a grid.</summary>
    public VariantGrid? Grid { get; }

    /// <summary>The document of a model of a grid; otherwise null.</summary>
    public ParsedSpec? File { get; }

    /// <summary>Whether the document was to span a grid, but has no models.</summary>
    public bool IsBrokenGrid => File is null && Grid is null && Root?["variants"] is not null;

    /// <summary>The models of the document: itself, or those of its grid.</summary>
    public ImmutableArray<ParsedSpec> Models { get; }

    /// <summary>What is laid one over the other on what the model extends: the document's map, and behind it the overlays of a grid's model.</summary>
    public ImmutableArray<MappingSyntax> Layers => layers.Value;

    /// <summary>The model it extends, or null.</summary>
    public ScalarSyntax? Extends => Layers.Select(l => l["extends"]).LastOrDefault(e => e is not null) as ScalarSyntax is { IsNull: false } named ? named : null;

    /// <summary>Names of models it may need: the base and every operator that is not built in.</summary>
    public ImmutableArray<string> References => references.Value;

    /// <summary>Names of the blocks and operators it declares.</summary>
    public IEnumerable<string> BlockNames => Layers.SelectMany(l => new[] { l["blocks"], l["operators"] }).OfType<MappingSyntax>().SelectMany(DeclaredNames);

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

        var grid = root is not null && root.TryGet("variants", out var variants) ? VariantReader.Read(root, variants, diagnostics) : null;
        return new ParsedSpec(document, source, root, name, grid, diagnostics.ToImmutable(), stoppedAt);
    }

    /// <summary>Whether another spec says the same, wherever in its file it stands and whatever its comments are. What has mistakes of syntax is like nothing but itself.</summary>
    public bool HasContentOf(ParsedSpec other) =>
        Equals(other)
        || (Document.Path == other.Document.Path && ModelName == other.ModelName && Diagnostics.IsEmpty && other.Diagnostics.IsEmpty
            && Layers.Length == other.Layers.Length && Layers.Zip(other.Layers, SyntaxContent.AreEqual).All(same => same));

    /// <inheritdoc/>
    public bool Equals(ParsedSpec? other) =>
        ReferenceEquals(this, other) || (other is not null && ModelName == other.ModelName && File is null == other.File is null && Document == other.Document);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParsedSpec);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((Document.Path.GetHashCode() * 31) + ModelName.GetHashCode());

    private ImmutableArray<string> CollectReferences()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        if (Extends is { } extends)
        {
            found.Add(extends.Value);
        }

        foreach (var layer in Layers)
        {
            CollectOperators(layer, found, isNodes: false);
        }

        return [.. found];
    }

    private static IEnumerable<string> DeclaredNames(MappingSyntax map) => map.Entries.SelectMany(entry => (entry.Name, entry.Value) switch
    {
        ("$insert", SequenceSyntax list) => list.Items.OfType<MappingSyntax>().SelectMany(DeclaredNames),
        ("$insert" or "$replace", MappingSyntax inner) => DeclaredNames(inner),
        _ => [entry.Name],
    });

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
            case ScalarSyntax { IsNull: true } nothing:
                diagnostics.Report(Rules.WrongType, nothing, "model", "a name", nothing.Kind);
                break;
            case ScalarSyntax name when Names.IsModelName(name.Value) || root["variants"] is not null:
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
