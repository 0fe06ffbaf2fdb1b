// What every prediction needs around it: no gradients, a dispose scope, and a model that is not in training mode.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Switches gradients off and collects intermediates on the calling thread until disposed; restores what was.</summary>
internal readonly ref struct InferenceScope
{
    private readonly IDisposable gradients;
    private readonly DisposeScope intermediates;

    private InferenceScope(nn.Module model)
    {
        foreach (var module in model.modules().Prepend(model))
        {
            if (module.training)
            {
                throw new InvalidOperationException(
                    ReferenceEquals(module, model)
                        ? $"{model.GetName()} is in training mode, where batch normalisation and dropout give other results: call eval() first."
                        : $"{model.GetName()} has a layer in training mode ({module.GetName()}): call eval() on the model first.");
            }
        }
        gradients = no_grad();
        intermediates = NewDisposeScope();
    }

    /// <exception cref="InvalidOperationException">The model, or a layer of it, is in training mode.</exception>
    public static InferenceScope Enter(nn.Module model) => new(model);

    /// <summary>The device of a model's weights; the CPU for a model without any.</summary>
    public static Device DeviceOf(nn.Module model) => model.parameters().FirstOrDefault()?.device ?? CPU;

    public void Dispose()
    {
        intermediates.Dispose();
        gradients.Dispose();
    }
}
