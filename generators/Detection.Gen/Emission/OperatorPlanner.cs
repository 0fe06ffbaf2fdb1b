// Plans the generated half of a class that computes an operator of a spec: its constructor with the attributes, and the tensors it keeps.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Gen.Pipeline;
using Detection.Spec.Expressions;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>An attribute as parameter of the constructor and as field.</summary>
/// <param name="Word">The parameter, for documentation.</param>
/// <param name="Name">The parameter, and the field.</param>
/// <param name="Type">C# type.</param>
/// <param name="Default">C# literal; empty for none.</param>
/// <param name="Summary">What it means.</param>
internal sealed record OperatorAttributePlan(string Word, string Name, string Type, string Default, string Summary);

/// <summary>An input as parameter of the forward pass.</summary>
/// <param name="Word">The parameter, for documentation.</param>
/// <param name="Name">The parameter.</param>
internal sealed record OperatorInputPlan(string Word, string Name);

/// <summary>A tensor as field.</summary>
/// <param name="Key">Its name in state dicts.</param>
/// <param name="Field">Its field.</param>
/// <param name="Sizes">C# expressions of its sizes.</param>
/// <param name="Initial">C# expression that creates it; empty for random weights.</param>
/// <param name="Learned">Whether it is a parameter.</param>
internal sealed record OperatorTensorPlan(string Key, string Field, ImmutableArray<string> Sizes, string Initial, bool Learned);

/// <summary>The generated half of an operator's class.</summary>
internal sealed record OperatorPlan(
    string SpecName, string Namespace, string ClassName, string Name, string Summary, string Result, ImmutableArray<OperatorInputPlan> Inputs, ImmutableArray<OperatorAttributePlan> Channels,
    ImmutableArray<OperatorAttributePlan> Attributes, ImmutableArray<OperatorTensorPlan> Tensors);

/// <summary>Plans operator classes.</summary>
internal static class OperatorPlanner
{
    private const string Channels = "Channels";

    // What the generated half says besides names of attributes and tensors.
    private static readonly ImmutableHashSet<string> Mentioned = ["Prepare", "System", "empty", "full", "inChannels", "init", "zeros"];

    /// <summary>The generated half; its file is named by what it says, so that equal declarations are one file and others are not.</summary>
    public static (string TypeName, GeneratedSource Source) Render(OperatorDefinition definition, SpecInput spec)
    {
        var declared = definition.Class!;
        var (where, name) = declared.In(spec.Namespace);
        var names = Identifiers(definition);
        var attributes = definition.Attributes.Select(a => new OperatorAttributePlan(
            names[a.Name].TrimStart('@'), names[a.Name], Type(a.Kind), a.Default is { } value ? Literal(a.Kind, value) : "",
            a.Summary.Length > 0 ? CSharp.Documentation(a.Summary) : $"The attribute {a.Name}.")).ToImmutableArray();
        var text = Templates.Render("custom-operator", new OperatorPlan(
            CSharp.Comment(spec.Name), where, name, CSharp.Comment(definition.Name), CSharp.Documentation(definition.Summary), declared.IsVector ? "[N, C]" : "[N, C, H, W]",
            [.. declared.Inputs.DefaultIfEmpty("input").Select(i => new OperatorInputPlan(i, Names.Identifier(i)))],
            [
                new OperatorAttributePlan("inChannels", "inChannels", "long", "", declared.Inputs.IsEmpty ? "Channels of the input." : $"Channels of {declared.Inputs[0]}."),
                .. declared.Inputs.Skip(1).Select(i => new OperatorAttributePlan(names[i + Channels].TrimStart('@'), names[i + Channels], "long", "", $"Channels of {i}.")),
            ],
            [.. attributes.Where(a => a.Default.Length == 0), .. attributes.Where(a => a.Default.Length > 0)],
            [.. declared.Tensors.Select(t => Tensor(t, definition, names))]));
        return ($"{where}.{name}", new GeneratedSource($"operators/{where}.{name}.{Word(text.Substring(text.IndexOf("#nullable", StringComparison.Ordinal)))}.g.cs", text));
    }

    /// <summary>Attributes and tensors as parameters and fields: as written, unless the generated half means something else by the word.</summary>
    public static ImmutableDictionary<string, string> Identifiers(OperatorDefinition definition)
    {
        var names = definition.Attributes.Select(a => a.Name).Concat(definition.Class!.Tensors.Select(t => t.Name))
            .Concat(definition.Class.Inputs.Skip(1).Select(i => i + Channels)).ToImmutableHashSet(StringComparer.Ordinal);
        var className = definition.Class.In("").Name;
        return names.ToImmutableDictionary(name => name, name => IsTaken(name) ? Free(name) : Names.Identifier(name), StringComparer.Ordinal);

        bool IsTaken(string name) => name == className || Mentioned.Contains(name) || GeneratedNames.Reserved.Contains(name);

        string Free(string name)
        {
            do
            {
                name += "_";
            }
            while (names.Contains(name) || IsTaken(name));
            return name;
        }
    }

    private static OperatorTensorPlan Tensor(DeclaredTensor tensor, OperatorDefinition definition, ImmutableDictionary<string, string> names)
    {
        ImmutableArray<string> sizes = [.. tensor.Sizes.Select(s => Size(s, definition, names))];
        var list = $"[{string.Join(", ", sizes)}]";
        var initial = tensor.Initial is { } value ? $"full({list}, {CSharp.FloatLiteral(value)})" : tensor.Sizes.Length < 2 || !tensor.Learned ? $"zeros({list})" : "";
        return new OperatorTensorPlan(CSharp.Literal(tensor.Name), names[tensor.Name], sizes, initial, tensor.Learned);
    }

    private static string Type(AttributeKind kind) => kind switch
    {
        AttributeKind.Flag => "bool",
        AttributeKind.Number => "double",
        _ => "long",
    };

    private static string Literal(AttributeKind kind, AttributeValue value) => kind switch
    {
        AttributeKind.Flag => CSharp.Literal(value.Flag),
        AttributeKind.Number => CSharp.Literal(value.Number),
        _ => CSharp.Literal(value.Integer),
    };

    // Sums and products of whole numbers as they stand; anything else as the spec computes it, in floating point.
    private static string Size(Expression size, OperatorDefinition definition, ImmutableDictionary<string, string> names) =>
        IsWhole(size, definition) ? Text(size, definition, names, isWhole: true) : $"(long)({Text(size, definition, names, isWhole: false)})";

    private static bool IsWhole(Expression size, OperatorDefinition definition) => size switch
    {
        Expression.Number number => number.Value == Math.Floor(number.Value),
        Expression.Name name => name.Identifier == "in" || definition.Class!.Inputs.Contains(name.Identifier) || definition.Attributes.First(a => a.Name == name.Identifier).Kind == AttributeKind.Integer,
        Expression.Negate negate => IsWhole(negate.Operand, definition),
        Expression.Binary { Operator: "+" or "-" or "*" } binary => IsWhole(binary.Left, definition) && IsWhole(binary.Right, definition),
        _ => false,
    };

    private static string Text(Expression size, OperatorDefinition definition, ImmutableDictionary<string, string> names, bool isWhole)
    {
        string Of(Expression part) => part is Expression.Binary ? $"({Text(part, definition, names, isWhole)})" : Text(part, definition, names, isWhole);
        switch (size)
        {
            case Expression.Number number:
                return isWhole ? CSharp.Literal((long)number.Value) : CSharp.Literal(number.Value);
            case Expression.Name name when definition.Class!.Inputs.IndexOf(name.Identifier) is > 0 and var input:
                var channels = names[definition.Class.Inputs[input] + Channels];
                return isWhole ? channels : "(double)" + channels;
            case Expression.Name name when name.Identifier == "in" || definition.Class!.Inputs.Contains(name.Identifier):
                return isWhole ? "inChannels" : "(double)inChannels";
            case Expression.Name name:
                var identifier = names[name.Identifier];
                return isWhole ? identifier : definition.Attributes.First(a => a.Name == name.Identifier).Kind == AttributeKind.Flag ? $"({identifier} ? 1.0 : 0.0)" : $"(double){identifier}";
            case Expression.Negate negate:
                return "-" + Of(negate.Operand);
            case Expression.Binary { Operator: "+" or "-" or "*" or "/" } binary:
                return $"{Of(binary.Left)} {binary.Operator} {Of(binary.Right)}";
            case Expression.Binary binary:
                return $"OperatorArithmetic.{Operation(binary.Operator)}({Text(binary.Left, definition, names, isWhole: false)}, {Text(binary.Right, definition, names, isWhole: false)})";
            default:
                var call = (Expression.Call)size;
                return $"OperatorArithmetic.{Names.Pascal(call.Function)}({string.Join(", ", call.Arguments.Select(a => Text(a, definition, names, isWhole: false)))})";
        }
    }

    private static string Operation(string symbol) => symbol switch
    {
        "%" => "Modulo",
        "==" => "Equal",
        "!=" => "Unequal",
        "<" => "Less",
        "<=" => "AtMost",
        ">" => "Greater",
        ">=" => "AtLeast",
        "and" => "And",
        _ => "Or",
    };

    // FNV-1a, as 8 hexadecimal digits.
    private static string Word(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 16777619u);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
