// The attributes of operators and sections: their names, kinds, bounds and defaults. One table serves parsing,
// checking, messages and (through the same definitions) editors.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Spec.Operators;

/// <summary>What values an attribute takes.</summary>
public enum AttributeKind
{
    /// <summary>A whole number, or an expression for one.</summary>
    Integer,

    /// <summary>A number, or an expression for one.</summary>
    Number,

    /// <summary>true or false, or an expression that is not 0 or 0.</summary>
    Flag,

    /// <summary>One of a fixed set of words.</summary>
    Word,

    /// <summary>A whole number for both axes, or <c>[height, width]</c>.</summary>
    Pair,

    /// <summary>A whole number for both axes, <c>[height, width]</c>, or one of a fixed set of words.</summary>
    PairOrWord,

    /// <summary>A number, or one of a fixed set of words.</summary>
    NumberOrWord,

    /// <summary>A list of numbers.</summary>
    Numbers,

    /// <summary>A list of pairs of numbers, <c>[[width, height], ...]</c>.</summary>
    NumberPairs,

    /// <summary>Free text.</summary>
    Text,
}

/// <summary>An attribute that an operator or section may have.</summary>
/// <param name="Name">The key in YAML.</param>
/// <param name="Kind">What values it takes.</param>
/// <param name="Summary">One sentence for documentation and editors.</param>
public sealed record AttributeDefinition(string Name, AttributeKind Kind, string Summary)
{
    /// <summary>Value when the key is absent; null means that there is none.</summary>
    public AttributeValue? Default { get; init; }

    /// <summary>Whether operators had no such attribute at first: a fingerprint then speaks of it only where it is not the default, so that older weights keep theirs.</summary>
    public bool CameLater { get; init; }

    /// <summary>Whether the key must be there.</summary>
    public bool Required { get; init; }

    /// <summary>Smallest value.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>The allowed words of a <see cref="AttributeKind.Word"/>, <see cref="AttributeKind.PairOrWord"/> or <see cref="AttributeKind.NumberOrWord"/>.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>The kind in words, for messages.</summary>
    public string Expectation => Kind switch
    {
        AttributeKind.Integer => "a whole number",
        AttributeKind.Number => "a number",
        AttributeKind.Flag => "true or false",
        AttributeKind.Word => "one of " + string.Join(", ", Words),
        AttributeKind.Pair => "a whole number or [height, width]",
        AttributeKind.PairOrWord => "a whole number, [height, width] or one of " + string.Join(", ", Words),
        AttributeKind.NumberOrWord => "a number or one of " + string.Join(", ", Words),
        AttributeKind.Numbers => "a list of numbers",
        AttributeKind.NumberPairs => "a list of [width, height] pairs",
        _ => "text",
    };
}

/// <summary>The value of an attribute. Value-equal.</summary>
public sealed record AttributeValue
{
    private AttributeValue(AttributeKind kind) => Kind = kind;

    /// <summary>What it holds.</summary>
    public AttributeKind Kind { get; }

    /// <summary>The number, or 1 and 0 for a flag.</summary>
    public double Number { get; private init; }

    /// <summary>The word or text.</summary>
    public string Word { get; private init; } = "";

    /// <summary>The first value of a pair: height.</summary>
    public long First { get; private init; }

    /// <summary>The second value of a pair: width.</summary>
    public long Second { get; private init; }

    /// <summary>The numbers of a list; a list of pairs lies flat.</summary>
    public EquatableArray<double> List { get; private init; } = EquatableArray<double>.Empty;

    /// <summary>The number as a whole number.</summary>
    public long Integer => (long)Number;

    /// <summary>Whether a flag is set.</summary>
    public bool Flag => Number != 0;

    /// <summary>A whole number.</summary>
    public static AttributeValue Of(long value) => new(AttributeKind.Integer) { Number = value };

    /// <summary>A number.</summary>
    public static AttributeValue Of(double value) => new(AttributeKind.Number) { Number = value };

    /// <summary>A flag.</summary>
    public static AttributeValue Of(bool value) => new(AttributeKind.Flag) { Number = value ? 1 : 0 };

    /// <summary>A word.</summary>
    public static AttributeValue OfWord(string value) => new(AttributeKind.Word) { Word = value };

    /// <summary>Free text.</summary>
    public static AttributeValue OfText(string value) => new(AttributeKind.Text) { Word = value };

    /// <summary>A pair, height first.</summary>
    public static AttributeValue OfPair(long first, long second) => new(AttributeKind.Pair) { First = first, Second = second };

    /// <summary>A list of numbers.</summary>
    public static AttributeValue Of(ImmutableArray<double> values) => new(AttributeKind.Numbers) { List = new(values) };

    /// <summary>A list of pairs, flat.</summary>
    public static AttributeValue OfPairs(ImmutableArray<double> values) => new(AttributeKind.NumberPairs) { List = new(values) };

    /// <summary>The value as YAML would write it.</summary>
    public override string ToString() => Kind switch
    {
        AttributeKind.Flag => Flag ? "true" : "false",
        AttributeKind.Word or AttributeKind.Text => Word,
        AttributeKind.Pair => First == Second
            ? First.ToString(CultureInfo.InvariantCulture)
            : string.Format(CultureInfo.InvariantCulture, "[{0}, {1}]", First, Second),
        AttributeKind.Numbers or AttributeKind.NumberPairs =>
            "[" + string.Join(", ", List.Select(v => v.ToString("R", CultureInfo.InvariantCulture))) + "]",
        _ => Number.ToString("R", CultureInfo.InvariantCulture),
    };
}

/// <summary>The attributes of one operator use, defaults filled in.</summary>
public sealed class AttributeSet(ImmutableSortedDictionary<string, AttributeValue> values)
{
    /// <summary>No attributes.</summary>
    public static AttributeSet Empty { get; } = new(ImmutableSortedDictionary<string, AttributeValue>.Empty);

    /// <summary>All of them, by name.</summary>
    public ImmutableSortedDictionary<string, AttributeValue> Values { get; } = values;

    /// <summary>An attribute that the definition gives a default or requires.</summary>
    public AttributeValue this[string name] => Values[name];

    /// <summary>Whether the attribute has a value.</summary>
    public bool Has(string name) => Values.ContainsKey(name);

    /// <summary>The same attributes with one of another value.</summary>
    public AttributeSet With(string name, AttributeValue value) => new(Values.SetItem(name, value));

    /// <summary>An attribute, or null.</summary>
    public AttributeValue? Find(string name) => Values.TryGetValue(name, out var value) ? value : null;
}
