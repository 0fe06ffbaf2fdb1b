// An exponential moving average of the weights, which often scores better than the weights themselves.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Keeps average = decay * average + (1 - decay) * weights, step by step (Polyak and Juditsky's averaging with exponential weights).
/// A run with an average validates and saves it in the place of the weights; running statistics are the model's own.
/// </summary>
public sealed class WeightAverage : IWeightExchange, IDisposable
{
    private readonly (string Name, TorchSharp.Modules.Parameter Weights, Tensor Average)[] entries;

    /// <summary>Starts from the weights as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="decay">Share of the average that is kept at each step, 0..1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay makes no sense.</exception>
    public WeightAverage(nn.Module model, double decay)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(decay is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay of an average lies between 0 and 1.");
        }
        Decay = decay;
        using var gradients = no_grad();
        entries =
        [
            .. model.named_parameters().Where(entry => entry.parameter.requires_grad)
                .Select(entry => (entry.name, entry.parameter, entry.parameter.detach().clone().DetachFromDisposeScope())),
        ];
    }

    /// <summary>Share of the average that is kept at each step.</summary>
    public double Decay { get; }

    /// <summary>Takes the weights in; to be called after each step of the optimiser.</summary>
    public void Update()
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, weights, average) in entries)
        {
            average.mul_(Decay).add_(weights, alpha: 1 - Decay);
        }
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        foreach (var entry in entries)
        {
            entry.Average.Dispose();
        }
    }

    void IWeightExchange.Exchange() => Exchange();

    /// <summary>Exchanges weights and averages, bit by bit.</summary>
    internal void Exchange()
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, weights, average) in entries)
        {
            var kept = weights.detach().clone();
            weights.copy_(average);
            average.copy_(kept);
        }
    }

    internal IReadOnlyList<StoredTensor> Capture() => [.. entries.Select(entry => StoredTensor.From(entry.Name, entry.Average))];

    /// <exception cref="ArgumentException">The tensors are not those of the average.</exception>
    internal void Restore(IReadOnlyList<StoredTensor> stored)
    {
        using var gradients = no_grad();
        var byName = stored.ToDictionary(tensor => tensor.Name);
        foreach (var (name, _, average) in entries)
        {
            if (!byName.TryGetValue(name, out var tensor) || !tensor.Shape.AsSpan().SequenceEqual(average.shape))
            {
                throw new ArgumentException($"There is no average of '{name}' of the shape [{string.Join(", ", average.shape)}].", nameof(stored));
            }
            using var source = tensor.ToTensor();
            average.copy_(source);
        }
    }
}
