// What the generator emits for a spec with a `train:` section: the training loop as typed, straight-line code.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>The training loop of a spec, for callers that do not know the model's type.</summary>
public interface ITrainingRecipe
{
    /// <summary>What the spec says about the run as a whole.</summary>
    TrainingSettings Settings { get; }

    /// <summary>Trains a model in place.</summary>
    /// <param name="model">A model of the recipe's own type, its weights drawn after <c>torch.manual_seed(Settings.Seed)</c> or loaded.</param>
    /// <param name="run">Batches, limits, checkpoints, validation.</param>
    /// <exception cref="ArgumentException">The model is of another type.</exception>
    /// <exception cref="TrainingStoppedException">The run cannot go on: full disk, loss no longer finite.</exception>
    TrainingOutcome Run(nn.Module model, TrainingRun run);
}

/// <summary>The training loop of a spec.</summary>
/// <typeparam name="TModel">The generated model.</typeparam>
public interface ITrainingRecipe<in TModel> : ITrainingRecipe
    where TModel : nn.Module, IDetector
{
    /// <summary>Trains a model in place.</summary>
    /// <param name="model">The model, its weights drawn after <c>torch.manual_seed(Settings.Seed)</c> or loaded.</param>
    /// <param name="run">Batches, limits, checkpoints, validation.</param>
    /// <exception cref="TrainingStoppedException">The run cannot go on: full disk, loss no longer finite.</exception>
    TrainingOutcome Run(TModel model, TrainingRun run);

    TrainingOutcome ITrainingRecipe.Run(nn.Module model, TrainingRun run) => model is TModel own
        ? Run(own, run)
        : throw new ArgumentException($"This recipe trains {typeof(TModel).Name}, not {model?.GetType().Name ?? "null"}.", nameof(model));
}
