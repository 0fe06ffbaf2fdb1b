// The expression language: precedence, functions, errors, and that printing and parsing lose nothing.
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Expressions;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;
using FsCheck;
using FsCheck.Fluent;

namespace Detection.Spec.Tests;

public class ExpressionTests
{
    private static readonly Dictionary<string, double> Known = new() { ["a"] = 3, ["b"] = 0.5, ["zero"] = 0, ["x.y"] = 9 };

    private static double? Lookup(string name) => Known.TryGetValue(name, out var value) ? value : null;

    private static double Value(string text) => ExpressionParser.Parse(text).Evaluate(Lookup);

    [Theory]
    [InlineData("2+3*4", 14)]
    [InlineData("(2+3)*4", 20)]
    [InlineData("10-4-3", 3)]
    [InlineData("24/4/3", 2)]
    [InlineData("2*7%5", 4)]
    [InlineData("-2*3", -6)]
    [InlineData("2--3", 5)]
    [InlineData("--a", 3)]
    [InlineData("-a+1", -2)]
    [InlineData("-7%3", 2)]
    [InlineData("7%-3", -2)]
    [InlineData("1+2 < 4", 1)]
    [InlineData("1+2 <= 2", 0)]
    [InlineData("a == 3 and b != 1", 1)]
    [InlineData("0 and 0 or 1", 1)]
    [InlineData("1 or 0 and 0", 1)]
    [InlineData("(1 or 0) and 0", 0)]
    [InlineData("2 > 1 == 1", double.NaN)]
    [InlineData(" a\t* 2 ", 6)]
    [InlineData("1_000 + .5", 1000.5)]
    [InlineData("1e3*2", 2000)]
    [InlineData("1.5e-1", 0.15)]
    [InlineData("x.y", 9)]
    [InlineData("2a", double.NaN)]
    [InlineData("a b", double.NaN)]
    public void Operators_bind_as_in_arithmetic(string text, double expected)
    {
        if (!double.IsNaN(expected))
        {
            Assert.Equal(expected, Value(text), 12);
        }
        else
        {
            Assert.Throws<ExpressionException>(() => Value(text));
        }
    }

    [Theory]
    [InlineData("min(3, 1, 2)", 1)]
    [InlineData("max(3, 1, 2)", 3)]
    [InlineData("floor(-1.5)", -2)]
    [InlineData("ceil(-1.5)", -1)]
    [InlineData("round(2.5)", 3)]
    [InlineData("round(-2.5)", -2)]
    [InlineData("abs(0-2)", 2)]
    [InlineData("sqrt(9)", 3)]
    [InlineData("divisible(32*0.5, 8)", 16)]
    [InlineData("divisible(3, 8)", 8)]
    [InlineData("32/oneOf(16, 8, 16, 32)", 2)]
    [InlineData("divisible(11, 8)", 16)] // 8 would lose more than a tenth.
    [InlineData("divisible(24*0.75, 8)", 24)]
    [InlineData("max(a, min(b, 1))", 3)]
    public void Functions_have_their_values(string text, double expected) => Assert.Equal(expected, Value(text), 12);

    [Theory]
    [InlineData("zero == 0 or 1/zero > 2", 1)]
    [InlineData("zero != 0 and 1/zero > 2", 0)]
    public void A_condition_guards_what_stands_behind_it(string text, double expected) => Assert.Equal(expected, Value(text));

    [Theory]
    [InlineData("", "a number, a name or '(' expected at the end")]
    [InlineData("2*", "a number, a name or '(' expected at the end")]
    [InlineData("(2+3", "')' expected at the end")]
    [InlineData("2+3)", "an operator or the end expected at ')' (character 4)")]
    [InlineData("2 $ 3", "an operator or the end expected at '$' (character 3)")]
    [InlineData("min()", "a number, a name or '(' expected at ')' (character 5)")]
    [InlineData("1..2", "'1..2' is no number")]
    [InlineData("1e", "'1e' is no number")]
    [InlineData("1 < 2 < 3", "an operator or the end expected at '<' (character 7)")]
    [InlineData("1/zero", "division by zero")]
    [InlineData("1%zero", "division by zero")]
    [InlineData("sqrt(0-1)", "square root of a negative number")]
    [InlineData("divisible(8, 0)", "the divisor must be positive")]
    [InlineData("1 + oneOf(4, 8, 16, 32)", "4 is none of 8, 16, 32")]
    [InlineData("oneOf(4)", "'oneOf' does not take 1 value")]
    [InlineData("floor(1, 2)", "'floor' does not take 2 values")]
    [InlineData("flor(1)", "there is no function 'flor', only min, max, floor, ceil, round, abs, sqrt, divisible, oneOf")]
    [InlineData("1e15*10", "the result is too large")]
    [InlineData("1e400", "the result is too large")]
    public void An_expression_without_a_value_says_why(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ExpressionException>(() => Value(text)).Message);

    [Fact]
    public void Length_and_depth_are_bounded()
    {
        Assert.Equal("more than 400 characters", Assert.Throws<ExpressionException>(() => Value(new string('1', 401))).Message);
        Assert.Equal("too deeply nested", Assert.Throws<ExpressionException>(() => Value(new string('(', 100) + "1" + new string(')', 100))).Message);
        Assert.Equal("too deeply nested", Assert.Throws<ExpressionException>(() => Value(new string('-', 100) + "1")).Message);
        Assert.Equal(200, Value(string.Join("+", Enumerable.Repeat("1", 200))));
    }

    [Theory]
    [InlineData("width *2", "The expression 'width *2' does not know 'width'; it knows depth, widht. Did you mean 'widht'?")]
    [InlineData("1 or unknown", "The expression '1 or unknown' does not know 'unknown'; it knows depth, widht.")]
    [InlineData("3*", "A number, a name or '(' expected at the end in the expression '3*'")]
    [InlineData("3/(depth-1)", "The expression '3/(depth-1)' has no value: division by zero")]
    public void A_problem_is_reported_at_the_whole_scalar(string text, string message)
    {
        var source = new SourceText("a.yaml", $"k: {text}\n");
        var diagnostics = new DiagnosticBag();
        var scalar = (ScalarSyntax)((MappingSyntax)YamlSyntaxParser.Parse(source, diagnostics)!)["k"]!;

        Assert.Null(Scope.Empty.With("widht", 2).With("depth", 1).Evaluate(scalar, diagnostics));

        var problem = Assert.Single(diagnostics.ToImmutable());
        Assert.Equal(message, problem.Message);
        Assert.Equal(text, Specs.Underlined(problem, source.Text));
    }

    private static Gen<Expression> Expressions(int depth)
    {
        var leaves = Gen.OneOf(
            Gen.Choose(0, 40).Select(n => (Expression)new Expression.Number(n / 4.0)),
            Gen.Elements("a", "b", "zero").Select(n => (Expression)new Expression.Name(n)));
        if (depth == 0)
        {
            return leaves;
        }

        var inner = Expressions(depth - 1);
        return Gen.OneOf(
            leaves,
            inner.Select(e => (Expression)new Expression.Negate(e)),
            from op in Gen.Elements("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or") from l in inner from r in inner
            select (Expression)new Expression.Binary(op, l, r),
            from f in Gen.Elements("min", "max") from l in inner from r in inner select (Expression)new Expression.Call(f, [l, r]),
            from f in Gen.Elements("floor", "ceil", "round", "abs") from e in inner select (Expression)new Expression.Call(f, [e]));
    }

    // Every operand that is not a word stands in brackets only where the grammar needs them.
    private static string Print(Expression expression) => expression switch
    {
        Expression.Number n => n.Value.ToString("R", CultureInfo.InvariantCulture),
        Expression.Name n => n.Identifier,
        Expression.Negate n => "-" + Operand(n.Operand, 6),
        Expression.Call c => c.Function + "(" + string.Join(", ", c.Arguments.Select(Print)) + ")",
        Expression.Binary b => $"{Operand(b.Left, Level(b) == 3 ? 4 : Level(b))} {b.Operator} {Operand(b.Right, Level(b) + 1)}",
        _ => throw new InvalidOperationException(),
    };

    private static string Operand(Expression e, int level) => Level(e) < level ? "(" + Print(e) + ")" : Print(e);

    private static int Level(Expression e) => e switch
    {
        Expression.Binary { Operator: "or" } => 1,
        Expression.Binary { Operator: "and" } => 2,
        Expression.Binary { Operator: "+" or "-" } => 4,
        Expression.Binary { Operator: "*" or "/" or "%" } => 5,
        Expression.Binary => 3,
        Expression.Negate => 6,
        _ => 7,
    };

    [Fact]
    public void Parsing_what_was_printed_gives_the_same_value() =>
        Prop.ForAll(Gen.Choose(0, 4).SelectMany(Expressions).ToArbitrary(), expression =>
            Outcome(() => expression.Evaluate(Lookup)).Equals(Outcome(() => Value(Print(expression)))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static object Outcome(Func<double> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (ExpressionException e)
        {
            return e.Message;
        }
    }
}
