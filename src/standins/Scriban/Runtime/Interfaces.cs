// What templates and their surroundings talk to each other through.
#nullable enable
using System;
using System.Collections.Generic;
using System.Reflection;
using Scriban.Parsing;
using Scriban.Syntax;
#if !SCRIBAN_NO_ASYNC
using System.Threading;
using System.Threading.Tasks;
#endif

namespace Scriban.Runtime;

#if SCRIBAN_PUBLIC
public
#else
internal
#endif
delegate string MemberRenamerDelegate(MemberInfo member);

#if SCRIBAN_PUBLIC
public
#else
internal
#endif
delegate bool MemberFilterDelegate(MemberInfo member);

/// <summary>Finds the templates that `include` names.</summary>
partial interface ITemplateLoader
{
    /// <summary>Turns the name in the `include` into a path, under which the template is cached and its errors are reported.</summary>
    string GetPath(TemplateContext context, SourceSpan callerSpan, string templateName);

    string Load(TemplateContext context, SourceSpan callerSpan, string templatePath);

#if !SCRIBAN_NO_ASYNC
    ValueTask<string> LoadAsync(TemplateContext context, SourceSpan callerSpan, string templatePath);
#endif
}

partial interface IScriptOutput
{
    void Write(string text, int offset, int count);

#if !SCRIBAN_NO_ASYNC
    ValueTask WriteAsync(string text, int offset, int count, CancellationToken cancellationToken);
#endif
}

/// <summary>An object with members that a template reads and writes.</summary>
partial interface IScriptObject
{
    int Count { get; }

    bool IsReadOnly { get; set; }

    IEnumerable<string> GetMembers();

    bool Contains(string member);

    bool TryGetValue(TemplateContext? context, SourceSpan span, string member, out object? value);

    bool CanWrite(string member);

    bool TrySetValue(TemplateContext? context, SourceSpan span, string member, object? value, bool readOnly);

    bool Remove(string member);

    void SetReadOnly(string member, bool readOnly);

    IScriptObject Clone(bool deep);
}

#if SCRIBAN_PUBLIC
public
#else
internal
#endif
enum ScriptVarParamKind
{
    /// <summary>The parameters are exactly those declared.</summary>
    None,

    /// <summary>Any arguments are passed as they come.</summary>
    Direct,

    /// <summary>The last parameter receives an array of all remaining arguments.</summary>
    LastParameter,
}

partial interface IScriptFunctionInfo
{
    int RequiredParameterCount { get; }

    int ParameterCount { get; }

    ScriptVarParamKind VarParamKind { get; }

    Type ReturnType { get; }

    ScriptParameterInfo GetParameterInfo(int index);
}

partial interface IScriptCustomFunction : IScriptFunctionInfo
{
    object? Invoke(TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement);

#if !SCRIBAN_NO_ASYNC
    ValueTask<object?> InvokeAsync(
        TemplateContext context, ScriptNode callerContext, ScriptArray arguments, ScriptBlockStatement? blockStatement);
#endif
}

partial struct ScriptParameterInfo
{
    public readonly Type ParameterType;
    public readonly string Name;
    public readonly bool HasDefaultValue;
    public readonly object? DefaultValue;

    public ScriptParameterInfo(Type parameterType, string name)
    {
        ParameterType = parameterType;
        Name = name;
        HasDefaultValue = false;
        DefaultValue = null;
    }

    public ScriptParameterInfo(Type parameterType, string name, object? defaultValue)
    {
        ParameterType = parameterType;
        Name = name;
        HasDefaultValue = true;
        DefaultValue = defaultValue;
    }
}

/// <summary>Hides a member from templates.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field)]
partial class ScriptMemberIgnoreAttribute : Attribute
{
}
