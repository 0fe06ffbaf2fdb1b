// Watches a module run and records the shape that every part of it gives: what generated tests compare with inferred shapes.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime.Testing;

/// <summary>Records the output shapes of all parts of a module that map one tensor to one tensor, by path.</summary>
public sealed class ModuleShapes : IDisposable
{
    private readonly List<Action> detach = [];
    private readonly SortedDictionary<string, long[]> observed = new(StringComparer.Ordinal);

    /// <summary>Begins to watch <paramref name="module"/>.</summary>
    public ModuleShapes(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        foreach (var (name, part) in module.named_modules())
        {
            switch (part)
            {
                case nn.Module<Tensor, Tensor> one:
                    var hook = one.register_forward_hook((_, _, output) => Record(name, output));
                    detach.Add(hook.remove);
                    break;
                case nn.Module<Tensor, Tensor, Tensor> two:
                    var hook2 = two.register_forward_hook((_, _, _, output) => Record(name, output));
                    detach.Add(hook2.remove);
                    break;
            }
        }
    }

    /// <summary>Shapes [N, C, H, W] or [N, C] by path, of the last forward pass.</summary>
    public IReadOnlyDictionary<string, long[]> Observed => observed;

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        foreach (var remove in detach)
        {
            remove();
        }

        detach.Clear();
    }

    private Tensor Record(string name, Tensor output)
    {
        observed[name] = output.shape;
        return output;
    }
}
