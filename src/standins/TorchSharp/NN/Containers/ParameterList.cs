// A list of parameters, named by their positions.
using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public class ParameterList : nn.Module, IList<Parameter>
{
    private readonly List<Parameter> _list = new();
    private bool _registered;

    public ParameterList(params Parameter[] parameters) : base(nameof(ParameterList)) => append(parameters);

    public Parameter this[int index]
    {
        get => _list[index];
        set => _list[index] = value;
    }

    public int Count => _list.Count;

    public bool IsReadOnly => false;

    protected override void RegisterComponents()
    {
        if (_registered) return;
        for (var i = 0; i < _list.Count; i++) register_parameter(i.ToString(), _list[i]);
        _registered = true;
    }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
    {
        for (var i = 0; i < _list.Count; i++) yield return (i.ToString(), _list[i]);
    }

    public override bool has_parameter(string target) => get_parameter(target) is not null;

    public override Parameter? get_parameter(string target)
        => int.TryParse(target, out var index) && index >= 0 && index < _list.Count ? _list[index] : null;

    // The list, not the registrations, is what this module goes by.
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        for (var i = 0; i < _list.Count; i++)
        {
            var old = _list[i];
            if (!ReplaceParameter(dtype, device, old, out var moved)) continue;
            _list[i] = moved!;
            if (_registered) _internal_params[i.ToString()] = moved!;
            old.Dispose();
        }
        if (device is null) return;
        _deviceType = device.type;
        _deviceIndex = device.index;
    }

    public void append(params Parameter[] parameters) => _list.AddRange(parameters ?? []);

    public void extend(IEnumerable<Parameter> parameters) => _list.AddRange(parameters);

    public void Add(Parameter item) => _list.Add(item);

    public void Insert(int index, Parameter item) => _list.Insert(index, item);

    public bool Remove(Parameter item) => _list.Remove(item);

    public void RemoveAt(int index) => _list.RemoveAt(index);

    public void Clear() => _list.Clear();

    public bool Contains(Parameter item) => _list.Contains(item);

    public int IndexOf(Parameter item) => _list.IndexOf(item);

    public void CopyTo(Parameter[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    public IEnumerator<Parameter> GetEnumerator() => _list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
