// Functions that a template defines.
#nullable enable
using System;
using System.Collections.Generic;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal readonly struct FunctionParameter
{
    public FunctionParameter(string name, object? defaultValue, bool isOptional, bool takesRest)
    {
        Name = name;
        DefaultValue = defaultValue;
        IsOptional = isOptional;
        TakesRest = takesRest;
    }

    public string Name { get; }

    public object? DefaultValue { get; }

    public bool IsOptional { get; }

    public bool TakesRest { get; }
}

/// <summary>
/// `func name ... end` (arguments in `$`), `func name(a, b = 1, rest...) ... end`, `name(a) = expression`, `do ... end`.
/// </summary>
internal sealed class FunctionStatement : ScriptStatement, IScriptCustomFunction
{
    private readonly ScriptVariable? _name;
    private readonly List<FunctionParameter>? _parameters;
    private readonly ScriptStatement _body;

    public FunctionStatement(ScriptVariable? name, List<FunctionParameter>? parameters, ScriptStatement body)
    {
        _name = name;
        _parameters = parameters;
        _body = body;
        VarParamKind = parameters == null ? ScriptVarParamKind.Direct : ScriptVarParamKind.None;
        foreach (var parameter in parameters ?? new List<FunctionParameter>())
        {
            VarParamKind = parameter.TakesRest ? ScriptVarParamKind.LastParameter : VarParamKind;
            RequiredParameterCount += parameter.IsOptional || parameter.TakesRest ? 0 : 1;
        }
    }

    public int RequiredParameterCount { get; }

    public int ParameterCount => _parameters?.Count ?? 0;

    public ScriptVarParamKind VarParamKind { get; }

    public Type ReturnType => typeof(object);

    public ScriptParameterInfo GetParameterInfo(int index)
    {
        if (_parameters == null)
        {
            return new ScriptParameterInfo(typeof(object), string.Empty);
        }

        var parameter = _parameters[Math.Min(index, _parameters.Count - 1)];
        return parameter.IsOptional
            ? new ScriptParameterInfo(typeof(object), parameter.Name, parameter.DefaultValue)
            : new ScriptParameterInfo(typeof(object), parameter.Name);
    }

    /// <summary>Meeting the definition binds its name; an anonymous function is its own value.</summary>
    public override object? Evaluate(TemplateContext context)
    {
        if (_name == null)
        {
            return this;
        }

        context.SetValue(_name, this);
        return null;
    }

    public object? Invoke(TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement)
    {
        // Named parameters live in a scope of their own; a function without them writes to its caller's names.
        if (_parameters != null)
        {
            context.PushGlobal(new ScriptObject());
        }
        else
        {
            context.PushLocal();
        }

        using var pipes = context.IsolatePipes();
        try
        {
            if (_name is ScriptVariableLocal)
            {
                context.SetValue(_name, this);
            }

            context.SetValue(ScriptVariable.Arguments, arguments, asReadOnly: true);
            for (int i = 0; i < ParameterCount; i++)
            {
                context.CurrentGlobal!.TrySetValue(context, Span, _parameters![i].Name, arguments[i], false);
            }

            if (blockStatement != null)
            {
                context.SetValue(ScriptVariable.BlockDelegate, blockStatement, asReadOnly: true);
            }

            return _body.Evaluate(context);
        }
        finally
        {
            if (_parameters != null)
            {
                context.PopGlobal();
            }
            else
            {
                context.PopLocal();
            }
        }
    }

#if !SCRIBAN_NO_ASYNC
    public System.Threading.Tasks.ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        new(Invoke(context, callerContext, arguments, blockStatement));
#endif
}
