// Weights of another library through the map of a spec: all that the map promises, or nothing.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>What came over from weights of another library.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">Its format.</param>
/// <param name="Loaded">Keys of the model that were filled, in its order.</param>
/// <param name="Skipped">Keys of the file that the model has no use for, in the file's order, each with the reason.</param>
/// <param name="New">Keys of the model that kept the values they were created with.</param>
/// <param name="Values">Number of values copied.</param>
public sealed record WeightMapReport(
    string Path, WeightFileFormat Format, ImmutableArray<string> Loaded, ImmutableArray<SkippedWeight> Skipped, ImmutableArray<string> New, long Values);

/// <content>Weights of other libraries.</content>
public static partial class WeightLoader
{
    /// <summary>Copies foreign weights into a model by a map of its spec.</summary>
    /// <param name="module">The model.</param>
    /// <param name="path">A safetensors file or a PyTorch checkpoint.</param>
    /// <param name="map">The map, from <see cref="ModelCard.WeightMaps"/>.</param>
    /// <exception cref="WeightMismatchException">The file has tensors that the map does not speak of, lacks some that it promises, or shapes differ: the message lists all. The module is unchanged.</exception>
    /// <exception cref="WeightFileException">The file cannot be read. The module is unchanged.</exception>
    public static WeightMapReport LoadMapped(nn.Module module, string path, WeightMap map)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(map);
        return Reading(path, file => LoadRead(module, file, map));
    }

    private static WeightMapReport LoadRead(nn.Module module, WeightFile file, WeightMap map)
    {
        var state = module.state_dict();
        var stored = new Dictionary<string, StoredTensor>();
        var skipped = ImmutableArray.CreateBuilder<SkippedWeight>();
        var unexplained = new List<string>();
        foreach (var tensor in file.Tensors)
        {
            if (!map.TryFind(tensor.Name, out var own))
            {
                unexplained.Add(tensor.Name);
                continue;
            }
            if (own is null)
            {
                skipped.Add(new SkippedWeight(tensor.Name, $"dropped by the map '{map.Name}'"));
                continue;
            }
            if (map.IsNew(own))
            {
                skipped.Add(new SkippedWeight(tensor.Name, $"'{own}' is new by the map '{map.Name}'"));
                continue;
            }
            if (!stored.TryAdd(own, tensor))
            {
                throw new WeightFileException(file.Path, $"'{stored[own].Name}' and '{tensor.Name}' both become '{own}'.");
            }
        }
        var wanted = state.Where(entry => !map.IsNew(entry.Key)).ToDictionary();
        Compare(file.Path, $"{(module as IModel)?.Card.Name ?? module.GetName()} by the map '{map.Name}'", stored, wanted, unexplained);
        return Transferred(file, stored, state, skipped.ToImmutable());
    }

    private static WeightMapReport Transferred(
        WeightFile file, Dictionary<string, StoredTensor> stored, Dictionary<string, Tensor> state, ImmutableArray<SkippedWeight> skipped)
    {
        var report = Copy(file, stored, state);
        return new WeightMapReport(
            file.Path, file.Format, [.. state.Keys.Where(stored.ContainsKey)], skipped, [.. state.Keys.Where(key => !stored.ContainsKey(key))], report.Values);
    }
}
