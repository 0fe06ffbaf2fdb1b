// Statements other than loops and functions.
#nullable enable
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal enum FlowState
{
    None,
    Break,
    Continue,
    Return,
}

/// <summary>A whole template.</summary>
partial class ScriptPage : ScriptNode
{
    internal ScriptPage(ScriptBlockStatement body) => Body = body;

    public ScriptBlockStatement Body { get; }

    public override object? Evaluate(TemplateContext context)
    {
        context.FlowState = FlowState.None;
        try
        {
            return Body.Evaluate(context);
        }
        finally
        {
            context.FlowState = FlowState.None;
        }
    }
}

partial class ScriptBlockStatement : ScriptStatement
{
    internal List<ScriptStatement> Statements { get; } = new();

    public override object? Evaluate(TemplateContext context)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var outerIndent = context.CurrentIndent;
        var indent = outerIndent;
        object? result = null;
        try
        {
            foreach (var statement in Statements)
            {
                context.CheckAbort();
                if (statement is CodeMark mark)
                {
                    if (context.AutoIndent)
                    {
                        indent = mark.Enters ? mark.Indent : outerIndent;
                    }

                    context.CurrentIndent = indent;
                    continue;
                }

                context.CurrentIndent = indent;
                result = EvaluateStatement(context, statement);
                if (!statement.CanOutput)
                {
                    result = null;
                }
                else if (result != null && context.FlowState != FlowState.Return && context.EnableOutput)
                {
                    context.Write(Span, result);
                    result = null;
                }

                if (context.FlowState != FlowState.None)
                {
                    break;
                }
            }
        }
        finally
        {
            context.CurrentIndent = outerIndent;
        }

        return result;
    }

    private static object? EvaluateStatement(TemplateContext context, ScriptStatement statement)
    {
        var previous = context.CurrentNode;
        context.CurrentNode = statement;
        try
        {
            return statement.Evaluate(context);
        }
        catch (Exception error) when (error is not ScriptRuntimeException)
        {
            throw new ScriptRuntimeException(statement.Span, error.Message, error);
        }
        finally
        {
            context.CurrentNode = previous;
        }
    }
}

/// <summary>Where code starts or ends: decides how far the output of the code between is indented.</summary>
internal sealed class CodeMark : ScriptStatement
{
    public CodeMark(bool enters, string? indent)
    {
        Enters = enters;
        Indent = indent;
    }

    public bool Enters { get; }

    /// <summary>The white space before the code, if nothing else stands on its line.</summary>
    public string? Indent { get; }

    public override object? Evaluate(TemplateContext context) => null;
}

internal sealed class RawStatement : ScriptStatement
{
    private readonly string _text;

    public RawStatement(string source, int start, int endExclusive)
    {
        StartsAt = start;
        EndsAt = endExclusive;
        _text = source.Substring(start, endExclusive - start);
    }

    public int StartsAt { get; }

    public int EndsAt { get; }

    public override object? Evaluate(TemplateContext context)
    {
        if (!context.EnableOutput)
        {
            return _text;
        }

        context.Write(_text);
        return null;
    }
}

internal sealed class ExpressionStatement : ScriptStatement
{
    private readonly ScriptExpression _expression;

    public ExpressionStatement(ScriptExpression expression) => _expression = expression;

    internal override bool CanOutput => _expression is not AssignExpression;

    public override object? Evaluate(TemplateContext context)
    {
        var result = _expression.Evaluate(context);

        // `$$` yields the block that `wrap` passed.
        return result is ScriptBlockStatement block ? block.Evaluate(context) : result;
    }
}

internal sealed class IfStatement : ScriptStatement
{
    private readonly ScriptExpression _condition;
    private readonly ScriptBlockStatement _then;
    private readonly ScriptStatement? _else;

    public IfStatement(ScriptExpression condition, ScriptBlockStatement then, ScriptStatement? otherwise)
    {
        _condition = condition;
        _then = then;
        _else = otherwise;
    }

    public override object? Evaluate(TemplateContext context) =>
        context.ToBool(_condition.Span, _condition.Evaluate(context)) ? _then.Evaluate(context) : _else?.Evaluate(context);
}

internal sealed class CaseStatement : ScriptStatement
{
    private readonly ScriptExpression _value;
    private readonly ScriptBlockStatement _body;

    public CaseStatement(ScriptExpression value, ScriptBlockStatement body)
    {
        _value = value;
        _body = body;
    }

    public override object? Evaluate(TemplateContext context)
    {
        context.CaseValues.Push(_value.Evaluate(context));
        try
        {
            return _body.Evaluate(context);
        }
        finally
        {
            context.CaseValues.Pop();
        }
    }
}

internal sealed class WhenStatement : ScriptStatement
{
    private readonly List<ScriptExpression> _values;
    private readonly ScriptBlockStatement _body;
    private readonly ScriptStatement? _next;

    public WhenStatement(List<ScriptExpression> values, ScriptBlockStatement body, ScriptStatement? next)
    {
        _values = values;
        _body = body;
        _next = next;
    }

    public override object? Evaluate(TemplateContext context)
    {
        var wanted = context.CaseValues.Peek();
        foreach (var value in _values)
        {
            if (BinaryOperations.Evaluate(context, Span, BinaryOperator.Equal, wanted, value.Evaluate(context)) is true)
            {
                return _body.Evaluate(context);
            }
        }

        return _next?.Evaluate(context);
    }
}

internal sealed class CaptureStatement : ScriptStatement
{
    private readonly ScriptExpression _target;
    private readonly ScriptBlockStatement _body;

    public CaptureStatement(ScriptExpression target, ScriptBlockStatement body)
    {
        _target = target;
        _body = body;
    }

    public override object? Evaluate(TemplateContext context)
    {
        context.PushOutput();
        IScriptOutput output;
        try
        {
            _body.Evaluate(context);
        }
        finally
        {
            output = context.PopOutput();
        }

        // As in the package the variable holds the output itself, which prints and converts as its text.
        ((IAssignable)_target).Write(context, output);
        return null;
    }
}

internal sealed class WithStatement : ScriptStatement
{
    private readonly ScriptExpression _target;
    private readonly ScriptBlockStatement _body;

    public WithStatement(ScriptExpression target, ScriptBlockStatement body)
    {
        _target = target;
        _body = body;
    }

    public override object? Evaluate(TemplateContext context)
    {
        var target = _target.Evaluate(context);
        if (target is not IScriptObject scope)
        {
            throw new ScriptRuntimeException(
                _target.Span, $"`with` needs an object made by the template or a ScriptObject, and `{_target}` is {context.GetTypeName(target)}");
        }

        context.PushGlobal(scope);
        try
        {
            return _body.Evaluate(context);
        }
        finally
        {
            context.PopGlobal();
        }
    }
}

/// <summary>`wrap function ... end`: the function writes the block with `$$`.</summary>
internal sealed class WrapStatement : ScriptStatement
{
    private readonly ScriptExpression _target;
    private readonly ScriptBlockStatement _body;

    public WrapStatement(ScriptExpression target, ScriptBlockStatement body)
    {
        _target = target;
        _body = body;
    }

    public override object? Evaluate(TemplateContext context)
    {
        if (_target is FunctionCall call)
        {
            context.OfferBlock(_body);
            return call.Evaluate(context);
        }

        if (_target.EvaluateUncalled(context) is not IScriptCustomFunction function)
        {
            throw new ScriptRuntimeException(_target.Span, $"`wrap` needs a function, which `{_target}` is not");
        }

        context.OfferBlock(_body);
        return FunctionInvoker.Call(context, this, function, takesPiped: false, null);
    }
}

internal sealed class ReadOnlyStatement : ScriptStatement
{
    private readonly ScriptVariable _variable;

    public ReadOnlyStatement(ScriptVariable variable) => _variable = variable;

    public override object? Evaluate(TemplateContext context)
    {
        context.SetReadOnly(_variable);
        return null;
    }
}

internal sealed class ImportStatement : ScriptStatement
{
    private readonly ScriptExpression _source;

    public ImportStatement(ScriptExpression source) => _source = source;

    public override object? Evaluate(TemplateContext context)
    {
        var value = _source.Evaluate(context);
        if (value is not ScriptObject source)
        {
            throw new ScriptRuntimeException(_source.Span, $"`import` needs an object made by the template, and `{_source}` is {context.GetTypeName(value)}");
        }

        context.CurrentGlobal!.Import(source);
        return null;
    }
}

internal sealed class ReturnStatement : ScriptStatement
{
    private readonly ScriptExpression? _value;

    public ReturnStatement(ScriptExpression? value) => _value = value;

    public override object? Evaluate(TemplateContext context)
    {
        var result = _value?.Evaluate(context);

        // A lazy sequence must be read while the function's variables exist.
        result = result is ScriptRange range ? new ScriptArray((System.Collections.IEnumerable)range) : result;
        context.FlowState = FlowState.Return;
        return result;
    }
}
