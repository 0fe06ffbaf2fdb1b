// `repeat`, `first` and `key`: a node that stands behind itself, what is different where it stands first, and the names of its tensors.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <content>Carries out <c>repeat</c>.</content>
internal sealed partial class GraphBuilder
{
    private const long MaximumNumber = 999_999_999;
    private static readonly Regex BracedExpression = new(@"\{([^{}]*)\}", RegexOptions.CultureInvariant);
    private static readonly AttributeDefinition RepeatDefinition = new("repeat", AttributeKind.Integer, "How often the node stands behind itself.") { Minimum = 1, Maximum = 1000 };

    private ImmutableArray<Port> Repeat(
        string nodeName, ScalarSyntax name, ScalarSyntax op, MappingSyntax map, Scope nodeScope, Scope scopeHere, ImmutableArray<Port>? sources)
    {
        var count = AttributeReader.Value(RepeatDefinition, map["repeat"]!, scopeHere, Diagnostics)?.Integer;
        if (!ReadFirst(map, out var first) || count is not { } repeat)
        {
            CheckWords(op, map, scopeHere, name);
            return [];
        }

        ImmutableArray<Port> result = [];
        for (var i = 1; i <= repeat; i++)
        {
            var partName = nodeName + "_" + i.ToString(CultureInfo.InvariantCulture);
            if (names.ContainsKey(partName))
            {
                Diagnostics.Report(Rules.NameTaken, name, partName, $"a node or input (it would be number {i} of '{nodeName}')");
                return [];
            }

            var attributes = i == 1 && first is not null ? Inheritance.Lay(map, first, "'first'", $"the node '{nodeName}'", isNamed: false, Diagnostics) : map;
            result = Build(partName, name, op, attributes, nodeScope, Key(map, partName, i, nodeScope), i == 1 ? sources : [.. result.Take(1)], repetition: i);
            names[partName] = result;
            if (result.Length > 1)
            {
                ManyOutputs(op, op.Value, OutputNames(result));
                return [];
            }

            if (result.IsEmpty)
            {
                if (first is not null)
                {
                    CheckWords(op, map, scopeHere, name);
                }

                return [];
            }
        }

        return result;
    }

    private bool ReadFirst(MappingSyntax map, out MappingSyntax? first)
    {
        first = map["first"] as MappingSyntax;
        if (first is null && map["first"] is { } other)
        {
            Diagnostics.Report(Rules.WrongType, other, "first", "a map of attributes of the first repetition", other.Kind);
            return false;
        }

        foreach (var entry in first?.Entries.Where(e => e.Name != "patch" && NodeKeys.Contains(e.Name)) ?? [])
        {
            Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'first', which changes attributes only", "");
        }

        return true;
    }

    private string Key(MappingSyntax? map, string nodeName, int? repetition, Scope nodeScope)
    {
        if (map?["key"] is not { } key)
        {
            return nodeName;
        }

        if (key is ScalarSyntax { IsNull: false } text)
        {
            return repetition is { } i ? Numbered(text, nodeScope.With("i", i - 1)) : text.Value;
        }

        Diagnostics.Report(Rules.WrongType, key, "key", "the prefix of the node's tensors in a state dict", key.Kind);
        return nodeName;
    }

    // "res4b{i+1}": what stands in braces is an expression, in which `i` counts the repetitions from 0.
    private string Numbered(ScalarSyntax key, Scope scope) => BracedExpression.Replace(key.Value, braces =>
    {
        var expression = new ScalarSyntax(key.Source, key.Span, braces.Groups[1].Value, key.IsPlain);
        if (scope.Evaluate(expression, Diagnostics) is not { } value)
        {
            return braces.Value;
        }

        if (value != Math.Floor(value) || Math.Abs(value) > MaximumNumber)
        {
            Diagnostics.Report(Rules.OutOfRange, key, braces.Value, value, "a whole number of at most 9 digits");
        }

        return value.ToString("0", CultureInfo.InvariantCulture);
    });
}
