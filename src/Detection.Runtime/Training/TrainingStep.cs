// A step of a training in several, such as Faster R-CNN's four, and the weights that all of them began with.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>One step of a training in several; each is a run of its own that can be resumed.</summary>
/// <param name="Name">Name of the step's folder below the training's output folder.</param>
/// <param name="Share">Its share of the training's length.</param>
public sealed record TrainingStep(string Name, double Share)
{
    /// <summary>Images in a step of the optimiser; the training's when null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Proposals that batches carry; those that the data give when null, if any.</summary>
    public StoredProposals? Proposals { get; init; }

    /// <summary>Whether this is the last step: it alone is validated, and its files lie in the output folder itself.</summary>
    public bool IsLast { get; init; }
}

/// <summary>The weights that a training in several steps began with, kept on disk, so that a later step can begin with them again.</summary>
public sealed class StartingWeights
{
    private readonly Dictionary<string, StoredTensor> tensors;

    internal StartingWeights(IEnumerable<StoredTensor> tensors) => this.tensors = tensors.ToDictionary(tensor => tensor.Name);

    /// <summary>Puts layers back to where they began.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">Paths of registered modules; what lies below them is meant too. Null for the whole model.</param>
    /// <exception cref="ArgumentException">The weights are those of another model.</exception>
    public void Restore(nn.Module model, IReadOnlyList<string>? layers = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var gradients = no_grad();
        foreach (var (name, value) in StateOf(model))
        {
            if (layers is not null && !layers.Any(layer => ParameterGroups.IsBelow(name, layer)))
            {
                continue;
            }
            if (!tensors.TryGetValue(name, out var stored) || !stored.Shape.AsSpan().SequenceEqual(value.shape))
            {
                throw new ArgumentException($"The training did not begin with a tensor '{name}' of the shape [{string.Join(", ", value.shape)}].", nameof(model));
            }
            using var source = stored.ToTensor();
            value.copy_(source);
        }
    }

    internal static IReadOnlyList<StoredTensor> Of(nn.Module model) => [.. StateOf(model).Select(entry => StoredTensor.From(entry.Name, entry.Value))];

    // By path in the model, not by state key: layers are named by path.
    private static IEnumerable<(string Name, Tensor Value)> StateOf(nn.Module model) =>
        model.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter)).Concat(model.named_buffers().Select(entry => (entry.name, entry.buffer)));
}
