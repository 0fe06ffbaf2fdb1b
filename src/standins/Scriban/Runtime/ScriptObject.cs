// A template's object: named values in the order they were added, each possibly read-only.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Scriban.Functions;
using Scriban.Parsing;

namespace Scriban.Runtime;

partial class ScriptObject : IDictionary<string, object?>, IDictionary, IScriptObject, IFormattable
{
    private Dictionary<string, Slot> _slots;

    public ScriptObject()
        : this(0, null)
    {
    }

    public ScriptObject(int capacity)
        : this(capacity, null)
    {
    }

    public ScriptObject(IEqualityComparer<string>? keyComparer)
        : this(0, keyComparer)
    {
    }

    public ScriptObject(int capacity, IEqualityComparer<string>? keyComparer) =>
        _slots = new Dictionary<string, Slot>(capacity, keyComparer ?? StringComparer.Ordinal);

    public int Count => _slots.Count;

    public virtual bool IsReadOnly { get; set; }

    public ICollection<string> Keys => _slots.Keys;

    public ICollection<object?> Values => _slots.Values.Select(slot => slot.Value).ToList();

    ICollection IDictionary.Keys => _slots.Keys;

    ICollection IDictionary.Values => _slots.Values.Select(slot => slot.Value).ToList();

    bool IDictionary.IsFixedSize => false;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => _slots;

    public virtual object? this[string key]
    {
        get => TryGetValue(null, default, key, out var value) ? value : null;
        set
        {
            this.AssertNotReadOnly();
            TrySetValue(null, default, key, value, false);
        }
    }

    object? IDictionary.this[object key]
    {
        get => this[key.ToString()!];
        set => this[key.ToString()!] = value;
    }

    /// <summary>An object with the public members of a .NET object.</summary>
    [ScriptMemberIgnore]
    public static ScriptObject From(object obj)
    {
        var result = new ScriptObject();
        result.Import(obj);
        return result;
    }

    /// <summary>Whether an object has members worth importing: not text, a number, an enum or an array.</summary>
    [ScriptMemberIgnore]
    public static bool IsImportable(object? obj)
    {
        var type = obj as Type ?? obj?.GetType();
        return type == null || !(obj is string || type.IsPrimitive || type == typeof(decimal) || type.IsEnum || type.IsArray);
    }

    public IEnumerable<string> GetMembers() => _slots.Keys;

    public virtual bool Contains(string member) => _slots.ContainsKey(member);

    public bool ContainsKey(string key) => Contains(key);

    public virtual bool TryGetValue(TemplateContext? context, SourceSpan span, string member, out object? value)
    {
        bool found = _slots.TryGetValue(member, out var slot);
        value = slot.Value;
        return found;
    }

    bool IDictionary<string, object?>.TryGetValue(string key, out object? value) => TryGetValue(null, default, key, out value);

    public T? GetSafeValue<T>(string name, T? defaultValue = default) => this[name] is T value ? value : defaultValue;

    public virtual bool CanWrite(string member) => !_slots.TryGetValue(member, out var slot) || !slot.IsReadOnly;

    public virtual bool TrySetValue(TemplateContext? context, SourceSpan span, string member, object? value, bool readOnly)
    {
        if (!CanWrite(member))
        {
            return false;
        }

        this.AssertNotReadOnly();
        _slots[member] = new Slot(value, readOnly);
        return true;
    }

    public void SetValue(string member, object? value, bool readOnly) => _slots[member] = new Slot(value, readOnly);

    public void Add(string key, object? value) => _slots.Add(key, new Slot(value, false));

    void IDictionary.Add(object key, object? value) => Add((string)key, value);

    public virtual bool Remove(string member)
    {
        this.AssertNotReadOnly();
        return _slots.Remove(member);
    }

    void IDictionary.Remove(object key) => Remove((string)key);

    bool IDictionary.Contains(object key) => key is string name && Contains(name);

    public virtual void SetReadOnly(string member, bool readOnly)
    {
        this.AssertNotReadOnly();
        if (_slots.TryGetValue(member, out var slot))
        {
            _slots[member] = new Slot(slot.Value, readOnly);
        }
    }

    public void Clear() => _slots.Clear();

    public virtual void CopyTo(ScriptObject dest)
    {
        foreach (var pair in _slots)
        {
            dest._slots[pair.Key] = pair.Value;
        }
    }

    public virtual IScriptObject Clone(bool deep)
    {
        var copy = (ScriptObject)MemberwiseClone();
        copy._slots = new Dictionary<string, Slot>(_slots.Count, _slots.Comparer);
        foreach (var pair in _slots)
        {
            var value = deep && pair.Value.Value is IScriptObject inner ? inner.Clone(true) : pair.Value.Value;
            copy._slots[pair.Key] = new Slot(value, pair.Value.IsReadOnly);
        }

        return copy;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        foreach (var pair in _slots)
        {
            yield return new KeyValuePair<string, object?>(pair.Key, pair.Value.Value);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IDictionaryEnumerator IDictionary.GetEnumerator() => ToDictionary().GetEnumerator();

    void ICollection<KeyValuePair<string, object?>>.Add(KeyValuePair<string, object?> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object?>>.Contains(KeyValuePair<string, object?> item) =>
        _slots.TryGetValue(item.Key, out var slot) && Equals(slot.Value, item.Value);

    bool ICollection<KeyValuePair<string, object?>>.Remove(KeyValuePair<string, object?> item) =>
        ((ICollection<KeyValuePair<string, object?>>)this).Contains(item) && Remove(item.Key);

    void ICollection<KeyValuePair<string, object?>>.CopyTo(KeyValuePair<string, object?>[] array, int arrayIndex) =>
        this.ToArray().CopyTo(array, arrayIndex);

    void ICollection.CopyTo(Array array, int index) => this.ToArray().CopyTo(array, index);

    public sealed override string ToString() => ToString(null, null);

    public string ToString(IFormatProvider formatProvider) => ToString(null, formatProvider);

    /// <summary>{name: value, "other name": "text"}.</summary>
    public virtual string ToString(string? format, IFormatProvider? formatProvider)
    {
        var context = formatProvider as TemplateContext;
        var text = new StringBuilder("{");
        foreach (var pair in this)
        {
            text.Append(text.Length > 1 ? ", " : string.Empty);
            text.Append(IsPlainName(pair.Key) ? pair.Key : StringFunctions.Literal(pair.Key));
            text.Append(": ");
            text.Append(context != null
                ? context.ObjectToString(pair.Value, nested: true)
                : (pair.Value as IFormattable)?.ToString(null, formatProvider) ?? pair.Value?.ToString());
        }

        return text.Append('}').ToString();
    }

    private static bool IsPlainName(string key) =>
        key.Length > 0 && (char.IsLetter(key[0]) || key[0] == '_') && key.All(c => char.IsLetterOrDigit(c) || c == '_');

    private Hashtable ToDictionary()
    {
        var table = new Hashtable();
        foreach (var pair in this)
        {
            table.Add(pair.Key, pair.Value);
        }

        return table;
    }

    private readonly struct Slot
    {
        public Slot(object? value, bool isReadOnly)
        {
            Value = value;
            IsReadOnly = isReadOnly;
        }

        public object? Value { get; }

        public bool IsReadOnly { get; }
    }
}

/// <summary>`empty`: equal to anything without elements.</summary>
internal sealed class EmptyScriptObject
{
    public static readonly EmptyScriptObject Default = new();

    public override string ToString() => string.Empty;
}
