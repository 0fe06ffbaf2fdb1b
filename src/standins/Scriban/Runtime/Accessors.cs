// How templates reach into values: members and indices of template objects, dictionaries, lists and plain .NET objects.
#nullable enable
using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Scriban.Parsing;
using Scriban.Syntax;

namespace Scriban.Runtime;

internal interface IListAccessor
{
    int GetLength(TemplateContext context, SourceSpan span, object target);

    object? GetValue(TemplateContext context, SourceSpan span, object target, int index);

    void SetValue(TemplateContext context, SourceSpan span, object target, int index, object? value);
}

/// <summary>Access to members; without any, which is what numbers have.</summary>
internal class MemberAccessor
{
    public static readonly MemberAccessor None = new();

    public virtual bool HasIndexer => IndexType != null;

    public virtual Type? IndexType => null;

    public virtual IEnumerable<string> GetMembers(TemplateContext context, object target) => Enumerable.Empty<string>();

    public virtual bool TryGetValue(TemplateContext context, SourceSpan span, object target, string member, out object? value)
    {
        value = null;
        return false;
    }

    public virtual bool TrySetValue(TemplateContext context, SourceSpan span, object target, string member, object? value) => false;

    public virtual bool TryGetItem(TemplateContext context, SourceSpan span, object target, object index, out object? value)
    {
        value = null;
        return false;
    }

    public virtual bool TrySetItem(TemplateContext context, SourceSpan span, object target, object index, object? value) => false;
}

internal sealed class ScriptObjectAccessor : MemberAccessor
{
    public static readonly ScriptObjectAccessor Default = new();

    public override IEnumerable<string> GetMembers(TemplateContext context, object target) => ((IScriptObject)target).GetMembers();

    public override bool TryGetValue(TemplateContext context, SourceSpan span, object target, string member, out object? value) =>
        ((IScriptObject)target).TryGetValue(context, span, member, out value);

    public override bool TrySetValue(TemplateContext context, SourceSpan span, object target, string member, object? value)
    {
        var destination = (IScriptObject)target;
        return destination.CanWrite(member) && destination.TrySetValue(context, span, member, value, false);
    }
}

/// <summary>Lists, arrays and strings: `size` and elements by number.</summary>
internal sealed class ListAccessor : MemberAccessor, IListAccessor
{
    public static readonly ListAccessor Default = new();

    public override IEnumerable<string> GetMembers(TemplateContext context, object target) => new[] { "size" };

    public override bool TryGetValue(TemplateContext context, SourceSpan span, object target, string member, out object? value)
    {
        bool found = member == "size";
        value = found ? GetLength(context, span, target) : null;
        return found;
    }

    public int GetLength(TemplateContext context, SourceSpan span, object target) =>
        target is string text ? text.Length : ((IList)target).Count;

    public object? GetValue(TemplateContext context, SourceSpan span, object target, int index)
    {
        if (target is string text)
        {
            return index < text.Length ? text[index].ToString() : null;
        }

        var list = (IList)target;
        // .NET arrays check their bounds, other lists are endless.
        return index < list.Count || list is Array ? list[index] : null;
    }

    public void SetValue(TemplateContext context, SourceSpan span, object target, int index, object? value)
    {
        if (target is not IList list || (list.IsFixedSize && index >= list.Count))
        {
            throw new ScriptRuntimeException(span, $"The element {index} cannot be set");
        }

        while (index >= list.Count)
        {
            list.Add(null);
        }

        list[index] = value;
    }
}

/// <summary>Dictionaries: members are keys, converted to the key's type.</summary>
internal sealed class DictionaryAccessor<TKey, TValue> : MemberAccessor
    where TKey : notnull
{
    public override Type? IndexType => typeof(TKey);

    public override IEnumerable<string> GetMembers(TemplateContext context, object target) =>
        ((IEnumerable<KeyValuePair<TKey, TValue>>)target).Select(pair => context.ObjectToString(pair.Key));

    /// <summary>A missing key yields the default of the value's type when unknown members are allowed.</summary>
    public override bool TryGetValue(TemplateContext context, SourceSpan span, object target, string member, out object? value)
    {
        var key = (TKey)context.ToObject(span, member, typeof(TKey))!;
        bool found = ((IDictionary<TKey, TValue>)target).TryGetValue(key, out var typed);
        value = typed;
        return found;
    }

    public override bool TrySetValue(TemplateContext context, SourceSpan span, object target, string member, object? value) =>
        TrySetItem(context, span, target, context.ToObject(span, member, typeof(TKey))!, value);

    public override bool TryGetItem(TemplateContext context, SourceSpan span, object target, object index, out object? value)
    {
        bool found = ((IDictionary<TKey, TValue>)target).TryGetValue((TKey)index, out var typed);
        value = found ? typed : null;
        return found;
    }

    public override bool TrySetItem(TemplateContext context, SourceSpan span, object target, object index, object? value)
    {
        var entries = (IDictionary<TKey, TValue>)target;
        if (entries.IsReadOnly)
        {
            return false;
        }

        entries[(TKey)index] = (TValue)value!;
        return true;
    }
}

/// <summary>A dictionary without type arguments.</summary>
internal sealed class UntypedDictionaryAccessor : MemberAccessor
{
    public override Type? IndexType => typeof(object);

    public override IEnumerable<string> GetMembers(TemplateContext context, object target) =>
        ((IDictionary)target).Keys.Cast<object>().Select(key => context.ObjectToString(key));

    public override bool TryGetValue(TemplateContext context, SourceSpan span, object target, string member, out object? value) =>
        TryGetItem(context, span, target, member, out value);

    public override bool TrySetValue(TemplateContext context, SourceSpan span, object target, string member, object? value) =>
        TrySetItem(context, span, target, member, value);

    public override bool TryGetItem(TemplateContext context, SourceSpan span, object target, object index, out object? value)
    {
        var entries = (IDictionary)target;
        bool found = entries.Contains(index);
        value = found ? entries[index] : null;
        return found;
    }

    public override bool TrySetItem(TemplateContext context, SourceSpan span, object target, object index, object? value)
    {
        ((IDictionary)target)[index] = value;
        return true;
    }
}

/// <summary>The fields and properties of a .NET type under their template names.</summary>
internal sealed class TypedObjectAccessor : MemberAccessor
{
    private static readonly ConcurrentDictionary<Type, TypedObjectAccessor> Shared = new();

    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly PropertyInfo? _indexer;

    private TypedObjectAccessor(Type type, MemberRenamerDelegate renamer, MemberFilterDelegate? filter)
    {
        foreach (var member in Members.Of(type, isStatic: false, filter))
        {
            _members[Members.NameOf(member, renamer)] = new Member(member);
        }

        _indexer = type.GetProperties().FirstOrDefault(property => property.GetIndexParameters().Length == 1);
    }

    public override Type? IndexType => _indexer?.GetIndexParameters()[0].ParameterType;

    /// <summary>Accessors with the default names are shared by all contexts; others belong to their context.</summary>
    public static TypedObjectAccessor For(Type type, MemberRenamerDelegate? renamer, MemberFilterDelegate? filter) =>
        filter == null && (renamer == null || renamer == StandardMemberRenamer.Default)
            ? Shared.GetOrAdd(type, static key => new TypedObjectAccessor(key, StandardMemberRenamer.Default, null))
            : new TypedObjectAccessor(type, renamer ?? StandardMemberRenamer.Default, filter);

    public override IEnumerable<string> GetMembers(TemplateContext context, object target) => _members.Keys;

    public override bool TryGetValue(TemplateContext context, SourceSpan span, object target, string member, out object? value)
    {
        bool found = _members.TryGetValue(member, out var known);
        value = found ? known!.Get(target) : null;
        return found;
    }

    public override bool TrySetValue(TemplateContext context, SourceSpan span, object target, string member, object? value) =>
        _members.TryGetValue(member, out var known) && known.Set(target, type => context.ToObject(span, value, type));

    public override bool TryGetItem(TemplateContext context, SourceSpan span, object target, object index, out object? value)
    {
        value = _indexer!.GetValue(target, new[] { index });
        return true;
    }

    public override bool TrySetItem(TemplateContext context, SourceSpan span, object target, object index, object? value)
    {
        if (!_indexer!.CanWrite)
        {
            return false;
        }

        _indexer.SetValue(target, value, new[] { index });
        return true;
    }

    private sealed class Member
    {
        private readonly MemberInfo _info;
        private readonly Func<object, object?> _get;

        public Member(MemberInfo info)
        {
            _info = info;
            _get = FastGetter(info) ?? (target => Members.Read(info, target));
        }

        public object? Get(object target) => _get(target);

        public bool Set(object target, Func<Type, object?> convert)
        {
            if (_info is FieldInfo { IsInitOnly: false } field)
            {
                field.SetValue(target, convert(field.FieldType));
                return true;
            }

            if (_info is PropertyInfo { SetMethod.IsPublic: true } property)
            {
                property.SetValue(target, convert(property.PropertyType));
                return true;
            }

            return false;
        }

        // A delegate on the getter itself is several times faster than PropertyInfo.GetValue; structs cannot have one.
        private static Func<object, object?>? FastGetter(MemberInfo info)
        {
            if (info is not PropertyInfo property || property.DeclaringType!.IsValueType || property.PropertyType.IsByRef)
            {
                return null;
            }

            return (Func<object, object?>)typeof(Member)
                .GetMethod(nameof(Wrap), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(property.DeclaringType, property.PropertyType)
                .Invoke(null, new object[] { property.GetMethod! })!;
        }

        private static Func<object, object?> Wrap<TTarget, TValue>(MethodInfo getter)
        {
            var typed = (Func<TTarget, TValue>)getter.CreateDelegate(typeof(Func<TTarget, TValue>));
            return target => typed((TTarget)target);
        }
    }
}
