// .NET methods and delegates as template functions. A first parameter TemplateContext, and a SourceSpan after it, are filled in.
#nullable enable
using System;
using System.Linq;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Scriban.Parsing;
using Scriban.Syntax;

namespace Scriban.Runtime;

partial class DynamicCustomFunction : IScriptCustomFunction
{
    private readonly object? _target;
    private readonly ParameterInfo[] _parameters;
    private readonly int _filledIn;
    private readonly ScriptParameterInfo[] _infos;
    private readonly Type? _restType;

    internal DynamicCustomFunction(object? target, MethodInfo method)
    {
        _target = target;
        Method = method;
        _parameters = method.GetParameters();
        if (_parameters.Length > 0 && _parameters[0].ParameterType == typeof(TemplateContext))
        {
            _filledIn = _parameters.Length > 1 && _parameters[1].ParameterType == typeof(SourceSpan) ? 2 : 1;
        }

        if (_parameters.Length > 0)
        {
            var last = _parameters[_parameters.Length - 1];
            bool takesRest = last.ParameterType == typeof(object[]) || last.IsDefined(typeof(ParamArrayAttribute), false);
            _restType = takesRest ? last.ParameterType.GetElementType() : null;
        }

        _infos = _parameters.Skip(_filledIn).Select(Describe).ToArray();
        VarParamKind = _restType == null ? ScriptVarParamKind.None : ScriptVarParamKind.LastParameter;
        int optional = _restType != null ? 1 : _infos.Count(info => info.HasDefaultValue);
        RequiredParameterCount = _infos.Length - optional;
    }

    public MethodInfo Method { get; }

    public int RequiredParameterCount { get; }

    public int ParameterCount => _infos.Length;

    public ScriptVarParamKind VarParamKind { get; }

    public Type ReturnType => Method.ReturnType;

    public static DynamicCustomFunction Create(object? target, MethodInfo method) => new(target, method);

    public static DynamicCustomFunction Create(Delegate del) =>
        // A delegate may be closed over its first argument or made of several; only its Invoke method knows.
        new(del, del.GetType().GetMethod("Invoke")!);

    public ScriptParameterInfo GetParameterInfo(int index) => _infos[Math.Min(index, _infos.Length - 1)];

    public object? Invoke(TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement)
    {
        var values = new object?[_parameters.Length];
        if (_filledIn > 0)
        {
            values[0] = context;
        }

        if (_filledIn > 1)
        {
            values[1] = callerContext.Span;
        }

        for (int i = 0; i < _infos.Length; i++)
        {
            values[_filledIn + i] = arguments[i];
        }

        if (_restType != null)
        {
            var rest = (ScriptArray)arguments[_infos.Length - 1]!;
            var array = Array.CreateInstance(_restType, rest.Count);
            for (int i = 0; i < rest.Count; i++)
            {
                array.SetValue(rest[i], i);
            }

            values[values.Length - 1] = array;
        }

        try
        {
            return Method.Invoke(_target, values);
        }
        catch (TargetInvocationException error) when (error.InnerException != null)
        {
            ExceptionDispatchInfo.Capture(error.InnerException).Throw();
            throw;
        }
    }

#if !SCRIBAN_NO_ASYNC
    public System.Threading.Tasks.ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement) =>
        new(Invoke(context, callerContext, arguments, blockStatement));
#endif

    private ScriptParameterInfo Describe(ParameterInfo parameter)
    {
        var type = _restType != null && parameter.Position == _parameters.Length - 1 ? _restType : parameter.ParameterType;
        return parameter.HasDefaultValue
            ? new ScriptParameterInfo(type, parameter.Name!, parameter.DefaultValue)
            : new ScriptParameterInfo(type, parameter.Name!);
    }
}
