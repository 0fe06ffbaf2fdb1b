// Fills `{axis}` and `{axis.word}` in the scalars of a grid with what they are at a point.
using System.Collections.Immutable;
using System.Text;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>A hole in a text.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">Number of characters with its braces.</param>
/// <param name="Axis">The word before the dot.</param>
/// <param name="Word">The word behind the dot, or null.</param>
internal readonly record struct GridHole(int Start, int Length, string Axis, string? Word);

/// <summary>What the holes are filled with at one point.</summary>
internal sealed class GridHoles(ImmutableArray<GridAxis> axes, ImmutableArray<GridValue> values)
{
    /// <summary>Holes that repetitions and heads fill, not grids.</summary>
    public static readonly ImmutableArray<string> Others = ["i", "index", "level"];

    /// <summary>The holes of a text, whatever fills them.</summary>
    public static IEnumerable<GridHole> In(string text)
    {
        for (var open = text.IndexOf('{'); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                yield break;
            }

            var inner = text.Substring(open + 1, close - open - 1);
            var dot = inner.IndexOf('.');
            var axis = dot < 0 ? inner : inner.Substring(0, dot);
            var word = dot < 0 ? null : inner.Substring(dot + 1);
            if (Names.IsNodeName(axis) && (word is null || Names.IsNodeName(word)))
            {
                yield return new GridHole(open, close - open + 1, axis, word);
            }
        }
    }

    /// <summary>Whether the point is among those that a selector names.</summary>
    public bool IsAt(MappingSyntax selector) => selector.Entries.All(entry =>
    {
        var value = ValueOf(entry.Name);
        return value is null || (entry.Value is SequenceSyntax list ? list.Items : [entry.Value]).OfType<ScalarSyntax>().Any(s => s.Value == value.Name);
    });

    /// <summary>An entry of the top level with its holes filled; in <c>class</c> names are spelled as C# spells them.</summary>
    public MappingEntry Fill(MappingEntry entry) => entry is { Name: "class", Value: ScalarSyntax pattern }
        ? new MappingEntry(entry.Key, new ScalarSyntax(pattern.Source, pattern.Span, Fill(pattern.Value, isClass: true), pattern.IsPlain))
        : new MappingEntry(entry.Key, Fill(entry.Value));

    /// <summary>A tree with its holes filled; what has none is shared with the tree it came from.</summary>
    public T Fill<T>(T node)
        where T : SyntaxNode
    {
        switch (node)
        {
            case ScalarSyntax scalar when scalar.Value.IndexOf('{') >= 0:
                var filled = Fill(scalar.Value, isClass: false);
                return filled == scalar.Value ? node : (T)(SyntaxNode)new ScalarSyntax(scalar.Source, scalar.Span, filled, scalar.IsPlain);
            case SequenceSyntax list:
                var items = list.Items.Select(Fill).ToImmutableArray();
                return items.SequenceEqual(list.Items, ReferenceEqual) ? node : (T)(SyntaxNode)new SequenceSyntax(list.Source, list.Span, items);
            case MappingSyntax map:
                var values = map.Entries.Select(e => Fill(e.Value)).ToImmutableArray();
                return values.SequenceEqual(map.Entries.Select(e => e.Value), ReferenceEqual)
                    ? node
                    : (T)(SyntaxNode)new MappingSyntax(map.Source, map.Span, [.. map.Entries.Select((e, i) => new MappingEntry(e.Key, values[i]))]);
            default:
                return node;
        }
    }

    /// <summary>A text with its holes filled.</summary>
    public string Fill(string text, bool isClass)
    {
        var result = new StringBuilder();
        var position = 0;
        foreach (var hole in In(text))
        {
            if (hole.Start < position || ValueOf(hole.Axis) is not { } value)
            {
                continue;
            }

            var word = hole.Word is null ? (isClass ? Spelled(value.Name) : value.Name) : value.Texts.TryGetValue(hole.Word, out var found) ? found : null;
            if (word is not null)
            {
                result.Append(text, position, hole.Start - position).Append(word);
                position = hole.Start + hole.Length;
            }
        }

        return position == 0 ? text : result.Append(text, position, text.Length - position).ToString();
    }

    private static IEqualityComparer<SyntaxNode> ReferenceEqual { get; } = new ByReference();

    // Inside a class's name a value may begin with a digit.
    private static string Spelled(string name) => Names.Pascal("x-" + name).Substring(1);

    private GridValue? ValueOf(string axis)
    {
        for (var i = 0; i < axes.Length; i++)
        {
            if (axes[i].Name == axis)
            {
                return values[i];
            }
        }

        return null;
    }

    private sealed class ByReference : IEqualityComparer<SyntaxNode>
    {
        public bool Equals(SyntaxNode? x, SyntaxNode? y) => ReferenceEquals(x, y);

        public int GetHashCode(SyntaxNode obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
    }
}
