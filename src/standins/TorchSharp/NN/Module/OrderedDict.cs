// A dictionary that keeps insertion order and is read as (key, value) pairs.
using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>Gives a component another name in the state dictionary than that of its field.</summary>
[AttributeUsage(AttributeTargets.All)]
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; } = "";
}

/// <summary>Entries by key, enumerated in the order in which they were added.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)> where TKey : notnull
{
    private readonly List<(TKey, TValue)> _list = new();
    private readonly Dictionary<TKey, TValue> _dict = new();

    public int Count => _list.Count;

    public bool IsReadOnly => false;

    public ICollection<TKey> Keys => _list.ConvertAll(entry => entry.Item1);

    public ICollection<TValue> Values => _list.ConvertAll(entry => entry.Item2);

    public (TKey, TValue) this[int index]
    {
        get => _list[index];
        set
        {
            if (!_list[index].Item1.Equals(value.Item1)) _dict.Remove(_list[index].Item1);
            _dict[value.Item1] = value.Item2;
            _list[index] = value;
        }
    }

    public TValue this[TKey key]
    {
        get => _dict[key];
        set
        {
            if (_dict.TryAdd(key, value))
            {
                _list.Add((key, value));
                return;
            }
            _dict[key] = value;
            _list[IndexOf(key)] = (key, value);
        }
    }

    public IEnumerator<(TKey, TValue)> items() => _list.GetEnumerator();

    public IEnumerable<TKey> keys() => Keys;

    public IEnumerable<TValue> values() => Values;

    public void clear() => Clear();

    public void Add(TKey key, TValue value)
    {
        _dict.Add(key, value);
        _list.Add((key, value));
    }

    public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);

    public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    public void Insert(int index, (TKey, TValue) item)
    {
        _dict.Add(item.Item1, item.Item2);
        _list.Insert(index, item);
    }

    public bool ContainsKey(TKey key) => _dict.ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _dict.TryGetValue(key, out value);

    public bool Contains((TKey, TValue) item) => _list.Contains(item);

    public bool Contains(KeyValuePair<TKey, TValue> item) => Contains((item.Key, item.Value));

    public int IndexOf((TKey, TValue) item) => _list.IndexOf(item);

    public bool Remove(TKey key)
    {
        if (!_dict.Remove(key)) return false;
        _list.RemoveAt(IndexOf(key));
        return true;
    }

    public bool Remove((TKey, TValue) item) => _list.Remove(item) && _dict.Remove(item.Item1);

    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove((item.Key, item.Value));

    public void RemoveAt(int index)
    {
        _dict.Remove(_list[index].Item1);
        _list.RemoveAt(index);
    }

    public void Clear()
    {
        _dict.Clear();
        _list.Clear();
    }

    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        foreach (var (key, value) in _list) array[arrayIndex++] = new(key, value);
    }

    public IEnumerator<(TKey, TValue)> GetEnumerator() => _list.GetEnumerator();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator()
    {
        foreach (var (key, value) in _list) yield return new(key, value);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(TKey key) => _list.FindIndex(entry => entry.Item1.Equals(key));
}
