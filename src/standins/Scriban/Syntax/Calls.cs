// Function calls and pipes.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal sealed class FunctionCall : ScriptExpression
{
    public FunctionCall(ScriptExpression target, bool isExplicit)
    {
        Target = target;
        IsExplicit = isExplicit;
    }

    public ScriptExpression Target { get; }

    /// <summary>Written with parentheses, <c>f(a, b)</c>.</summary>
    public bool IsExplicit { get; }

    public List<ScriptExpression> Arguments { get; } = new();

    public override object? Evaluate(TemplateContext context)
    {
        var target = Target.EvaluateUncalled(context);
        if (target is IScriptCustomFunction function)
        {
            return FunctionInvoker.Call(context, this, function, takesPiped: true, Arguments);
        }

        if (target == null && context.EnableRelaxedFunctionAccess)
        {
            return null;
        }

        throw new ScriptRuntimeException(Target.Span, target == null ? $"There is no function `{Target}`" : $"`{Target}` is not a function");
    }
}

/// <summary>`value | function arguments`: the value becomes the function's first argument.</summary>
internal sealed class PipeExpression : ScriptExpression
{
    private readonly ScriptExpression _from;
    private readonly ScriptExpression _to;

    public PipeExpression(ScriptExpression from, ScriptExpression to)
    {
        _from = from;
        _to = to;
    }

    public override object? Evaluate(TemplateContext context)
    {
        int depth = context.PipedCount;
        context.PushPiped(_from);
        try
        {
            var result = _to.Evaluate(context);
            if (context.PipedCount > depth && result is IScriptCustomFunction function)
            {
                result = FunctionInvoker.Call(context, _to, function, takesPiped: true, null);
            }

            if (context.PipedCount > depth)
            {
                throw new ScriptRuntimeException(_to.Span, $"`{_to}` is not a function, so nothing can be piped to it");
            }

            return result;
        }
        finally
        {
            context.TrimPiped(depth);
        }
    }
}

/// <summary>Binds arguments to a function's parameters and invokes it.</summary>
internal static class FunctionInvoker
{
    /// <summary>Calls with argument expressions, prefixed by what is piped in.</summary>
    public static object? Call(
        TemplateContext context, ScriptNode caller, IScriptCustomFunction function, bool takesPiped, List<ScriptExpression>? arguments)
    {
        var block = context.TakeBlock();
        var values = new ScriptArray(function.ParameterCount);
        var binder = new ArgumentBinder(context, caller, function, values);
        if (takesPiped && context.PipedCount > 0)
        {
            binder.Bind(context.PopPiped());
        }

        if (arguments != null)
        {
            foreach (var argument in arguments)
            {
                binder.Bind(argument);
            }
        }

        binder.Complete();
        return Invoke(context, caller, function, values, block);
    }

    /// <summary>Calls with values, as a built-in does with a function it was given.</summary>
    public static object? CallWithValues(
        TemplateContext context, ScriptNode caller, IScriptCustomFunction function, params object?[] arguments)
    {
        var values = new ScriptArray(arguments.Length);
        var binder = new ArgumentBinder(context, caller, function, values);
        foreach (var argument in arguments)
        {
            binder.BindValue(argument);
        }

        binder.Complete();
        return Invoke(context, caller, function, values, null);
    }

    private static object? Invoke(
        TemplateContext context, ScriptNode caller, IScriptCustomFunction function, ScriptArray values, ScriptBlockStatement? block)
    {
        var previous = context.CurrentNode;
        context.CurrentNode = caller;
        context.EnterRecursive(caller);
        try
        {
            return function.Invoke(context, caller, values, block);
        }
        catch (Exception error) when (error is not ScriptRuntimeException)
        {
            throw new ScriptRuntimeException(caller.Span, error.Message, error);
        }
        finally
        {
            context.ExitRecursive(caller);
            context.CurrentNode = previous;
            context.FlowState = FlowState.None;
        }
    }
}

/// <summary>Fills a function's parameters in order, by name and by default.</summary>
internal struct ArgumentBinder
{
    private readonly TemplateContext _context;
    private readonly ScriptNode _caller;
    private readonly IScriptCustomFunction _function;
    private readonly ScriptArray _values;
    private ulong _given;
    private int _count;

    public ArgumentBinder(TemplateContext context, ScriptNode caller, IScriptCustomFunction function, ScriptArray values)
    {
        _context = context;
        _caller = caller;
        _function = function;
        _values = values;
        _given = 0;
        _count = 0;
    }

    public void Bind(ScriptExpression argument)
    {
        if (argument is NamedArgument named)
        {
            BindNamed(named);
        }
        else if (argument is UnaryExpression { Operator: UnaryOperator.Expand } && argument.Evaluate(_context) is IEnumerable items)
        {
            foreach (var item in items)
            {
                BindValue(item);
            }
        }
        else
        {
            BindAt(_values.Count, argument.Evaluate(_context), argument);
        }
    }

    public void BindValue(object? value) => BindAt(_values.Count, value, _caller);

    public void Complete()
    {
        int parameters = _function.ParameterCount;
        if (_function.VarParamKind != ScriptVarParamKind.Direct)
        {
            FillUpTo(parameters);
        }

        int required = _function.RequiredParameterCount;
        ulong wanted = (1UL << required) - 1;
        if ((_given & wanted) != wanted)
        {
            throw new ScriptRuntimeException(AfterCaller(), $"`{_caller}` passes {_count} arguments; the function needs {required}");
        }

        if (_function.VarParamKind == ScriptVarParamKind.None && _values.Count > parameters)
        {
            throw new ScriptRuntimeException(_caller.Span, $"`{_caller}` passes {_count} arguments; the function takes at most {parameters}");
        }
    }

    // Where the missing argument would stand.
    private readonly SourceSpan AfterCaller()
    {
        var span = _caller.Span;
        var next = span.End.NextColumn();
        return new SourceSpan(span.FileName, next, next);
    }

    private void BindNamed(NamedArgument named)
    {
        int index = -1;
        for (int i = 0; i < _function.ParameterCount && index < 0; i++)
        {
            index = _function.GetParameterInfo(i).Name == named.Name ? i : -1;
        }

        if (index < 0 && _function.VarParamKind != ScriptVarParamKind.None)
        {
            // A function that takes anything finds named arguments as properties of `$`.
            _values.TrySetValue(_context, named.Span, named.Name, named.Evaluate(_context), false);
            return;
        }

        BindAt(index < 0 ? _values.Count : index, named.Evaluate(_context), named);
    }

    private void BindAt(int index, object? value, ScriptNode source)
    {
        int parameters = _function.ParameterCount;
        bool isVariable = _function.VarParamKind == ScriptVarParamKind.LastParameter && index >= parameters - 1;
        if (index >= parameters && _function.VarParamKind == ScriptVarParamKind.None)
        {
            throw new ScriptRuntimeException(source.Span, $"`{_caller}` passes more than the {parameters} arguments that the function takes");
        }

        var type = _function.GetParameterInfo(index).ParameterType;
        value = type == typeof(object) ? value : _context.ToObject(source.Span, value, type);
        FillUpTo(Math.Min(index, isVariable ? parameters - 1 : index));
        if (index < 64)
        {
            _given |= 1UL << index;
        }

        _count++;
        if (isVariable)
        {
            if (_values.Count < parameters)
            {
                _values.Add(new ScriptArray());
            }

            ((ScriptArray)_values[parameters - 1]!).Add(value);
        }
        else if (index < _values.Count)
        {
            _values[index] = value;
        }
        else
        {
            _values.Add(value);
        }
    }

    private void FillUpTo(int count)
    {
        for (int i = _values.Count; i < Math.Min(count, _function.ParameterCount); i++)
        {
            var parameter = _function.GetParameterInfo(i);
            bool isVariable = _function.VarParamKind == ScriptVarParamKind.LastParameter && i == _function.ParameterCount - 1;
            if (parameter.HasDefaultValue)
            {
                _given |= 1UL << i;
            }

            _values.Add(parameter.HasDefaultValue ? parameter.DefaultValue : isVariable ? new ScriptArray() : null);
        }
    }
}
