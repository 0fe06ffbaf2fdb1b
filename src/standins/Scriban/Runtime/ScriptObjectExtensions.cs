// Importing .NET objects, dictionaries and delegates into template objects.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

namespace Scriban.Runtime;

static partial class ScriptObjectExtensions
{
    public static void AssertNotReadOnly(this IScriptObject scriptObject)
    {
        if (scriptObject.IsReadOnly)
        {
            throw new InvalidOperationException("The object is read-only");
        }
    }

    public static bool TryGetValue(this IScriptObject @this, string key, out object? value) =>
        @this.TryGetValue(null, default, key, out value);

    public static void SetValue(this IScriptObject @this, string member, object? value, bool readOnly) =>
        @this.TrySetValue(null, default, member, value, readOnly);

    /// <summary>Copies the members of another template object, except over read-only ones.</summary>
    public static void Import(this IScriptObject @this, IScriptObject? other)
    {
        if (other == null)
        {
            return;
        }

        foreach (var member in other.GetMembers())
        {
            if (@this.CanWrite(member) && other.TryGetValue(member, out var value))
            {
                @this.TrySetValue(null, default, member, value, !other.CanWrite(member));
            }
        }
    }

    /// <summary>Makes a function available to templates.</summary>
    public static void Import(this IScriptObject script, string member, Delegate function) =>
        script.TrySetValue(null, default, member, DynamicCustomFunction.Create(function), true);

    /// <summary>
    /// Copies the public fields and properties of an object, the entries of a dictionary, or the public static members, functions
    /// included, of a type.
    /// </summary>
    public static void Import(
        this IScriptObject script, object? obj, MemberFilterDelegate? filter = null, MemberRenamerDelegate? renamer = null)
    {
        switch (obj)
        {
            case null:
                return;
            case IScriptObject other:
                script.Import(other);
                return;
            case IDictionary entries:
                foreach (DictionaryEntry entry in entries)
                {
                    script.TrySetValue(null, default, entry.Key.ToString()!, entry.Value, false);
                }

                return;
        }

        if (!ScriptObject.IsImportable(obj))
        {
            throw new ArgumentOutOfRangeException(nameof(obj), $"{obj.GetType()} has no members to import");
        }

        renamer ??= StandardMemberRenamer.Default;
        var type = obj as Type;
        if (type != null)
        {
            foreach (var method in type.GetMethods(BindingFlags.Static | BindingFlags.Public))
            {
                if (!method.IsSpecialName && Members.IsVisible(method, filter))
                {
                    script.TrySetValue(null, default, Members.NameOf(method, renamer), new DynamicCustomFunction(null, method), true);
                }
            }
        }

        foreach (var member in Members.Of(type ?? obj.GetType(), isStatic: type != null, filter))
        {
            var value = Members.Read(member, type == null ? obj : null);
            script.TrySetValue(null, default, Members.NameOf(member, renamer), value, member is FieldInfo { IsInitOnly: true });
        }
    }
}

/// <summary>The public fields and properties of .NET types.</summary>
internal static class Members
{
    /// <summary>Fields and readable properties without index; those of derived types come last and win.</summary>
    public static IEnumerable<MemberInfo> Of(Type type, bool isStatic, MemberFilterDelegate? filter)
    {
        var chain = new Stack<Type>();
        for (var t = type; t != null && t != typeof(object); t = t.BaseType)
        {
            chain.Push(t);
        }

        var flags = BindingFlags.Public | BindingFlags.DeclaredOnly | (isStatic ? BindingFlags.Static : BindingFlags.Instance);
        foreach (var t in chain)
        {
            foreach (var field in t.GetFields(flags))
            {
                if (!field.IsLiteral && IsVisible(field, filter))
                {
                    yield return field;
                }
            }

            foreach (var property in t.GetProperties(flags))
            {
                if (property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && IsVisible(property, filter))
                {
                    yield return property;
                }
            }
        }
    }

    public static bool IsVisible(MemberInfo member, MemberFilterDelegate? filter) =>
        member.GetCustomAttribute<ScriptMemberIgnoreAttribute>() == null && (filter == null || filter(member));

    public static string NameOf(MemberInfo member, MemberRenamerDelegate renamer)
    {
        var name = renamer(member);
        return string.IsNullOrEmpty(name) ? member.Name : name;
    }

    public static object? Read(MemberInfo member, object? target) =>
        member is FieldInfo field ? field.GetValue(target) : ((PropertyInfo)member).GetValue(target);
}
