// The parsed template: nodes are immutable after parsing and hold no state of a rendering, so threads may share them.
#nullable enable
using System;
using System.Collections.Generic;
using Scriban.Parsing;

namespace Scriban.Syntax;

abstract partial class ScriptNode
{
    private SourceText? _source;
    private int _start;
    private int _end;

    /// <summary>Where the node stands in its template.</summary>
    public SourceSpan Span => _source?.Span(_start, _end) ?? default;

    internal int StartOffset => _start;

    public abstract object? Evaluate(TemplateContext context);

    /// <summary>The node as written.</summary>
    public override string ToString() => _source == null || _start < 0 || _end < _start
        ? GetType().Name
        : _source.Text.Substring(_start, _end - _start + 1);

    internal void Place(SourceText source, int start, int end)
    {
        _source = source;
        _start = start;
        _end = end;
    }
}

abstract partial class ScriptExpression : ScriptNode
{
    /// <summary>The value without calling it when it is a function: what `@` and the head of a call need.</summary>
    internal virtual object? EvaluateUncalled(TemplateContext context) => Evaluate(context);

    /// <summary>The value as the target of a member or an index: a function is called, but takes no piped argument.</summary>
    internal virtual object? EvaluateAsTarget(TemplateContext context)
    {
        var value = Evaluate(context);
        return value is Runtime.IScriptCustomFunction function ? FunctionInvoker.Call(context, this, function, false, null) : value;
    }
}

abstract partial class ScriptStatement : ScriptNode
{
    /// <summary>Whether the statement's value is written out.</summary>
    internal virtual bool CanOutput => true;
}

/// <summary>An expression that can be assigned to: a variable, a member, an indexed element.</summary>
internal interface IAssignable
{
    object? Read(TemplateContext context);

    void Write(TemplateContext context, object? value);
}

#if SCRIBAN_PUBLIC
public
#else
internal
#endif
enum ScriptVariableScope
{
    /// <summary>A name without prefix.</summary>
    Global,

    /// <summary>A name with a dollar, visible in one template or function body only.</summary>
    Local,
}

abstract partial class ScriptVariable : ScriptExpression, IAssignable, IEquatable<ScriptVariable>
{
    /// <summary>The arguments of the running function or included template, `$`.</summary>
    public static readonly ScriptVariableLocal Arguments = new(string.Empty);

    /// <summary>The block that `wrap` passes, `$$`.</summary>
    public static readonly ScriptVariableLocal BlockDelegate = new("$");

    public static readonly ScriptVariableGlobal ForObject = new("for");

    public static readonly ScriptVariableGlobal WhileObject = new("while");

    private protected ScriptVariable(string name, ScriptVariableScope scope)
    {
        BaseName = name;
        Scope = scope;
        Name = scope == ScriptVariableScope.Local ? "$" + name : name;
    }

    /// <summary>The name without its dollar.</summary>
    public string BaseName { get; }

    public string Name { get; }

    public ScriptVariableScope Scope { get; }

    public static bool operator ==(ScriptVariable? left, ScriptVariable? right) => Equals(left, right);

    public static bool operator !=(ScriptVariable? left, ScriptVariable? right) => !Equals(left, right);

    public static ScriptVariable Create(string name, ScriptVariableScope scope) =>
        scope == ScriptVariableScope.Local ? new ScriptVariableLocal(name) : new ScriptVariableGlobal(name);

    public override object? Evaluate(TemplateContext context) => Paths.CallIfFunction(context, this, context.GetValue(this), true);

    object? IAssignable.Read(TemplateContext context) => context.GetValue(this);

    void IAssignable.Write(TemplateContext context, object? value) => context.SetValue(this, value);

    public bool Equals(ScriptVariable? other) => other is not null && other.Name == Name;

    public override bool Equals(object? obj) => obj is ScriptVariable other && Equals(other);

    public override int GetHashCode() => Name.GetHashCode();

    public override string ToString() => Name;

    internal override object? EvaluateUncalled(TemplateContext context) => context.GetValue(this);

    internal override object? EvaluateAsTarget(TemplateContext context) =>
        Paths.CallIfFunction(context, this, context.GetValue(this), false);
}

partial class ScriptVariableGlobal : ScriptVariable
{
    public ScriptVariableGlobal(string name)
        : base(name, ScriptVariableScope.Global)
    {
    }
}

partial class ScriptVariableLocal : ScriptVariable
{
    public ScriptVariableLocal(string name)
        : base(name, ScriptVariableScope.Local)
    {
    }
}
