// Weights of another model: through the map of a spec, which is complete or fails, or as much as fits by name and shape, when asked for just that.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>What came over from weights of another model.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">Its format.</param>
/// <param name="Loaded">Keys of the model that were filled, in its order.</param>
/// <param name="Skipped">Keys of the file that the model has no use for, in the file's order, each with the reason.</param>
/// <param name="New">Keys of the model that kept the values they were created with.</param>
/// <param name="Values">Number of values copied.</param>
public sealed record WeightTransferReport(
    string Path, WeightFileFormat Format, ImmutableArray<string> Loaded, ImmutableArray<SkippedWeight> Skipped, ImmutableArray<string> New, long Values);

/// <summary>A tensor of a file that was not loaded.</summary>
/// <param name="Key">Its key in the file.</param>
/// <param name="Reason">Why not.</param>
public sealed record SkippedWeight(string Key, string Reason);

/// <content>Weights of other models.</content>
public static partial class WeightLoader
{
    /// <summary>Copies foreign weights into a model by a map of its spec.</summary>
    /// <param name="module">The model.</param>
    /// <param name="path">A safetensors file or a PyTorch checkpoint.</param>
    /// <param name="map">The map, from <see cref="ModelCard.WeightMaps"/>.</param>
    /// <exception cref="WeightMismatchException">The file has tensors that the map does not speak of, lacks some that it promises, or shapes differ: the message lists all. The module is unchanged.</exception>
    /// <exception cref="WeightFileException">The file cannot be read. The module is unchanged.</exception>
    public static WeightTransferReport LoadMapped(nn.Module module, string path, WeightMap map)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(map);
        var file = WeightFile.Read(path);
        var state = module.state_dict();
        var stored = new Dictionary<string, StoredTensor>();
        var skipped = ImmutableArray.CreateBuilder<SkippedWeight>();
        foreach (var tensor in file.Tensors)
        {
            if (!map.TryFind(tensor.Name, out var own))
            {
                // Under its own name, for the message: it is not in the model, or it would be filled from two places.
                own = tensor.Name;
                if (state.ContainsKey(own))
                {
                    throw new WeightFileException(path, $"the map '{map.Name}' does not say what '{own}' is.");
                }
            }
            else if (own is null)
            {
                skipped.Add(new SkippedWeight(tensor.Name, $"dropped by the map '{map.Name}'"));
                continue;
            }
            else if (map.IsNew(own))
            {
                skipped.Add(new SkippedWeight(tensor.Name, $"'{own}' is new by the map '{map.Name}'"));
                continue;
            }
            if (!stored.TryAdd(own, tensor))
            {
                throw new WeightFileException(path, $"'{stored[own].Name}' and '{tensor.Name}' both become '{own}'.");
            }
        }
        var wanted = state.Where(entry => !map.IsNew(entry.Key)).ToDictionary();
        Compare(path, $"{(module as IModel)?.Card.Name ?? module.GetName()} by the map '{map.Name}'", stored, wanted);
        return Transferred(file, stored, state, skipped.ToImmutable());
    }

    /// <summary>Copies what fits of a file's weights, by key and shape, and leaves the rest of the model as it is.</summary>
    /// <param name="module">The model.</param>
    /// <param name="path">A safetensors file or a PyTorch checkpoint, of this or another model.</param>
    /// <exception cref="WeightMismatchException">Nothing fits. The module is unchanged.</exception>
    /// <exception cref="WeightFileException">The file cannot be read. The module is unchanged.</exception>
    public static WeightTransferReport LoadMatching(nn.Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        var file = WeightFile.Read(path);
        var state = module.state_dict();
        var stored = new Dictionary<string, StoredTensor>();
        var skipped = ImmutableArray.CreateBuilder<SkippedWeight>();
        foreach (var tensor in file.Tensors)
        {
            var reason = state.TryGetValue(tensor.Name, out var target) ? Misfit(tensor, target) : "not in the model";
            if (reason is null)
            {
                stored.Add(tensor.Name, tensor);
            }
            else
            {
                skipped.Add(new SkippedWeight(tensor.Name, reason));
            }
        }
        if (stored.Keys.All(IsBatchCounter))
        {
            // As if it had to fit: the message lists what differs.
            Compare(path, (module as IModel)?.Card.Name ?? module.GetName(), file.Tensors.ToDictionary(t => t.Name), state);
        }
        return Transferred(file, stored, state, skipped.ToImmutable());
    }

    private static WeightTransferReport Transferred(
        WeightFile file, Dictionary<string, StoredTensor> stored, Dictionary<string, Tensor> state, ImmutableArray<SkippedWeight> skipped)
    {
        var report = Copy(file, stored, state);
        return new WeightTransferReport(
            file.Path, file.Format, [.. state.Keys.Where(stored.ContainsKey)], skipped, [.. state.Keys.Where(key => !stored.ContainsKey(key))], report.Values);
    }
}
