// Conversions: what is true, how values print, and how arguments become what functions want.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using Scriban.Functions;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Scriban;

partial class TemplateContext
{
    private readonly Dictionary<Type, MemberAccessor> _accessors = new();
    private int _toStringDepth;

    /// <summary>Only null, false and `empty` are false.</summary>
    public virtual bool ToBool(SourceSpan span, object? value) => value switch
    {
        null or EmptyScriptObject => false,
        bool truth => truth,
        _ => true,
    };

    public virtual int ToInt(SourceSpan span, object? value)
    {
        try
        {
            return value switch
            {
                null => 0,
                int number => number,
                BigInteger big => (int)big,
                _ => Convert.ToInt32(value, CurrentCulture),
            };
        }
        catch (Exception error) when (error is FormatException or InvalidCastException or OverflowException)
        {
            throw new ScriptRuntimeException(span, $"{GetTypeName(value)} `{value}` is not an integer", error);
        }
    }

    /// <summary>Null for null; otherwise whether a sequence has no elements.</summary>
    public virtual object? IsEmpty(SourceSpan span, object? against) => against switch
    {
        null => null,
        ICollection collection => Boxed.Of(collection.Count == 0),
        IEnumerable items => Boxed.Of(!items.Cast<object?>().Any()),
        _ => Boxed.Of(!IsNumeric(against.GetType()) && GetAccessorMembers(against).Any()),
    };

    /// <summary>How a value prints: numbers invariant, sequences as [1, 2], objects as {a: 1}, strings inside of those quoted.</summary>
    public virtual string ObjectToString(object? value, bool nested = false)
    {
        nested |= _toStringDepth > 0;
        switch (value)
        {
            case string text:
                return nested ? StringFunctions.Literal(text)! : text;
            case null or EmptyScriptObject:
                return nested ? "null" : string.Empty;
            case bool truth:
                return truth ? "true" : "false";
        }

        _toStringDepth++;
        try
        {
            return value switch
            {
                IFormattable formattable => formattable.ToString(null, this),
                IConvertible convertible => convertible.ToString(this),
                IEnumerable items => ListToString(items),
                FunctionStatement function => function.ToString(),
                IScriptCustomFunction => "<function>",
                _ when IsPair(value) => ObjectToString(ScriptObject.From(value)),
                _ => value.ToString() ?? string.Empty,
            };
        }
        finally
        {
            _toStringDepth--;
        }
    }

    public virtual string GetTypeName(object? value) => value switch
    {
        null => "null",
        string => "string",
        bool => "bool",
        int => "int",
        long => "long",
        float => "float",
        double => "double",
        decimal => "decimal",
        BigInteger => "bigint",
        ScriptRange => "range",
        ScriptArray => "array",
        ScriptObject => "object",
        IScriptCustomFunction => "function",
        Type type => type.Name,
        _ => value.GetType().Name,
    };

    public T ToObject<T>(SourceSpan span, object? value) => (T)ToObject(span, value, typeof(T))!;

    public virtual object? ToObject(SourceSpan span, object? value, Type destinationType)
    {
        var nullable = Nullable.GetUnderlyingType(destinationType);
        var type = nullable ?? destinationType;
        if (value != null && type.IsInstanceOfType(value))
        {
            return value;
        }

        if (value == null && nullable != null)
        {
            return null;
        }

        if (type == typeof(string))
        {
            return value == null ? null : ObjectToString(value);
        }

        if (type == typeof(int))
        {
            return ToInt(span, value);
        }

        if (type == typeof(bool))
        {
            return Boxed.Of(ToBool(span, value));
        }

        try
        {
            if (value == null)
            {
                return type.IsValueType ? Activator.CreateInstance(type) : null;
            }

            if (type.IsEnum)
            {
                return value is string name ? Enum.Parse(type, name) : Enum.ToObject(type, value);
            }

            if (type == typeof(BigInteger) && IsNumeric(value.GetType()))
            {
                return value is double or float or decimal
                    ? new BigInteger(Convert.ToDouble(value, CurrentCulture))
                    : BigInteger.Parse(Convert.ToString(value is Enum or bool or char ? Convert.ToInt64(value, CurrentCulture) : value, CurrentCulture)!, CurrentCulture);
            }

            if (value is BigInteger big)
            {
                return Convert.ChangeType((double)big, type, CurrentCulture);
            }

            if (IsNumeric(type) && IsNumeric(value.GetType()))
            {
                return Convert.ChangeType(value, type, CurrentCulture);
            }

            if (type == typeof(IList) && value is IEnumerable items)
            {
                return new ScriptArray(items);
            }
        }
        catch (Exception error) when (error is FormatException or InvalidCastException or OverflowException or ArgumentException)
        {
            throw new ScriptRuntimeException(span, $"{GetTypeName(value)} `{value}` cannot become {type.Name}", error);
        }

        throw new ScriptRuntimeException(span, $"{GetTypeName(value)} `{value}` cannot become {type.Name}");
    }

    internal IListAccessor? GetListAccessor(object target) => target is IList or string ? ListAccessor.Default : null;

    internal MemberAccessor GetMemberAccessor(object target)
    {
        var type = target.GetType();
        if (!_accessors.TryGetValue(type, out var accessor))
        {
            _accessors.Add(type, accessor = CreateAccessor(target, type));
        }

        return accessor;
    }

    internal IEnumerable<string> GetAccessorMembers(object target) => GetMemberAccessor(target).GetMembers(this, target);

    internal static bool IsNumeric(Type type) => type.IsPrimitive || type == typeof(decimal) || type == typeof(BigInteger) || type.IsEnum;

    private MemberAccessor CreateAccessor(object target, Type type)
    {
        if (target is IScriptObject)
        {
            return ScriptObjectAccessor.Default;
        }

        if (type.IsPrimitive || type == typeof(decimal))
        {
            return MemberAccessor.None;
        }

        var dictionary = type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IDictionary<,>));
        if (dictionary != null)
        {
            return (MemberAccessor)Activator.CreateInstance(typeof(DictionaryAccessor<,>).MakeGenericType(dictionary.GetGenericArguments()))!;
        }

        return target switch
        {
            IDictionary => new UntypedDictionaryAccessor(),
            IList or string => ListAccessor.Default,
            _ => TypedObjectAccessor.For(type, MemberRenamer, MemberFilter),
        };
    }

    private static bool IsPair(object value) =>
        value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private string ListToString(IEnumerable items)
    {
        var text = new StringBuilder("[");
        foreach (var item in items)
        {
            text.Append(text.Length > 1 ? ", " : string.Empty).Append(ObjectToString(item));
        }

        return text.Append(']').ToString();
    }
}
