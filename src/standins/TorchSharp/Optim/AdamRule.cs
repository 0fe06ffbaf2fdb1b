// What Adam and AdamW share: the moments, their bias correction and the checks of the options.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

internal static class AdamRule
{
    internal static void Check(double lr, double beta1, double beta2, double eps, double weight_decay)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
        if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1: {beta1}");
        if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2: {beta2}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
    }

    /// <summary>Fills what a group leaves open.</summary>
    internal static void Inherit(Adam.Options options, Adam.Options defaults)
    {
        options.LearningRate ??= defaults.LearningRate;
        options.beta1 ??= defaults.beta1;
        options.beta2 ??= defaults.beta2;
        options.eps ??= defaults.eps;
        options.weight_decay ??= defaults.weight_decay;
        options.amsgrad ??= defaults.amsgrad;
        options.maximize ??= defaults.maximize;
    }

    internal static void Apply(
        Adam.Options options, Tensor[] parameters, Tensor[] gradients, Adam.State[] states, bool decoupledDecay)
    {
        var rate = options.LearningRate!.Value;
        var (beta1, beta2) = (options.beta1!.Value, options.beta2!.Value);
        var decay = options.weight_decay!.Value;
        foreach (var state in states) state.step++;
        var correction1 = 1 - Math.Pow(beta1, states[0].step);
        var correction2 = 1 - Math.Pow(beta2, states[0].step);
        if (options.maximize!.Value) gradients = Aten.CallMany("aten::_foreach_neg", gradients);
        if (decoupledDecay) Aten.CallVoid("aten::_foreach_mul_.Scalar", parameters, 1 - rate * decay);
        else if (decay != 0) gradients = Aten.CallMany("aten::_foreach_add.List", gradients, parameters, AtenArg.Named("alpha", decay));

        var means = Array.ConvertAll(states, state => state.exp_avg!);
        Aten.CallVoid("aten::_foreach_mul_.Scalar", means, beta1);
        Aten.CallVoid("aten::_foreach_add_.List", means, gradients, AtenArg.Named("alpha", 1 - beta1));
        var squares = Array.ConvertAll(states, state => state.exp_avg_sq!);
        Aten.CallVoid("aten::_foreach_mul_.Scalar", squares, beta2);
        Aten.CallVoid("aten::_foreach_addcmul_.Scalar", squares, gradients, gradients, 1 - beta2);
        if (options.amsgrad!.Value)
        {
            var largest = Array.ConvertAll(states, state => state.LargestSquare());
            Aten.CallVoid("aten::_foreach_maximum_.List", largest, squares);
            squares = largest;
        }
        var deviations = Aten.CallMany("aten::_foreach_sqrt", squares);
        Aten.CallVoid("aten::_foreach_div_.Scalar", deviations, Math.Sqrt(correction2));
        Aten.CallVoid("aten::_foreach_add_.Scalar", deviations, options.eps!.Value);
        Aten.CallVoid("aten::_foreach_addcdiv_.Scalar", parameters, means, deviations, -rate / correction1);
    }
}
