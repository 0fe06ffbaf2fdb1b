// State-dict keys of generated modules: a spec may give a node the key under which others stored its weights.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Collects a module's state under the keys of its spec.</summary>
public static class StateKeys
{
    /// <summary>
    /// The body of a generated <c>state_dict</c>. A node's key may hold dots (<c>base_net.0.0</c>), which a registered child's name may not, so
    /// children are registered under their node's name and are keyed here. Children with overrides of their own compose;
    /// a plain container (<c>Sequential</c>, <c>ModuleList</c>) around such a child does not, since it lists parameters by registered name.
    /// </summary>
    /// <param name="module">The module that overrides <c>state_dict</c>.</param>
    /// <param name="destination">Where entries go; a new dictionary when null.</param>
    /// <param name="prefix">Key of the module itself, or null at the top.</param>
    /// <param name="keyOfChild">Key of a registered child, from its name; an empty key puts the child's entries beside the module's own.</param>
    /// <returns>The destination. The tensors are the module's own, not copies.</returns>
    /// <exception cref="InvalidOperationException">Two different tensors get the same key.</exception>
    public static Dictionary<string, Tensor> Collect(
        nn.Module module, Dictionary<string, Tensor>? destination, string? prefix, Func<string, string> keyOfChild)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(keyOfChild);
        destination ??= [];
        foreach (var (name, parameter) in module.named_parameters(recurse: false))
        {
            Add(destination, Join(prefix, name), parameter);
        }
        foreach (var (name, buffer) in module.named_buffers(recurse: false, include_nonpersistent: false))
        {
            Add(destination, Join(prefix, name), buffer);
        }
        foreach (var (name, child) in module.named_children())
        {
            // Into a dictionary of its own: the base implementation passes over keys that are taken, and a clash must not go unnoticed.
            foreach (var (key, value) in child.state_dict(prefix: Join(prefix, keyOfChild(name))))
            {
                Add(destination, key, value);
            }
        }
        return destination;
    }

    private static string Join(string? prefix, string name) => (prefix, name) switch
    {
        (null or "", _) => name,
        (_, "") => prefix,
        _ => $"{prefix}.{name}",
    };

    private static void Add(Dictionary<string, Tensor> destination, string key, Tensor value)
    {
        if (!destination.TryAdd(key, value) && !ReferenceEquals(destination[key], value))
        {
            throw new InvalidOperationException($"Two tensors of the module have the state key '{key}'.");
        }
    }
}
