// The syntax tree of a spec: YAML's three node kinds, each knowing where in which document it stands.
// Trees of several documents mix when one spec extends another, so every node carries its source.
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Detection.Spec.Syntax;

/// <summary>A YAML node with its position.</summary>
public abstract class SyntaxNode(SourceText source, TextSpan span)
{
    /// <summary>The document the node was written in.</summary>
    public SourceText Source { get; } = source;

    /// <summary>Where in <see cref="Source"/> it stands.</summary>
    public TextSpan Span { get; } = span;

    /// <summary>What a person would call this kind of node, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar: text, plain or quoted.</summary>
public sealed class ScalarSyntax(SourceText source, TextSpan span, string value, bool isPlain) : SyntaxNode(source, span)
{
    /// <summary>The text after unescaping.</summary>
    public string Value { get; } = value;

    /// <summary>Whether it is written without quotes, so that <c>1</c>, <c>true</c> and <c>null</c> mean more than their letters.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Whether the scalar is YAML's null: empty, <c>~</c> or <c>null</c>, unquoted.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : $"'{Value}'";
}

/// <summary>A list.</summary>
public sealed class SequenceSyntax(SourceText source, TextSpan span, ImmutableArray<SyntaxNode> items) : SyntaxNode(source, span)
{
    /// <summary>The items in order.</summary>
    public ImmutableArray<SyntaxNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>One <c>key: value</c> of a map.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
public sealed record MappingEntry(ScalarSyntax Key, SyntaxNode Value)
{
    /// <summary>The key's text.</summary>
    public string Name => Key.Value;
}

/// <summary>A map; keys are unique and keep the order in which they were written.</summary>
public sealed class MappingSyntax(SourceText source, TextSpan span, ImmutableArray<MappingEntry> entries) : SyntaxNode(source, span)
{
    /// <summary>The entries in order.</summary>
    public ImmutableArray<MappingEntry> Entries { get; } = entries;

    /// <inheritdoc/>
    public override string Kind => "a map";

    /// <summary>Finds an entry by its key.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out MappingEntry? entry)
    {
        foreach (var candidate in Entries)
        {
            if (candidate.Name == name)
            {
                entry = candidate;
                return true;
            }
        }

        entry = null;
        return false;
    }

    /// <summary>The value under a key, or null.</summary>
    public SyntaxNode? this[string name] => TryGet(name, out var entry) ? entry.Value : null;
}
