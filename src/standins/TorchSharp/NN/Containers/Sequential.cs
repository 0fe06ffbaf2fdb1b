// Modules run one after the other.
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Feeds each module's output to the next and disposes what lies between them.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<nn.IModule<Tensor, Tensor>> _modules = new();
    private readonly List<string> _names = new();

    internal Sequential() : base(nameof(Sequential)) { }

    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : this()
    {
        foreach (var (moduleName, module) in modules) Add(moduleName, module);
    }

    protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : this()
    {
        foreach (var module in modules) Add(module);
    }

    public int Count => _modules.Count;

    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _modules[index];

    [IndexerName("SequentialItems")]
    public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? Count);

    [IndexerName("SequentialItems")]
    public Sequential this[Range index] => Slice(index.Start.GetOffset(Count), index.End.GetOffset(Count));

    /// <summary>Adds a module under its position as name.</summary>
    public Sequential append(nn.IModule<Tensor, Tensor> module)
    {
        Add(module);
        return this;
    }

    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        Add(name, module);
        return this;
    }

    internal void Add(nn.IModule<Tensor, Tensor> module) => Add(_modules.Count.ToString(), module);

    internal void Add(string name, nn.IModule<Tensor, Tensor> module)
    {
        if (module is not nn.Module) throw new ArgumentException(
            $"A Sequential holds modules, '{name}' is a {module?.GetType().Name ?? "null"}.");
        _modules.Add(module);
        _names.Add(name);
    }

    public override Tensor forward(Tensor tensor)
    {
        if (_modules.Count == 0) return Aten.Call("aten::alias", tensor);
        var current = _modules[0].call(tensor);
        for (var i = 1; i < _modules.Count; i++)
        {
            var next = _modules[i].call(current);
            current.Dispose();
            current = next;
        }
        return current;
    }

    public override IEnumerable<(string name, nn.Module module)> named_children()
    {
        for (var i = 0; i < _names.Count; i++) yield return (_names[i], (nn.Module)_modules[i]);
    }

    public override IEnumerable<(string name, nn.Module module)> named_modules()
    {
        foreach (var child in named_children()) yield return child;
        foreach (var (prefix, child) in named_children())
        {
            foreach (var (moduleName, module) in child.named_modules()) yield return ($"{prefix}.{moduleName}", module);
        }
    }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
    {
        if (!recurse) yield break;
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (prefix, child) in named_children())
        {
            foreach (var (parameterName, parameter) in child.named_parameters(true))
            {
                if (seen.Add(parameter)) yield return ($"{prefix}.{parameterName}", parameter);
            }
        }
    }

    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_persistent = true)
    {
        if (!recurse) yield break;
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (prefix, child) in named_children())
        {
            foreach (var (bufferName, buffer) in child.named_buffers(true, include_persistent))
            {
                if (seen.Add(buffer)) yield return ($"{prefix}.{bufferName}", buffer);
            }
        }
    }

    public override nn.Module apply(Action<nn.Module> fn)
    {
        foreach (var (_, child) in named_children()) child.apply(fn);
        fn(this);
        return this;
    }

    private Sequential Slice(int start, int end)
    {
        if (start < 0 || start > Count) throw new IndexOutOfRangeException($"{start} is not a valid index.");
        if (end < 0 || end > Count) throw new IndexOutOfRangeException($"{end} is not a valid index.");
        var slice = new Sequential();
        for (var i = start; i < end; i++) slice.Add(_names[i], _modules[i]);
        return slice;
    }
}
