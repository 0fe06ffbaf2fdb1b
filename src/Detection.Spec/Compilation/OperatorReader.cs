// `operators`: reads what a spec says of operators that C# classes compute. Words and the forms of rules are checked where they are declared,
// whether or not a node uses them; what depends on values is checked at each use, see DeclaredOperator.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Expressions;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads declared operators.</summary>
internal sealed partial class OperatorReader(DiagnosticBag diagnostics, SpecLibrary? library, MappingSyntax? blocks)
{
    internal static readonly ImmutableArray<string> Keys = ["summary", "class", "inputs", "attributes", "shape", "tensors", "multiplyAdds", "sees"];
    internal static readonly ImmutableArray<string> ShapeKeys = ["channels", DeclaredOperator.Height, DeclaredOperator.Width, "vector"];
    internal static readonly ImmutableArray<string> AttributeKinds = ["integer", "number", "flag"];

    /// <summary>The keys of an attribute, besides <c>default</c>, which is of the attribute's own kind.</summary>
    internal static readonly ImmutableArray<AttributeDefinition> AttributeKeys =
    [
        new("kind", AttributeKind.Word, "What it holds.") { Default = AttributeValue.OfWord("integer"), Words = AttributeKinds },
        new("minimum", AttributeKind.Number, "Smallest value."),
        new("maximum", AttributeKind.Number, "Largest value."),
        new("summary", AttributeKind.Text, "One sentence, for the documentation of the class."),
    ];

    /// <summary>The keys of a tensor, besides <c>shape</c>.</summary>
    internal static readonly ImmutableArray<AttributeDefinition> TensorKeys =
    [
        new("init", AttributeKind.Number, "Value that training begins with; random as in a convolution when absent, or 0 with a single axis."),
        new("learned", AttributeKind.Flag, "Whether training changes it.") { Default = AttributeValue.Of(true) },
    ];

    private const int MostAxes = 8;

    private bool isBroken;

    /// <summary>The operators of a map, by name; one with errors is in it as broken.</summary>
    public ImmutableSortedDictionary<string, OperatorDefinition> Read(SyntaxNode? declaration)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, OperatorDefinition>(StringComparer.Ordinal);
        switch (declaration)
        {
            case null or ScalarSyntax { IsNull: true }:
                break;
            case MappingSyntax map:
                foreach (var entry in map.Entries)
                {
                    if (Read(entry) is { } definition)
                    {
                        found[entry.Name] = definition;
                    }
                }

                break;
            default:
                diagnostics.Report(Rules.WrongType, declaration, "operators", "a map of named operators", declaration.Kind);
                break;
        }

        return found.ToImmutable();
    }

    private OperatorDefinition? Read(MappingEntry entry)
    {
        isBroken = false;
        if (entry.Name.StartsWith("$", StringComparison.Ordinal))
        {
            diagnostics.Report(Rules.VerbMisused, entry.Key, $"'{entry.Name}' needs 'extends': there is nothing to merge with");
            return null;
        }

        if (!Names.IsNodeName(entry.Name))
        {
            diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "an operator", Names.NodeNameRule);
            return Broken(entry);
        }

        var taken = OperatorCatalog.Find(entry.Name) is not null ? "an operator of the language"
            : blocks?[entry.Name] is not null ? "a block" : library?.Find(entry.Name) is not null ? "a model" : null;
        if (taken is not null)
        {
            diagnostics.Report(Rules.NameTaken, entry.Key, entry.Name, taken);
            return null;
        }

        if (entry.Value is not MappingSyntax map)
        {
            diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a map with 'class', 'attributes', 'shape' or 'tensors'", entry.Value.Kind);
            return Broken(entry);
        }

        foreach (var unknown in map.Entries.Where(e => !Keys.Contains(e.Name)))
        {
            if (unknown.Name.StartsWith("$", StringComparison.Ordinal))
            {
                diagnostics.Report(Rules.VerbMisused, unknown.Key, $"'{unknown.Name}' needs 'extends': there is nothing to merge with");
                continue;
            }

            diagnostics.Report(Rules.UnknownKey, unknown.Key, unknown.Name, "an operator", diagnostics.DidYouMean(unknown.Name, Keys));
        }

        if (ClassName(entry, map) is not { } className)
        {
            return Broken(entry);
        }

        var attributes = Attributes(map["attributes"]);
        var inputs = Inputs(map["inputs"], attributes);
        var names = attributes.Select(a => a.Name).Concat(inputs).Aggregate(Scope.Empty.WithUnknown("in"), (scope, name) => scope.WithUnknown(name));
        var shape = Shape(map["shape"], names);
        var tensors = Tensors(map["tensors"], names, [.. attributes.Select(a => a.Name), .. inputs, .. inputs.Select(i => i + "Channels")]);
        var multiplyAdds = map["multiplyAdds"] is { } costs ? Rule(costs, "multiplyAdds", names) : null;
        var sees = Sees(map["sees"], names);
        var summary = map["summary"] is { } words ? Words("summary", words) : null;
        var definition = new OperatorDefinition(entry.Name, summary ?? $"The operator {entry.Name}.")
        {
            Attributes = attributes,
            MinimumInputs = Math.Max(1, inputs.Length),
            MaximumInputs = Math.Max(1, inputs.Length),
            IsModule = true,
            Class = new OperatorClass(className, map.Source.Path, inputs, tensors, shape.Vector is not null, isBroken),
        };
        return isBroken ? definition : new DeclaredOperator(inputs, shape, tensors, multiplyAdds, sees).Complete(definition);
    }

    // Known by name, so that its uses are no mistakes of their own, but without a class.
    private static OperatorDefinition Broken(MappingEntry entry) =>
        new(entry.Name, "") { Class = new OperatorClass("", entry.Key.Source.Path, [], [], IsVector: false, IsBroken: true) };

    private ImmutableArray<AttributeDefinition> Attributes(SyntaxNode? declaration)
    {
        var found = ImmutableArray.CreateBuilder<AttributeDefinition>();
        if (Map(declaration, "attributes", "a map of named attributes") is not { } map)
        {
            return [];
        }

        foreach (var entry in map.Entries)
        {
            var before = diagnostics.Errors;
            if (!Names.IsNodeName(entry.Name))
            {
                diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "an attribute", Names.NodeNameRule);
            }
            else if (GraphBuilder.NodeKeys.Contains(entry.Name))
            {
                diagnostics.Report(Rules.NameTaken, entry.Key, entry.Name, "a key of nodes");
            }
            else if (ParameterReader.Reserved.Contains(entry.Name) || entry.Name is DeclaredOperator.Height or DeclaredOperator.Width or DeclaredOperator.InChannels)
            {
                diagnostics.Report(Rules.NameTaken, entry.Key, entry.Name, "a name of the expression language");
            }
            else if (entry.Value is not MappingSyntax attribute)
            {
                diagnostics.Report(Rules.WrongType, entry.Value, entry.Name, "a map such as { kind: integer, default: 1 }", entry.Value.Kind);
            }
            else if (AttributeReader.Read(attribute, AttributeKeys, ["default"], Scope.Empty, $"the attribute '{entry.Name}'", entry.Key, diagnostics) is { } said)
            {
                var definition = new AttributeDefinition(entry.Name, (AttributeKind)AttributeKinds.IndexOf(said["kind"].Word), said.Find("summary")?.Word ?? "")
                {
                    Minimum = said.Find("minimum")?.Number ?? -1e9,
                    Maximum = said.Find("maximum")?.Number ?? 1e9,
                };
                var standard = attribute["default"] is { } value ? AttributeReader.Value(definition with { Name = "default" }, value, Scope.Empty, diagnostics) : null;
                found.Add(definition with { Default = standard, Required = standard is null });
            }

            isBroken |= diagnostics.Errors > before;
        }

        return found.ToImmutable();
    }

    private ShapeRules Shape(SyntaxNode? declaration, Scope names)
    {
        if (Map(declaration, "shape", "a map with 'channels', 'height' and 'width', or with 'vector'") is not { } map)
        {
            return new ShapeRules(null, null, null, null);
        }

        foreach (var entry in map.Entries.Where(e => !ShapeKeys.Contains(e.Name)))
        {
            diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'shape'", diagnostics.DidYouMean(entry.Name, ShapeKeys));
            isBroken = true;
        }

        var vector = map["vector"];
        if (vector is not null && map.Entries.Any(e => e.Name != "vector" && ShapeKeys.Contains(e.Name)))
        {
            var beside = map.Entries.First(e => e.Name != "vector" && ShapeKeys.Contains(e.Name));
            Fault(beside.Key, $"'{beside.Name}' stands beside 'vector': an output is a vector or a feature map");
            return new ShapeRules(null, null, null, null);
        }

        return new ShapeRules(
            map["channels"] is { } channels ? Rule(channels, "channels", names) : null,
            map[DeclaredOperator.Height] is { } height ? Size(height, DeclaredOperator.Height, names) : null,
            map[DeclaredOperator.Width] is { } width ? Size(width, DeclaredOperator.Width, names) : null,
            vector is not null ? Rule(vector, "vector", names) : null);
    }

    private ImmutableArray<DeclaredTensor> Tensors(SyntaxNode? declaration, Scope names, ImmutableArray<string> taken)
    {
        var found = ImmutableArray.CreateBuilder<DeclaredTensor>();
        foreach (var entry in Map(declaration, "tensors", "a map of tensors and their sizes")?.Entries ?? [])
        {
            var before = diagnostics.Errors;
            if (!Names.IsNodeName(entry.Name))
            {
                diagnostics.Report(Rules.BadName, entry.Key, entry.Name, "a tensor", Names.NodeNameRule);
            }
            else if (entry.Name == DeclaredOperator.InChannels || taken.Contains(entry.Name))
            {
                diagnostics.Report(Rules.NameTaken, entry.Key, entry.Name, "an attribute or input");
            }
            else
            {
                var map = entry.Value as MappingSyntax;
                var said = AttributeReader.Read(map, TensorKeys, ["shape"], Scope.Empty, $"the tensor '{entry.Name}'", entry.Key, diagnostics);
                if (map is not null && map["shape"] is null)
                {
                    diagnostics.Report(Rules.MissingKey, entry.Key, $"the tensor '{entry.Name}'", "shape");
                }
                else if ((map is null ? entry.Value : map["shape"]) is SequenceSyntax { Items.Length: <= MostAxes } sizes)
                {
                    var rules = sizes.Items.Select(i => Rule(i, entry.Name, names)).ToArray();
                    if (said is not null && rules.All(r => r is not null))
                    {
                        found.Add(new DeclaredTensor(entry.Name, [.. rules.Select(r => r!.Value.Expression)], said.Find("init")?.Number, said["learned"].Flag));
                    }
                }
                else
                {
                    diagnostics.Report(Rules.WrongType, map?["shape"] ?? entry.Value, entry.Name, $"a list of at most {MostAxes} sizes such as [\"in\", 3, 3]", (map?["shape"] ?? entry.Value).Kind);
                }
            }

            isBroken |= diagnostics.Errors > before;
        }

        return found.ToImmutable();
    }

    private (OperatorExpression Height, OperatorExpression Width)? Sees(SyntaxNode? declaration, Scope names)
    {
        switch (declaration)
        {
            case null:
                return null;
            case SequenceSyntax { Items.Length: 2 } pair:
                return Rule(pair.Items[0], "sees", names) is { } height && Rule(pair.Items[1], "sees", names) is { } width ? (height, width) : null;
            default:
                return Rule(declaration, "sees", names) is { } both ? (both, both) : null;
        }
    }

    private OperatorExpression? Size(SyntaxNode node, string axis, Scope names)
    {
        if (Rule(node, axis, names.WithUnknown(axis)) is not { } rule)
        {
            return null;
        }

        if (SizeRule.Fault(rule.Expression, axis) is not { } fault)
        {
            return rule;
        }

        Fault(node, $"'{rule.Text}' is no size that can be decided for all inputs: {fault}; a rule is {axis} times a number plus a number, divided by a number, in floor, ceil or round, and these again");
        return null;
    }

    // An expression whose names and functions exist.
    private OperatorExpression? Rule(SyntaxNode node, string what, Scope names)
    {
        var before = diagnostics.Errors;
        if (node is not ScalarSyntax { IsNull: false } scalar || Scope.IsTruth(scalar))
        {
            diagnostics.Report(Rules.WrongType, node, what, "a number or an expression", node.Kind);
        }
        else
        {
            names.Evaluate(scalar, diagnostics);
            if (diagnostics.Errors == before)
            {
                var expression = ExpressionParser.Parse(scalar.Value);
                if (WrongCall(expression) is not { } wrong)
                {
                    return new OperatorExpression(scalar.Value, expression);
                }

                diagnostics.Report(Rules.ExpressionValue, scalar, scalar.Value, wrong);
            }
        }

        isBroken = true;
        return null;
    }

    private static string? WrongCall(Expression expression)
    {
        switch (expression)
        {
            case Expression.Negate negate:
                return WrongCall(negate.Operand);
            case Expression.Binary binary:
                return WrongCall(binary.Left) ?? WrongCall(binary.Right);
            case Expression.Call call:
                try
                {
                    ExpressionFunctions.Apply(call.Function, [.. call.Arguments.Select(_ => 1.0)]);
                    return call.Arguments.Select(WrongCall).FirstOrDefault(w => w is not null);
                }
                catch (ExpressionException e)
                {
                    return e.Message;
                }

            default:
                return null;
        }
    }

    private MappingSyntax? Map(SyntaxNode? node, string what, string expected)
    {
        if (node is null or MappingSyntax)
        {
            return node as MappingSyntax;
        }

        diagnostics.Report(Rules.WrongType, node, what, expected, node.Kind);
        isBroken = true;
        return null;
    }

    private string? Words(string what, SyntaxNode node)
    {
        if (node is ScalarSyntax { IsNull: false } text)
        {
            return text.Value;
        }

        diagnostics.Report(Rules.WrongType, node, what, "text", node.Kind);
        return null;
    }

    private void Fault(SyntaxNode at, string message)
    {
        diagnostics.Report(Rules.OperatorRule, at, message);
        isBroken = true;
    }
}
