// `array.*`. Arguments are never changed; results are new arrays or lazy sequences.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban.Functions;

partial class ArrayFunctions : ScriptObject
{
    public static IEnumerable Add(IEnumerable? list, object? value)
    {
        var result = list == null ? new ScriptArray() : new ScriptArray(list);
        result.Add(value);
        return result;
    }

    public static IEnumerable AddRange(IEnumerable? list1, IEnumerable? list2) => Concat(list1, list2);

    public static IEnumerable Concat(IEnumerable? list1, IEnumerable? list2) => new ScriptRange(Items(list1).Concat(Items(list2)));

    public static IEnumerable Compact(IEnumerable? list) => new ScriptRange(Items(list).Where(item => item != null));

    public static IEnumerable Limit(IEnumerable? list, int count) => new ScriptRange(Items(list).Take(count));

    public static IEnumerable Offset(IEnumerable? list, int index) => new ScriptRange(Items(list).Skip(index));

    public static IEnumerable Reverse(IEnumerable? list) => new ScriptRange(Items(list).Reverse());

    public static IEnumerable Uniq(IEnumerable? list) => new ScriptRange(Items(list).Distinct());

    /// <summary>Whether the function is true for any element; further arguments are passed on to it.</summary>
    public static bool Any(TemplateContext context, SourceSpan span, IEnumerable? list, object? function, params object?[] args)
    {
        if (function is not IScriptCustomFunction test)
        {
            return false;
        }

        foreach (var item in Items(list))
        {
            var arguments = new[] { item }.Concat(args).ToArray();
            if (FunctionInvoker.CallWithValues(context, context.CurrentNode!, test, arguments) is true)
            {
                return true;
            }
        }

        return false;
    }

    public static bool Contains(IEnumerable? list, object? item) => Items(list).Any(element => AreEqual(element, item));

    public static ScriptRange? Each(TemplateContext context, SourceSpan span, IEnumerable? list, object? function)
    {
        var map = Function(function);
        var caller = context.CurrentNode!;
        return list == null ? null
            : new ScriptRange(map == null ? list : Items(list).Select(item => FunctionInvoker.CallWithValues(context, caller, map, item)));
    }

    public static ScriptRange? Filter(TemplateContext context, SourceSpan span, IEnumerable? list, object? function)
    {
        var test = Function(function);
        var caller = context.CurrentNode!;
        return list == null ? null
            : new ScriptRange(test == null
                ? list
                : Items(list).Where(item => context.ToBool(span, FunctionInvoker.CallWithValues(context, caller, test, item))));
    }

    public static object? First(IEnumerable? list) => Items(list).FirstOrDefault();

    public static object? Last(IEnumerable? list) => Items(list).LastOrDefault();

    public static IEnumerable InsertAt(IEnumerable? list, int index, object? value)
    {
        var result = list == null ? new ScriptArray() : new ScriptArray(list);
        result.Insert(Math.Max(index, 0), value);
        return result;
    }

    public static IList RemoveAt(IList? list, int index)
    {
        var result = list == null ? new ScriptArray() : new ScriptArray(list);
        result.RemoveAt(index < 0 ? index + result.Count : index);
        return result;
    }

    /// <summary>The elements as text with a delimiter between; a function may change each text first.</summary>
    public static string Join(TemplateContext context, SourceSpan span, IEnumerable? list, string? delimiter, object? function = null)
    {
        var map = Function(function);
        var text = new StringBuilder();
        bool isFirst = true;
        foreach (var item in Items(list))
        {
            text.Append(isFirst ? null : delimiter);
            isFirst = false;
            var piece = context.ObjectToString(item);
            text.Append(map == null
                ? piece
                : context.ObjectToString(FunctionInvoker.CallWithValues(context, context.CurrentNode!, map, piece)));
        }

        return text.ToString();
    }

    /// <summary>The member of each element; elements without it are left out.</summary>
    public static IEnumerable Map(TemplateContext context, SourceSpan span, object? list, string? member)
    {
        var values = new List<object?>();
        foreach (var item in member == null || list == null ? Enumerable.Empty<object?>() : Items(list as IEnumerable ?? new[] { list }))
        {
            if (item != null && context.GetMemberAccessor(item).TryGetValue(context, span, item, member!, out var value))
            {
                values.Add(value);
            }
        }

        return new ScriptRange(values);
    }

    public static int Size(IEnumerable? list) => list is ICollection collection ? collection.Count : Items(list).Count();

    /// <summary>Sorts by value or by a member; equal elements keep their order.</summary>
    public static IEnumerable Sort(TemplateContext context, SourceSpan span, object? list, string? member = null)
    {
        object? Key(object? item) =>
            string.IsNullOrEmpty(member) ? item
            : item != null && context.GetMemberAccessor(item).TryGetValue(context, span, item, member!, out var value) ? value
            : null;

        var order = Comparer<object?>.Create((a, b) => a is string x && b is string y
            ? CultureInfo.InvariantCulture.CompareInfo.Compare(x, y)
            : Comparer<object?>.Default.Compare(a, b));
        return list == null ? new ScriptRange()
            : list is IEnumerable items ? new ScriptArray(Items(items).OrderBy(Key, order))
            : new ScriptArray(1) { list };
    }

    private static IEnumerable<object?> Items(IEnumerable? list) => list?.Cast<object?>() ?? Enumerable.Empty<object?>();

    private static IScriptCustomFunction? Function(object? value) =>
        value as IScriptCustomFunction ?? (value == null ? null : throw new ArgumentException($"`{value}` is not a function; `@name` passes one"));

    private static bool AreEqual(object? element, object? item)
    {
        if (Equals(element, item))
        {
            return true;
        }

        // An enum is found by its name or its number.
        return element is Enum && (item is string name ? element.ToString() == name : item is int number && Convert.ToInt32(element, CultureInfo.InvariantCulture) == number);
    }
}
