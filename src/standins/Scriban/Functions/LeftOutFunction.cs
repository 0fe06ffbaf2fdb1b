// Built-in names that Scriban has and this subset has not: using one is an error, never an empty text.
#nullable enable
using System;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban.Functions;

internal sealed class LeftOutFunction : IScriptCustomFunction
{
    private readonly string _name;

    public LeftOutFunction(string name) => _name = name;

    public int RequiredParameterCount => 0;

    public int ParameterCount => 0;

    public ScriptVarParamKind VarParamKind => ScriptVarParamKind.Direct;

    public Type ReturnType => typeof(object);

    public ScriptParameterInfo GetParameterInfo(int index) => new(typeof(object), "value");

    public object? Invoke(TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        throw new ScriptRuntimeException(callerContext.Span, $"`{_name}` is not part of this subset of Scriban");

#if !SCRIBAN_NO_ASYNC
    public System.Threading.Tasks.ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        new(Invoke(context, callerContext, arguments, blockStatement));
#endif
}
