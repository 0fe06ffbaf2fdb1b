// Which parameters are pulled towards zero and how fast each kind learns.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Splits a model's trainable parameters into the groups of an optimiser.</summary>
public static class ParameterGroups
{
    /// <summary>
    /// Groups for <c>optim.SGD</c>: kernels and matrices; biases and normalisation. Frozen parameters are left out.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="learningRate">Rate of kernels and matrices.</param>
    /// <param name="weightDecay">Their pull towards zero.</param>
    /// <param name="decayNorms">Whether biases and normalisation are pulled too.</param>
    /// <param name="biasRate">Rate of biases as a multiple of <paramref name="learningRate"/>; 2 in Caffe's models.</param>
    /// <param name="momentum">Share of the last step that is kept.</param>
    /// <param name="nesterov">Whether momentum looks ahead.</param>
    public static IEnumerable<SGD.ParamGroup> ForSgd(
        nn.Module model, double learningRate, double weightDecay = 0, bool decayNorms = true, double biasRate = 1, double momentum = 0, bool nesterov = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        var trainable = model.named_parameters().Where(entry => entry.parameter.requires_grad).ToArray();
        // Biases and the scales of normalisation are vectors; only biases are called so.
        Parameter[] kernels = [.. trainable.Where(entry => entry.parameter.shape.Length > 1).Select(entry => entry.parameter)];
        Parameter[] biases = [.. trainable.Where(entry => entry.parameter.shape.Length <= 1 && IsBias(entry.name)).Select(entry => entry.parameter)];
        Parameter[] scales = [.. trainable.Where(entry => entry.parameter.shape.Length <= 1 && !IsBias(entry.name)).Select(entry => entry.parameter)];
        var small = decayNorms ? weightDecay : 0;
        if (biasRate == 1)
        {
            (scales, biases) = ([.. scales, .. biases], []);
        }
        foreach (var (parameters, rate, decay) in new[]
        {
            (kernels, learningRate, weightDecay), (scales, learningRate, small), (biases, learningRate * biasRate, small),
        })
        {
            if (parameters.Length > 0)
            {
                yield return new SGD.ParamGroup(parameters, lr: rate, momentum: momentum, weight_decay: decay, nesterov: nesterov);
            }
        }
    }

    private static bool IsBias(string name) => name == "bias" || name.EndsWith(".bias", StringComparison.Ordinal);
}
