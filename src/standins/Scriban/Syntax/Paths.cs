// Members, indexed elements and the other expressions that read from an object.
#nullable enable
using System.Collections;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Scriban.Syntax;

internal static class Paths
{
    /// <summary>Naming a function without arguments calls it.</summary>
    public static object? CallIfFunction(TemplateContext context, ScriptExpression node, object? value, bool takesPiped) =>
        value is IScriptCustomFunction function ? FunctionInvoker.Call(context, node, function, takesPiped, null) : value;
}

/// <summary>A path step: reads and writes through <see cref="Read"/> and <see cref="Write"/>, and calls what it finds when that is a function.</summary>
internal abstract class PathExpression : ScriptExpression, IAssignable
{
    public abstract object? Read(TemplateContext context);

    public abstract void Write(TemplateContext context, object? value);

    public override object? Evaluate(TemplateContext context) => Paths.CallIfFunction(context, this, Read(context), true);

    internal override object? EvaluateUncalled(TemplateContext context) => Read(context);

    internal override object? EvaluateAsTarget(TemplateContext context) => Paths.CallIfFunction(context, this, Read(context), false);
}

/// <summary>`this`: the object that unprefixed names are written to.</summary>
internal sealed class ThisExpression : PathExpression
{
    public override object? Read(TemplateContext context) => context.CurrentGlobal;

    public override void Write(TemplateContext context, object? value) =>
        throw new ScriptRuntimeException(Span, "`this` cannot be assigned");
}

internal sealed class MemberExpression : PathExpression
{
    private readonly ScriptExpression _target;
    private readonly ScriptVariable _member;
    private readonly bool _nullSafe;

    public MemberExpression(ScriptExpression target, ScriptVariable member, bool nullSafe)
    {
        _target = target;
        _member = member;
        _nullSafe = nullSafe;
    }

    /// <summary>Everything after a `?.` is null-safe too.</summary>
    public bool NullSafe => _nullSafe;

    public override object? Read(TemplateContext context)
    {
        var target = _target.EvaluateAsTarget(context);
        if (target == null)
        {
            if (_nullSafe || (context.EnableRelaxedTargetAccess && context.EnableRelaxedMemberAccess))
            {
                return null;
            }

            throw new ScriptRuntimeException(_member.Span, $"`{_target}` is null, so it has no member `{_member.Name}`");
        }

        var accessor = context.GetMemberAccessor(target);
        if (accessor.TryGetValue(context, _member.Span, target, _member.Name, out var value)
            || (context.TryGetMember != null && context.TryGetMember(context, _member.Span, target, _member.Name, out value)))
        {
            return value;
        }

        if (!context.EnableRelaxedMemberAccess)
        {
            throw new ScriptRuntimeException(_member.Span, $"`{_target}` ({context.GetTypeName(target)}) has no member `{_member.Name}`");
        }

        return value;
    }

    public override void Write(TemplateContext context, object? value)
    {
        var target = _target.EvaluateAsTarget(context)
            ?? throw new ScriptRuntimeException(_member.Span, $"`{_target}` is null, so its member `{_member.Name}` cannot be set");
        if (!context.GetMemberAccessor(target).TrySetValue(context, _member.Span, target, _member.Name, value))
        {
            throw new ScriptRuntimeException(_member.Span, $"The member `{this}` cannot be set");
        }
    }
}

/// <summary>`value.empty?`.</summary>
internal sealed class IsEmptyExpression : ScriptExpression
{
    private readonly ScriptExpression _target;

    public IsEmptyExpression(ScriptExpression target) => _target = target;

    public override object? Evaluate(TemplateContext context)
    {
        var target = _target.EvaluateAsTarget(context);
        if (target == null && !context.EnableRelaxedMemberAccess)
        {
            throw new ScriptRuntimeException(Span, $"`{_target}` is null: it is neither empty nor not");
        }

        return context.IsEmpty(Span, target);
    }
}

internal sealed class IndexExpression : PathExpression
{
    private readonly ScriptExpression _target;
    private readonly ScriptExpression _index;

    public IndexExpression(ScriptExpression target, ScriptExpression index)
    {
        _target = target;
        _index = index;
    }

    public override object? Read(TemplateContext context)
    {
        if (!Locate(context, out var target, out var index))
        {
            return null;
        }

        if (ListOf(context, target!, index!) is { } list)
        {
            int i = ListIndex(context, list, target!, index!);
            return i < 0 ? null : list.GetValue(context, Span, target!, i);
        }

        var accessor = context.GetMemberAccessor(target!);
        bool found;
        object? value;
        if (accessor.HasIndexer)
        {
            found = accessor.TryGetItem(context, Span, target!, context.ToObject(_index.Span, index, accessor.IndexType!)!, out value);
        }
        else
        {
            var name = context.ObjectToString(index);
            found = accessor.TryGetValue(context, Span, target!, name, out value)
                || (context.TryGetMember != null && context.TryGetMember(context, Span, target!, name, out value));
        }

        if (!found && !context.EnableRelaxedMemberAccess)
        {
            throw new ScriptRuntimeException(_index.Span, $"`{_target}` has nothing at `{context.ObjectToString(index)}`");
        }

        return value;
    }

    public override void Write(TemplateContext context, object? value)
    {
        if (!Locate(context, out var target, out var index))
        {
            return;
        }

        if (ListOf(context, target!, index!) is { } list)
        {
            int i = ListIndex(context, list, target!, index!);
            if (i >= 0)
            {
                list.SetValue(context, Span, target!, i, value);
            }

            return;
        }

        var accessor = context.GetMemberAccessor(target!);
        bool done = accessor.HasIndexer
            ? accessor.TrySetItem(context, Span, target!, context.ToObject(_index.Span, index, accessor.IndexType!)!, value)
            : accessor.TrySetValue(context, Span, target!, context.ObjectToString(index), value);
        if (!done)
        {
            throw new ScriptRuntimeException(_index.Span, $"`{this}` cannot be set");
        }
    }

    private bool Locate(TemplateContext context, out object? target, out object? index)
    {
        index = null;
        target = _target.EvaluateAsTarget(context);
        if (target == null)
        {
            return context.EnableRelaxedTargetAccess
                ? false
                : throw new ScriptRuntimeException(_target.Span, $"`{_target}` is null and cannot be indexed");
        }

        if (target is not System.Enum && TemplateContext.IsNumeric(target.GetType()))
        {
            throw new ScriptRuntimeException(_target.Span, $"`{_target}` is {context.GetTypeName(target)} and cannot be indexed");
        }

        index = _index.Evaluate(context);
        if (index == null)
        {
            return context.EnableNullIndexer
                ? false
                : throw new ScriptRuntimeException(_index.Span, $"The index `{_index}` of `{_target}` is null");
        }

        return true;
    }

    private static IListAccessor? ListOf(TemplateContext context, object target, object index)
    {
        var list = context.GetListAccessor(target);
        bool asObject = list == null || target is IDictionary || (target is IScriptObject && index is string);
        return asObject ? null : list;
    }

    private int ListIndex(TemplateContext context, IListAccessor list, object target, object index)
    {
        int i = context.ToInt(_index.Span, index);
        int length = list.GetLength(context, Span, target);
        if (i < 0)
        {
            i += length;
        }

        if (!context.EnableRelaxedIndexerAccess && (i < 0 || i >= length))
        {
            throw new ScriptRuntimeException(_index.Span, $"The index {i} is outside of `{_target}`, which has {length} elements");
        }

        return i;
    }
}
