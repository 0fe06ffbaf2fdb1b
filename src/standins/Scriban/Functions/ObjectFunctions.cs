// `object.*`.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban.Functions;

partial class ObjectFunctions : ScriptObject
{
    /// <summary>The value, or another one in place of null and empty text.</summary>
    public static object? Default(object? value, object? @default) => value is null or "" ? @default : value;

    public static string Format(TemplateContext context, SourceSpan span, object? value, string? format, string? culture = null) =>
        value == null ? string.Empty
        : value is IFormattable formattable ? formattable.ToString(format, culture == null ? context.CurrentCulture : new CultureInfo(culture))
        : throw new ScriptRuntimeException(span, $"{context.GetTypeName(value)} cannot be formatted");

    public static bool HasKey(IDictionary<string, object?>? value, string? key) => value != null && key != null && value.ContainsKey(key);

    public static bool HasValue(IDictionary<string, object?>? value, string? key) => HasKey(value, key) && value![key!] != null;

    public static new ScriptArray Keys(TemplateContext context, object? value) => value switch
    {
        null or IScriptCustomFunction => new ScriptArray(),
        IDictionary entries => new ScriptArray(entries.Keys),
        _ => new ScriptArray((IEnumerable)context.GetAccessorMembers(value)),
    };

    public static new ScriptArray Values(TemplateContext context, object? value)
    {
        var values = new ScriptArray();
        if (value is null or IScriptCustomFunction)
        {
            return values;
        }

        foreach (var member in context.GetAccessorMembers(value))
        {
            context.GetMemberAccessor(value).TryGetValue(context, context.CurrentSpan, value, member, out var item);
            values.Add(item);
        }

        return values;
    }

    public static int Size(object? value) => value switch
    {
        string text => text.Length,
        IEnumerable items => ArrayFunctions.Size(items),
        _ => 0,
    };

    public static string? Typeof(object? value) => value switch
    {
        null => null,
        string => "string",
        bool => "boolean",
        _ when value is not Enum && TemplateContext.IsNumeric(value.GetType()) => "number",
        ScriptRange => "iterator",
        IList => "array",
        ScriptObject or IDictionary => "object",
        IEnumerable => "iterator",
        _ => "object",
    };
}
