// Which parameters learn at all, how fast each kind and layer learns, and which are pulled towards zero.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>What differs for some layers.</summary>
/// <param name="Layers">Paths of registered modules; what lies below them is meant too.</param>
/// <param name="Rate">Rate as a multiple of the others'.</param>
/// <param name="WeightDecay">Pull towards zero, of all of their parameters; the others' when null.</param>
public sealed record LayerRule(IReadOnlyList<string> Layers, double Rate = 1, double? WeightDecay = null);

/// <summary>How rates and weight decay are spread over parameters.</summary>
/// <param name="WeightDecay">Pull of kernels and matrices towards zero.</param>
/// <param name="DecayNorms">Whether biases and normalisation are pulled too.</param>
/// <param name="BiasRate">Rate of biases as a multiple of the others'; 2 in Caffe's models.</param>
/// <param name="Rules">What differs for some layers; of several that name a layer the last counts.</param>
public sealed record ParameterRules(double WeightDecay = 0, bool DecayNorms = true, double BiasRate = 1, IReadOnlyList<LayerRule>? Rules = null);

/// <summary>Parameters that learn alike.</summary>
/// <param name="Parameters">At least one.</param>
/// <param name="Rate">Rate as a multiple of the base rate.</param>
/// <param name="WeightDecay">Pull towards zero.</param>
public sealed record ParameterShare(IReadOnlyList<Parameter> Parameters, double Rate, double WeightDecay);

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
    /// <param name="rules">What differs for some layers.</param>
    public static IEnumerable<SGD.ParamGroup> ForSgd(
        nn.Module model, double learningRate, double weightDecay = 0, bool decayNorms = true, double biasRate = 1, double momentum = 0, bool nesterov = false,
        IReadOnlyList<LayerRule>? rules = null) =>
        Split(model, new ParameterRules(weightDecay, decayNorms, biasRate, rules)).Select(share => new SGD.ParamGroup(
            share.Parameters, lr: learningRate * share.Rate, momentum: momentum, weight_decay: share.WeightDecay, nesterov: nesterov));

    /// <summary>Groups for <c>optim.RMSProp</c>, whose epsilon stands outside of the root.</summary>
    /// <param name="model">The model.</param>
    /// <param name="learningRate">Base rate.</param>
    /// <param name="rules">How rates and weight decay are spread.</param>
    /// <param name="decay">Share of the mean square that is kept.</param>
    /// <param name="momentum">Share of the last step that is kept.</param>
    /// <param name="epsilon">Added to the root.</param>
    public static IEnumerable<RMSProp.ParamGroup> ForRmsProp(
        nn.Module model, double learningRate, ParameterRules rules, double decay = 0.9, double momentum = 0, double epsilon = 1e-8) =>
        Split(model, rules).Select(share => new RMSProp.ParamGroup(
            share.Parameters, lr: learningRate * share.Rate, alpha: decay, eps: epsilon, weight_decay: share.WeightDecay, momentum: momentum));

    /// <summary>Groups for <c>optim.Adam</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="learningRate">Base rate.</param>
    /// <param name="rules">How rates and weight decay are spread.</param>
    /// <param name="beta1">Share of the mean gradient that is kept.</param>
    /// <param name="beta2">Share of the mean square that is kept.</param>
    /// <param name="epsilon">Added to the root.</param>
    public static IEnumerable<Adam.ParamGroup> ForAdam(
        nn.Module model, double learningRate, ParameterRules rules, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Split(model, rules).Select(share => new Adam.ParamGroup(
            share.Parameters, lr: learningRate * share.Rate, beta1: beta1, beta2: beta2, eps: epsilon, weight_decay: share.WeightDecay));

    /// <summary>Groups for <c>optim.AdamW</c>, whose weight decay shrinks weights directly.</summary>
    /// <param name="model">The model.</param>
    /// <param name="learningRate">Base rate.</param>
    /// <param name="rules">How rates and weight decay are spread.</param>
    /// <param name="beta1">Share of the mean gradient that is kept.</param>
    /// <param name="beta2">Share of the mean square that is kept.</param>
    /// <param name="epsilon">Added to the root.</param>
    public static IEnumerable<AdamW.ParamGroup> ForAdamW(
        nn.Module model, double learningRate, ParameterRules rules, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        Split(model, rules).Select(share => new AdamW.ParamGroup(
            share.Parameters, lr: learningRate * share.Rate, beta1: beta1, beta2: beta2, eps: epsilon, weight_decay: share.WeightDecay));

    /// <summary>Trainable parameters by rate and weight decay, in the order in which they first appear: kernels and matrices, scales, biases.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rules">The rules.</param>
    public static IReadOnlyList<ParameterShare> Split(nn.Module model, ParameterRules rules)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rules);
        var all = model.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry =>
        {
            // Biases and the scales of normalisation are vectors; only biases are called so.
            var isSmall = entry.parameter.shape.Length <= 1;
            var isBias = isSmall && IsBias(entry.name);
            var rule = rules.Rules?.LastOrDefault(r => r.Layers.Any(layer => IsBelow(entry.name, layer)));
            return (
                entry.parameter,
                kind: !isSmall ? 0 : isBias && rules.BiasRate != 1 ? 2 : 1,
                rate: (rule?.Rate ?? 1) * (isBias ? rules.BiasRate : 1),
                decay: rule?.WeightDecay ?? (isSmall && !rules.DecayNorms ? 0 : rules.WeightDecay));
        });
        return
        [
            .. all.OrderBy(entry => entry.kind).GroupBy(entry => (entry.kind, entry.rate, entry.decay))
                .Select(group => new ParameterShare([.. group.Select(entry => entry.parameter)], group.Key.rate, group.Key.decay)),
        ];
    }

    /// <summary>Takes layers out of training: their parameters get no gradient. To be called before the optimiser is made.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">Paths of registered modules; what lies below them is meant too.</param>
    public static void Freeze(nn.Module model, IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (layers.Any(layer => IsBelow(name, layer)))
            {
                parameter.requires_grad = false;
            }
        }
    }

    /// <summary>Lets some layers learn and no others, whatever was frozen before. To be called before the optimiser is made.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">Paths of registered modules; what lies below them is meant too.</param>
    public static void TrainOnly(nn.Module model, IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var (name, parameter) in model.named_parameters())
        {
            parameter.requires_grad = layers.Any(layer => IsBelow(name, layer));
        }
    }

    /// <summary>Leaves frozen layers in evaluation mode, so that running statistics stay as they are. To be called once training mode is on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">Paths of registered modules; what lies below them is meant too.</param>
    public static void HoldStatistics(nn.Module model, IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (var (name, module) in model.named_modules())
        {
            if (layers.Any(layer => IsBelow(name, layer)))
            {
                module.eval();
            }
        }
    }

    internal static bool IsBelow(string name, string layer) => name == layer || name.StartsWith(layer + ".", StringComparison.Ordinal);

    private static bool IsBias(string name) => name == "bias" || name.EndsWith(".bias", StringComparison.Ordinal);
}
