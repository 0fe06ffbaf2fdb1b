// YAML text -> syntax tree, over YamlDotNet's event stream. Keeps what was read before an error, so that
// the problems of the first half of a file are reported together with the mistake in its second half.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlEvent = YamlDotNet.Core.Events.ParsingEvent;

namespace Detection.Spec.Syntax;

/// <summary>Reads one spec document: YAML 1.2 core without tags, merge keys and duplicate keys; size, depth and aliases are bounded.</summary>
public sealed class YamlSyntaxParser
{
    /// <summary>Longest text, in characters.</summary>
    public const int MaximumLength = 2_000_000;

    /// <summary>Deepest nesting.</summary>
    public const int MaximumDepth = 48;

    /// <summary>Most nodes, each alias counted as all that it stands for.</summary>
    public const int MaximumNodes = 200_000;

    // Told apart from a key of the same letters by reference: an entry with it was reported and is left out.
    private static readonly string RefusedKey = new('?', 1);

    private readonly SourceText source;
    private readonly DiagnosticBag diagnostics;
    private readonly Stack<Frame> frames = new();
    private readonly Dictionary<string, (SyntaxNode Node, int Weight, int Depth)> anchors = new(StringComparer.Ordinal);
    private SyntaxNode? root;
    private int nodes;
    private int? stoppedAt;

    private YamlSyntaxParser(SourceText source, DiagnosticBag diagnostics)
    {
        this.source = source;
        this.diagnostics = diagnostics;
    }

    /// <summary>Parses a document. Never throws: what cannot be read is reported, and the part before it returned.</summary>
    /// <returns>The root node, or null when there is none.</returns>
    public static SyntaxNode? Parse(SourceText source, DiagnosticBag diagnostics) => Parse(source, diagnostics, out _);

    /// <summary>Parses a document, and says where the entry begins within which reading had to stop.</summary>
    internal static SyntaxNode? Parse(SourceText source, DiagnosticBag diagnostics, out int? stoppedAt)
    {
        stoppedAt = null;
        if (source.Text.Length > MaximumLength)
        {
            diagnostics.Report(Rules.LimitExceeded, source, default, $"The document has {source.Text.Length} characters; at most {MaximumLength} are read");
            return null;
        }

        var parser = new YamlSyntaxParser(source, diagnostics);
        parser.Run();
        stoppedAt = parser.stoppedAt;
        return parser.root;
    }

    private void Run()
    {
        try
        {
            var parser = new Parser(new StringReader(source.Text));
            var documents = 0;
            while (stoppedAt is null && parser.MoveNext())
            {
                if (parser.Current is DocumentStart && ++documents > 1)
                {
                    Stop(Rules.UnsupportedYaml, SpanOf(parser.Current), "A file holds one document; a second one begins here");
                    break;
                }

                Accept(parser.Current!);
            }
        }
        catch (YamlException e)
        {
            Stop(Rules.YamlSyntax, new TextSpan((int)e.Start.Index, (int)Math.Max(1, e.End.Index - e.Start.Index)), Sentence(e.Message));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // YamlDotNet lets several kinds out, for an unclosed bracket or a wild escape, without a position: the end of what was read is the best there is.
            Stop(Rules.YamlSyntax, new TextSpan(LastPosition(), 1), "The text is not YAML from here on");
        }

        while (frames.Count > 0)
        {
            Close(frames.Peek().End);
        }
    }

    private void Accept(YamlEvent yamlEvent)
    {
        switch (yamlEvent)
        {
            case Scalar scalar:
                RefuseTag(scalar, scalar.Tag);
                Add(new ScalarSyntax(source, SpanOf(scalar), scalar.Value, scalar.Style is ScalarStyle.Plain), weight: 1, depth: 0, AnchorOf(scalar.Anchor));
                break;
            case SequenceStart start:
                RefuseTag(start, start.Tag);
                Open(new Frame(IsMap: false, start.Style is SequenceStyle.Flow, SpanOf(start), AnchorOf(start.Anchor)));
                break;
            case MappingStart start:
                RefuseTag(start, start.Tag);
                Open(new Frame(IsMap: true, start.Style is MappingStyle.Flow, SpanOf(start), AnchorOf(start.Anchor)));
                break;
            case SequenceEnd or MappingEnd:
                // The event of a closing bracket stands before it; that of a block stands at the next token, behind comments that are not the block's.
                Close(frames.Peek().IsFlow ? Math.Min((int)yamlEvent.End.Index + 1, source.Text.Length) : frames.Peek().End);
                break;
            case AnchorAlias alias when anchors.TryGetValue(alias.Value.Value, out var anchored):
                Add(anchored.Node, anchored.Weight, anchored.Depth, anchor: null, writtenEnd: SpanOf(alias).End);
                break;
            case AnchorAlias alias:
                Stop(Rules.YamlSyntax, SpanOf(alias), $"There is no anchor '{alias.Value.Value}' before this alias");
                break;
        }
    }

    private void Open(Frame frame)
    {
        if (frames.Count >= MaximumDepth)
        {
            Stop(Rules.LimitExceeded, frame.Span, $"The document is nested more than {MaximumDepth} levels deep");
            return;
        }

        frames.Push(frame);
    }

    private void Close(int end)
    {
        var frame = frames.Pop();
        var span = new TextSpan(frame.Span.Start, Math.Max(frame.Span.Length, end - frame.Span.Start));
        SyntaxNode node;
        if (frame.IsMap)
        {
            if (frame.Key is { } dangling)
            {
                // The text ended between a key and its value.
                AddEntry(frame, new MappingEntry(dangling, new ScalarSyntax(source, dangling.Span, "", isPlain: true)));
            }

            node = new MappingSyntax(source, span, frame.Entries.ToImmutable());
        }
        else
        {
            node = new SequenceSyntax(source, span, frame.Items.ToImmutable());
        }

        nodes -= frame.Weight;
        Add(node, frame.Weight + 1, frame.Depth + 1, frame.Anchor);
    }

    private void Add(SyntaxNode node, int weight, int depth, string? anchor, int? writtenEnd = null)
    {
        if (frames.Count + depth > MaximumDepth)
        {
            // Without aliases Open has seen to it.
            Stop(Rules.LimitExceeded, node.Span, $"The document is nested more than {MaximumDepth} levels deep");
            return;
        }

        nodes += weight;
        if (nodes > MaximumNodes)
        {
            if (stoppedAt is null)
            {
                Stop(Rules.LimitExceeded, node.Span, $"The document has more than {MaximumNodes} nodes, aliases counted as what they stand for");
            }

            return;
        }

        if (anchor is not null)
        {
            anchors[anchor] = (node, weight, depth);
        }

        if (frames.Count == 0)
        {
            root ??= node;
            return;
        }

        var frame = frames.Peek();
        frame.Weight += weight;
        frame.Depth = Math.Max(frame.Depth, depth);
        frame.End = Math.Max(frame.End, writtenEnd ?? node.Span.End);
        if (!frame.IsMap)
        {
            frame.Items.Add(node);
        }
        else if (frame.Key is null)
        {
            frame.Key = KeyOf(node);
        }
        else
        {
            AddEntry(frame, new MappingEntry(frame.Key, node));
            frame.Key = null;
        }
    }

    private ScalarSyntax KeyOf(SyntaxNode node)
    {
        if (node is ScalarSyntax scalar)
        {
            if (scalar is { IsPlain: true, Value: "<<" })
            {
                diagnostics.Report(Rules.UnsupportedYaml, scalar, "Specs have no merge key '<<'; use 'extends' or a block");
                return new ScalarSyntax(source, node.Span, RefusedKey, isPlain: false);
            }

            return scalar;
        }

        diagnostics.Report(Rules.UnsupportedYaml, node, $"A key must be a word, but here is {node.Kind}");
        return new ScalarSyntax(source, node.Span, RefusedKey, isPlain: false);
    }

    private void AddEntry(Frame frame, MappingEntry entry)
    {
        if (ReferenceEquals(entry.Name, RefusedKey))
        {
            return;
        }

        if (frame.Lines.TryGetValue(entry.Name, out var line))
        {
            diagnostics.Report(Rules.DuplicateKey, entry.Key, entry.Name, line);
            return;
        }

        frame.Lines.Add(entry.Name, source.PositionOf(entry.Key.Span.Start).Line + 1);
        frame.Entries.Add(entry);
    }

    private void RefuseTag(YamlEvent yamlEvent, TagName tag)
    {
        if (!tag.IsEmpty)
        {
            diagnostics.Report(Rules.UnsupportedYaml, source, SpanOf(yamlEvent), "Specs have no tags; values are what they look like");
        }
    }

    private void Stop(SpecDiagnosticDescriptor descriptor, TextSpan span, string message)
    {
        if (stoppedAt is not null)
        {
            return;
        }

        var start = Math.Max(0, Math.Min(span.Start, source.Text.Length));
        stoppedAt = frames.Count == 0 ? start : frames.Peek() switch
        {
            { Key: { } key } => key.Span.Start,
            { IsMap: true, Entries.Count: > 0 } map => map.Entries[map.Entries.Count - 1].Key.Span.Start,
            var frame => frame.Span.Start,
        };
        diagnostics.Report(descriptor, source, new TextSpan(start, Math.Max(0, Math.Min(span.Length, source.Text.Length - start))), message);
    }

    private int LastPosition() => frames.Count == 0 ? 0 : frames.Peek().End;

    // What the author wrote as the value: without an anchor or tag before it, and without the line ends behind a block scalar.
    private TextSpan SpanOf(NodeEvent node)
    {
        var (start, end) = ((int)node.Start.Index, Math.Min((int)node.End.Index, source.Text.Length));
        while (start < end && (char.IsWhiteSpace(source.Text[start]) || source.Text[start] is '&' or '!'))
        {
            start = source.Text[start] is '&' or '!' ? EndOfWord(start, end) : start + 1;
        }

        while (end > start && char.IsWhiteSpace(source.Text[end - 1]))
        {
            end--;
        }

        return new TextSpan(start, Math.Max(0, end - start));
    }

    private int EndOfWord(int position, int end)
    {
        while (position < end && !char.IsWhiteSpace(source.Text[position]))
        {
            position++;
        }

        return position;
    }

    private static TextSpan SpanOf(YamlEvent? yamlEvent) => yamlEvent is null
        ? default
        : new TextSpan((int)yamlEvent.Start.Index, (int)Math.Max(0, yamlEvent.End.Index - yamlEvent.Start.Index));

    private static string? AnchorOf(AnchorName anchor) => anchor.IsEmpty ? null : anchor.Value;

    private static string Sentence(string message) => message.Length == 0 ? "The text is not YAML" : message.TrimEnd('.');

    private sealed record Frame(bool IsMap, bool IsFlow, TextSpan Span, string? Anchor)
    {
        public ImmutableArray<SyntaxNode>.Builder Items { get; } = ImmutableArray.CreateBuilder<SyntaxNode>();

        public ImmutableArray<MappingEntry>.Builder Entries { get; } = ImmutableArray.CreateBuilder<MappingEntry>();

        public Dictionary<string, int> Lines { get; } = new(StringComparer.Ordinal);

        public ScalarSyntax? Key { get; set; }

        public int Weight { get; set; }

        public int Depth { get; set; }

        /// <summary>Where what was read of it ends.</summary>
        public int End { get; set; } = Span.End;
    }
}
