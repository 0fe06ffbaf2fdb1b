// A template's array, which may have named properties too, and the lazy sequences that ranges and array functions return.
#nullable enable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Scriban.Parsing;

namespace Scriban.Runtime;

partial class ScriptArray<T> : IList<T>, IList, IScriptObject
{
    private readonly List<T> _items;
    private ScriptObject? _members;

    public ScriptArray() => _items = new List<T>();

    public ScriptArray(int capacity) => _items = new List<T>(capacity);

    public ScriptArray(T[] array) => _items = new List<T>(array);

    public ScriptArray(IEnumerable<T> values) => _items = new List<T>(values);

    public ScriptArray(IEnumerable values) => _items = values.Cast<T>().ToList();

    public int Count => _items.Count;

    public virtual bool IsReadOnly { get; set; }

    public ScriptObject ScriptObject => _members ??= new ScriptObject();

    bool IList.IsFixedSize => false;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => _items;

    /// <summary>Reading past the end gives the default; writing past it makes the array longer.</summary>
    public virtual T this[int index]
    {
        get => index < 0 || index >= _items.Count ? default! : _items[index];
        set
        {
            this.AssertNotReadOnly();
            while (index >= _items.Count)
            {
                _items.Add(default!);
            }

            if (index >= 0)
            {
                _items[index] = value;
            }
        }
    }

    object? IList.this[int index]
    {
        get => this[index];
        set => this[index] = (T)value!;
    }

    public virtual void Add(T item)
    {
        this.AssertNotReadOnly();
        _items.Add(item);
    }

    int IList.Add(object? value)
    {
        Add((T)value!);
        return _items.Count - 1;
    }

    public void AddRange(IEnumerable<T> items)
    {
        this.AssertNotReadOnly();
        _items.AddRange(items);
    }

    public virtual void Clear()
    {
        this.AssertNotReadOnly();
        _items.Clear();
    }

    public virtual bool Contains(T item) => _items.Contains(item);

    bool IList.Contains(object? value) => ((IList)_items).Contains(value);

    public virtual void CopyTo(T[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    void ICollection.CopyTo(Array array, int index) => ((ICollection)_items).CopyTo(array, index);

    public virtual int IndexOf(T item) => _items.IndexOf(item);

    int IList.IndexOf(object? value) => ((IList)_items).IndexOf(value);

    public virtual void Insert(int index, T item)
    {
        this.AssertNotReadOnly();
        while (_items.Count < index)
        {
            _items.Add(default!);
        }

        _items.Insert(index, item);
    }

    void IList.Insert(int index, object? value) => Insert(index, (T)value!);

    public virtual void RemoveAt(int index)
    {
        this.AssertNotReadOnly();
        if (index >= 0 && index < _items.Count)
        {
            _items.RemoveAt(index);
        }
    }

    public virtual bool Remove(T item)
    {
        this.AssertNotReadOnly();
        return _items.Remove(item);
    }

    void IList.Remove(object? value) => Remove((T)value!);

    public T[] ToArray() => _items.ToArray();

    public List<T>.Enumerator GetEnumerator() => _items.GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    public IEnumerable<string> GetMembers()
    {
        yield return "size";
        foreach (var member in _members?.GetMembers() ?? Enumerable.Empty<string>())
        {
            yield return member;
        }
    }

    public virtual bool Contains(string member) => member == "size" || (_members != null && _members.Contains(member));

    public virtual bool TryGetValue(TemplateContext? context, SourceSpan span, string member, out object? value)
    {
        if (member == "size")
        {
            value = Count;
            return true;
        }

        value = null;
        return _members != null && _members.TryGetValue(context, span, member, out value);
    }

    public virtual bool CanWrite(string member) => member != "size" && (_members == null || _members.CanWrite(member));

    public virtual bool TrySetValue(TemplateContext? context, SourceSpan span, string member, object? value, bool readOnly) =>
        ScriptObject.TrySetValue(context, span, member, value, readOnly);

    public virtual bool Remove(string member) => ScriptObject.Remove(member);

    public virtual void SetReadOnly(string member, bool readOnly) => ScriptObject.SetReadOnly(member, readOnly);

    public virtual IScriptObject Clone(bool deep)
    {
        var copy = NewLike();
        copy._items.AddRange(deep ? _items.Select(item => item is IScriptObject inner ? (T)inner.Clone(true) : item) : _items);
        copy._members = (ScriptObject?)_members?.Clone(deep);
        return copy;
    }

    private protected virtual ScriptArray<T> NewLike() => new(Count);
}

partial class ScriptArray : ScriptArray<object?>
{
    public ScriptArray()
    {
    }

    public ScriptArray(int capacity)
        : base(capacity)
    {
    }

    public ScriptArray(IEnumerable<object?> values)
        : base(values)
    {
    }

    public ScriptArray(IEnumerable values)
        : base(values)
    {
    }

    private protected override ScriptArray<object?> NewLike() => new ScriptArray(Count);
}

/// <summary>A sequence that is computed when it is read; changing it turns it into a list.</summary>
partial class ScriptRange : IList<object?>, IList
{
    private IEnumerable _values;

    public ScriptRange() => _values = new List<object?>();

    public ScriptRange(IEnumerable values) => _values = values;

    public IEnumerable Values => _values;

    public int Count => _values is ICollection collection ? collection.Count : _values.Cast<object?>().Count();

    public bool IsReadOnly => false;

    bool IList.IsFixedSize => false;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    public object? this[int index]
    {
        get => _values is IList list ? (index < list.Count ? list[index] : null) : _values.Cast<object?>().ElementAtOrDefault(index);
        set => Materialized()[index] = value;
    }

    public IEnumerator<object?> GetEnumerator() => _values.Cast<object?>().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();

    public void Add(object? item) => Materialized().Add(item);

    int IList.Add(object? value)
    {
        Add(value);
        return Count - 1;
    }

    public void Clear() => _values = new List<object?>();

    public bool Contains(object? item) => _values.Cast<object?>().Contains(item);

    public void CopyTo(object?[] array, int arrayIndex) => Materialized().CopyTo(array, arrayIndex);

    void ICollection.CopyTo(Array array, int index) => ((ICollection)Materialized()).CopyTo(array, index);

    public int IndexOf(object? item) => Materialized().IndexOf(item);

    public void Insert(int index, object? item) => Materialized().Insert(index, item);

    public bool Remove(object? item) => Materialized().Remove(item);

    void IList.Remove(object? value) => Remove(value);

    public void RemoveAt(int index) => Materialized().RemoveAt(index);

    private List<object?> Materialized()
    {
        if (_values is not List<object?> list)
        {
            _values = list = _values.Cast<object?>().ToList();
        }

        return list;
    }
}
