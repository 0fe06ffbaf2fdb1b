// Large linear layers of trained weights as products of two small ones.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>A linear layer that becomes two, one behind the other without anything between them.</summary>
/// <param name="Layer">State key of the layer, without <c>.weight</c>.</param>
/// <param name="First">State key of the first of the two, [t, in] without a bias.</param>
/// <param name="Second">State key of the second, [out, t] with the layer's bias.</param>
public sealed record FactoredLayer(string Layer, string First, string Second);

/// <summary>How well two layers stand for one.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Rank">t: singular values that were kept.</param>
/// <param name="RelativeError">Root of the sum of squares of those that were not, relative to all: the error of the weights in the Frobenius norm.</param>
public sealed record FactoredLayerReport(FactoredLayer Layer, long Rank, double RelativeError);

/// <summary>
/// Truncated singular value decomposition, W = U S V^T: the first layer gets the t first rows of S V^T, the second the t first columns of U (Girshick, Fast R-CNN,
/// section 3.1). A layer of u x v weights then costs t (u + v) multiply-adds in place of u v.
/// </summary>
public static class TruncatedSvd
{
    /// <summary>Weights of a model whose layers are factored, from those of the model that was trained.</summary>
    /// <param name="weights">The trained state.</param>
    /// <param name="target">State of the model that is to get them: its shapes say how many singular values are kept.</param>
    /// <param name="layers">The layers to factor; all others keep their keys.</param>
    /// <returns>Tensors by the target's keys, owned by the current dispose scope, and what was lost.</returns>
    /// <exception cref="ArgumentException">A layer is missing, is not linear, or does not fit its two layers.</exception>
    public static (Dictionary<string, Tensor> Weights, ImmutableArray<FactoredLayerReport> Reports) Factor(
        IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> target, IReadOnlyList<FactoredLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(layers);
        using var gradients = no_grad();
        var factored = layers.SelectMany(layer => new[] { layer.Layer + ".weight", layer.Layer + ".bias" }).ToHashSet();
        var result = weights.Where(entry => !factored.Contains(entry.Key)).ToDictionary(entry => entry.Key, entry => entry.Value.alias());
        var reports = ImmutableArray.CreateBuilder<FactoredLayerReport>();
        foreach (var layer in layers)
        {
            using var scope = NewDisposeScope();
            var full = Get(weights, layer.Layer + ".weight", "The trained weights have");
            var first = Get(target, layer.First + ".weight", "The model with factored layers has");
            var second = Get(target, layer.Second + ".weight", "The model with factored layers has");
            if (full.shape is not [var rows, var columns] || first.shape is not [var rank, var inputs] || second.shape is not [var outputs, var inner]
                || inputs != columns || outputs != rows || inner != rank || rank > Math.Min(rows, columns))
            {
                throw new ArgumentException(
                    $"'{layer.Layer}' [{string.Join(", ", full.shape)}] does not become '{layer.First}' [{string.Join(", ", first.shape)}] and "
                    + $"'{layer.Second}' [{string.Join(", ", second.shape)}].", nameof(layers));
            }
            var (u, s, v) = linalg.svd(full.to(ScalarType.Float32), fullMatrices: false);
            result[layer.First + ".weight"] = (s.narrow(0, 0, rank).unsqueeze(1) * v.narrow(0, 0, rank)).MoveToOuterDisposeScope();
            result[layer.Second + ".weight"] = u.narrow(1, 0, rank).contiguous().MoveToOuterDisposeScope();
            if (weights.TryGetValue(layer.Layer + ".bias", out var bias))
            {
                result[layer.Second + ".bias"] = bias.alias().MoveToOuterDisposeScope();
            }
            double[] squares = [.. HostValues.Floats(s).Select(value => (double)value * value)];
            reports.Add(new FactoredLayerReport(layer, rank, squares.Sum() is > 0 and var all ? Math.Sqrt(squares.Skip((int)rank).Sum() / all) : 0));
        }
        return (result, reports.ToImmutable());
    }

    /// <summary>Loads a file of the model that was trained into one whose layers are factored: whole or not at all.</summary>
    /// <param name="module">The model with factored layers.</param>
    /// <param name="path">A safetensors file or a PyTorch checkpoint of the trained model.</param>
    /// <param name="layers">The layers to factor, by the file's and the model's state keys.</param>
    /// <exception cref="ArgumentException">A layer is missing, is not linear, or does not fit its two layers. The module is unchanged.</exception>
    /// <exception cref="WeightMismatchException">Keys or shapes of other layers differ. The module is unchanged.</exception>
    /// <exception cref="WeightFileException">The file cannot be read. The module is unchanged.</exception>
    public static ImmutableArray<FactoredLayerReport> Load(nn.Module module, string path, IReadOnlyList<FactoredLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var scope = NewDisposeScope();
        var file = WeightFile.Read(path);
        var (weights, reports) = Factor(file.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToTensor()), module.state_dict(), layers);
        WeightLoader.LoadTensors(module, file with { Tensors = [.. weights.Select(entry => StoredTensor.From(entry.Key, entry.Value))] });
        return reports;
    }

    private static Tensor Get(IReadOnlyDictionary<string, Tensor> state, string key, string whose) =>
        state.TryGetValue(key, out var value) ? value : throw new ArgumentException($"{whose} no tensor '{key}'.", nameof(state));
}
