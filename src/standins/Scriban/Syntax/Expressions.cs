// Literals, operators and the other expressions that make a value.
#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal sealed class Literal : ScriptExpression
{
    public Literal(object? value) => Value = value;

    public object? Value { get; }

    public override object? Evaluate(TemplateContext context) => Value;
}

internal sealed class InterpolatedString : ScriptExpression
{
    private readonly List<ScriptExpression> _parts;

    public InterpolatedString(List<ScriptExpression> parts) => _parts = parts;

    public override object? Evaluate(TemplateContext context)
    {
        using var scope = context.IsolatePipes();
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            // As in the package this is .NET's own text of a value: true prints as True here.
            text.Append(Convert.ToString(part.Evaluate(context), CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}

internal sealed class ArrayLiteral : ScriptExpression
{
    private readonly List<ScriptExpression> _items;

    public ArrayLiteral(List<ScriptExpression> items) => _items = items;

    public override object? Evaluate(TemplateContext context)
    {
        var array = new ScriptArray(_items.Count);
        foreach (var item in _items)
        {
            array.Add(item.Evaluate(context));
        }

        return array;
    }
}

internal sealed class ObjectLiteral : ScriptExpression
{
    private readonly List<KeyValuePair<string, ScriptExpression>> _members;

    public ObjectLiteral(List<KeyValuePair<string, ScriptExpression>> members) => _members = members;

    public override object? Evaluate(TemplateContext context)
    {
        var result = new ScriptObject();
        // While it is built the object is the innermost scope: a member may use those before it.
        context.PushGlobalOnly(result);
        try
        {
            foreach (var member in _members)
            {
                result.SetValue(member.Key, member.Value.Evaluate(context), false);
            }
        }
        finally
        {
            context.PopGlobalOnly();
        }

        return result;
    }
}

/// <summary>`( ... )`: what is piped outside stays outside.</summary>
internal sealed class NestedExpression : ScriptExpression, IAssignable
{
    private readonly ScriptExpression _inner;

    public NestedExpression(ScriptExpression inner) => _inner = inner;

    public override object? Evaluate(TemplateContext context)
    {
        using var scope = context.IsolatePipes();
        return Paths.CallIfFunction(context, this, _inner.Evaluate(context), true);
    }

    public object? Read(TemplateContext context)
    {
        using var scope = context.IsolatePipes();
        return _inner.Evaluate(context);
    }

    public void Write(TemplateContext context, object? value)
    {
        if (_inner is not IAssignable target)
        {
            throw new ScriptRuntimeException(Span, $"`{_inner}` cannot be assigned");
        }

        target.Write(context, value);
    }

    internal override object? EvaluateUncalled(TemplateContext context) => Read(context);
}

internal enum UnaryOperator
{
    Not,
    Negate,
    Plus,
    Alias,
    Expand,
}

internal sealed class UnaryExpression : ScriptExpression
{
    private readonly ScriptExpression _operand;

    public UnaryExpression(UnaryOperator op, ScriptExpression operand)
    {
        Operator = op;
        _operand = operand;
    }

    public UnaryOperator Operator { get; }

    public override object? Evaluate(TemplateContext context)
    {
        if (Operator == UnaryOperator.Alias)
        {
            return _operand.EvaluateUncalled(context);
        }

        var value = _operand.Evaluate(context);
        return Operator switch
        {
            UnaryOperator.Not => Boxed.Of(!context.ToBool(_operand.Span, value)),
            UnaryOperator.Expand => value,
            _ => BinaryOperations.Sign(_operand.Span, value, negate: Operator == UnaryOperator.Negate),
        };
    }
}

/// <summary>`++x`, `x++`, `--x`, `x--`.</summary>
internal sealed class IncrementExpression : ScriptExpression
{
    private readonly ScriptExpression _target;
    private readonly int _step;
    private readonly bool _yieldsOldValue;

    public IncrementExpression(ScriptExpression target, int step, bool yieldsOldValue)
    {
        _target = target;
        _step = step;
        _yieldsOldValue = yieldsOldValue;
    }

    public override object? Evaluate(TemplateContext context)
    {
        var span = _target.Span;
        var before = BinaryOperations.Sign(span, _target.Evaluate(context), negate: false);
        var after = BinaryOperations.Evaluate(context, span, BinaryOperator.Add, before, _step);
        ((IAssignable)_target).Write(context, after);
        return _yieldsOldValue ? before : after;
    }
}

internal sealed class BinaryExpression : ScriptExpression
{
    private readonly ScriptExpression _left;
    private readonly BinaryOperator _operator;
    private readonly ScriptExpression _right;
    private readonly Literal _sign;

    // The sign is the operator as written; errors point at it.
    public BinaryExpression(ScriptExpression left, BinaryOperator op, ScriptExpression right, Literal sign)
    {
        _left = left;
        _operator = op;
        _right = right;
        _sign = sign;
    }

    public override object? Evaluate(TemplateContext context)
    {
        var left = _left.Evaluate(context);
        switch (_operator)
        {
            case BinaryOperator.And when !context.ToBool(_left.Span, left):
                return Boxed.False;
            case BinaryOperator.Or when context.ToBool(_left.Span, left):
                return Boxed.True;
            case BinaryOperator.And:
            case BinaryOperator.Or:
                return Boxed.Of(context.ToBool(_right.Span, _right.Evaluate(context)));
            default:
                return BinaryOperations.Evaluate(context, _sign.Span, _operator, left, _right.Evaluate(context));
        }
    }
}

internal sealed class ConditionalExpression : ScriptExpression
{
    private readonly ScriptExpression _condition;
    private readonly ScriptExpression _then;
    private readonly ScriptExpression _else;

    public ConditionalExpression(ScriptExpression condition, ScriptExpression then, ScriptExpression otherwise)
    {
        _condition = condition;
        _then = then;
        _else = otherwise;
    }

    public override object? Evaluate(TemplateContext context) =>
        (context.ToBool(_condition.Span, _condition.Evaluate(context)) ? _then : _else).Evaluate(context);
}

/// <summary>`x = value` and its compound forms; legal as a whole statement only.</summary>
internal sealed class AssignExpression : ScriptExpression
{
    private readonly ScriptExpression _target;
    private readonly BinaryOperator? _operator;
    private readonly ScriptExpression _value;

    public AssignExpression(ScriptExpression target, BinaryOperator? op, ScriptExpression value)
    {
        _target = target;
        _operator = op;
        _value = value;
    }

    public override object? Evaluate(TemplateContext context)
    {
        var value = _value.Evaluate(context);
        if (_operator is { } op)
        {
            value = BinaryOperations.Evaluate(context, Span, op, _target.Evaluate(context), value);
        }

        ((IAssignable)_target).Write(context, value);
        return null;
    }
}

/// <summary>`name: value` in a call or a loop header; a loop's flag has no value.</summary>
internal sealed class NamedArgument : ScriptExpression
{
    public NamedArgument(string name, ScriptExpression? value)
    {
        Name = name;
        Value = value;
    }

    public string Name { get; }

    public ScriptExpression? Value { get; }

    public override object? Evaluate(TemplateContext context) => Value == null ? Boxed.True : Value.Evaluate(context);
}

internal sealed class AnonymousFunction : ScriptExpression
{
    private readonly FunctionStatement _function;

    public AnonymousFunction(FunctionStatement function) => _function = function;

    public override object? Evaluate(TemplateContext context) => _function;
}

/// <summary>The two booleans, boxed once.</summary>
internal static class Boxed
{
    public static readonly object True = true;
    public static readonly object False = false;

    public static object Of(bool value) => value ? True : False;
}
