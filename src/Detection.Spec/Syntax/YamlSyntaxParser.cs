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

    private readonly SourceText source;
    private readonly DiagnosticBag diagnostics;
    private readonly Stack<Frame> frames = new();
    private readonly Dictionary<string, (SyntaxNode Node, int Weight)> anchors = new(StringComparer.Ordinal);
    private SyntaxNode? root;
    private int nodes;
    private bool stopped;

    private YamlSyntaxParser(SourceText source, DiagnosticBag diagnostics)
    {
        this.source = source;
        this.diagnostics = diagnostics;
    }

    /// <summary>Parses a document. Never throws: what cannot be read is reported, and the part before it returned.</summary>
    /// <returns>The root node, or null when there is none.</returns>
    public static SyntaxNode? Parse(SourceText source, DiagnosticBag diagnostics)
    {
        if (source.Text.Length > MaximumLength)
        {
            diagnostics.Report(Rules.LimitExceeded, source, default, $"The document has {source.Text.Length} characters; at most {MaximumLength} are read");
            return null;
        }

        var parser = new YamlSyntaxParser(source, diagnostics);
        parser.Run();
        return parser.root;
    }

    private void Run()
    {
        try
        {
            var parser = new Parser(new StringReader(source.Text));
            var documents = 0;
            while (!stopped && parser.MoveNext())
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
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException or FormatException)
        {
            // YamlDotNet lets these out for an unclosed bracket or a wild escape, without a position: the end of what was read is the best there is.
            Stop(Rules.YamlSyntax, new TextSpan(LastPosition(), 1), "The text is not YAML from here on");
        }

        while (frames.Count > 0)
        {
            Close(frames.Peek().Span.End);
        }
    }

    private void Accept(YamlEvent yamlEvent)
    {
        switch (yamlEvent)
        {
            case Scalar scalar:
                var text = new ScalarSyntax(source, SpanOf(scalar), scalar.Value, scalar.Style is ScalarStyle.Plain);
                RefuseTag(scalar, scalar.Tag);
                Add(text, weight: 1, AnchorOf(scalar.Anchor));
                break;
            case SequenceStart start:
                RefuseTag(start, start.Tag);
                Open(new Frame(IsMap: false, SpanOf(start), AnchorOf(start.Anchor)));
                break;
            case MappingStart start:
                RefuseTag(start, start.Tag);
                Open(new Frame(IsMap: true, SpanOf(start), AnchorOf(start.Anchor)));
                break;
            case SequenceEnd or MappingEnd:
                Close(yamlEvent.End.Index > int.MaxValue ? 0 : (int)yamlEvent.End.Index);
                break;
            case AnchorAlias alias when anchors.TryGetValue(alias.Value.Value, out var anchored):
                Add(anchored.Node, anchored.Weight, anchor: null);
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
        var span = new TextSpan(frame.Span.Start, Math.Max(frame.Span.Length, TrimmedEnd(frame.Span.Start, end) - frame.Span.Start));
        SyntaxNode node;
        if (frame.IsMap)
        {
            if (frame.Key is { } dangling)
            {
                // The text ended between a key and its value.
                frame.Entries.Add(new MappingEntry(dangling, new ScalarSyntax(source, dangling.Span, "", isPlain: true)));
            }

            node = new MappingSyntax(source, span, frame.Entries.ToImmutable());
        }
        else
        {
            node = new SequenceSyntax(source, span, frame.Items.ToImmutable());
        }

        nodes -= frame.Weight;
        Add(node, frame.Weight + 1, frame.Anchor);
    }

    private void Add(SyntaxNode node, int weight, string? anchor)
    {
        nodes += weight;
        if (nodes > MaximumNodes)
        {
            if (!stopped)
            {
                Stop(Rules.LimitExceeded, node.Span, $"The document has more than {MaximumNodes} nodes, aliases counted as what they stand for");
            }

            return;
        }

        if (anchor is not null)
        {
            anchors[anchor] = (node, weight);
        }

        if (frames.Count == 0)
        {
            root ??= node;
            return;
        }

        var frame = frames.Peek();
        frame.Weight += weight;
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
            }

            return scalar;
        }

        diagnostics.Report(Rules.UnsupportedYaml, node, $"A key must be a word, but here is {node.Kind}");
        return new ScalarSyntax(source, node.Span, "?", isPlain: false);
    }

    private void AddEntry(Frame frame, MappingEntry entry)
    {
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
        stopped = true;
        var start = Math.Max(0, Math.Min(span.Start, source.Text.Length));
        diagnostics.Report(descriptor, source, new TextSpan(start, Math.Max(0, Math.Min(span.Length, source.Text.Length - start))), message);
    }

    private int LastPosition() => frames.Count == 0
        ? 0
        : frames.Peek() switch
        {
            { IsMap: true, Key: { } key } => key.Span.End,
            { IsMap: true, Entries.Count: > 0 } map => map.Entries[map.Entries.Count - 1].Value.Span.End,
            { IsMap: false, Items.Count: > 0 } list => list.Items[list.Items.Count - 1].Span.End,
            var frame => frame.Span.Start,
        };

    // Block collections end where the next token begins; the space between is not theirs.
    private int TrimmedEnd(int start, int end)
    {
        end = Math.Min(end, source.Text.Length);
        while (end > start && char.IsWhiteSpace(source.Text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static TextSpan SpanOf(YamlEvent? yamlEvent) => yamlEvent is null
        ? default
        : new TextSpan((int)yamlEvent.Start.Index, (int)Math.Max(0, yamlEvent.End.Index - yamlEvent.Start.Index));

    private static string? AnchorOf(AnchorName anchor) => anchor.IsEmpty ? null : anchor.Value;

    private static string Sentence(string message) => message.Length == 0 ? "The text is not YAML" : message.TrimEnd('.');

    private sealed record Frame(bool IsMap, TextSpan Span, string? Anchor)
    {
        public ImmutableArray<SyntaxNode>.Builder Items { get; } = ImmutableArray.CreateBuilder<SyntaxNode>();

        public ImmutableArray<MappingEntry>.Builder Entries { get; } = ImmutableArray.CreateBuilder<MappingEntry>();

        public Dictionary<string, int> Lines { get; } = new(StringComparer.Ordinal);

        public ScalarSyntax? Key { get; set; }

        public int Weight { get; set; }
    }
}
