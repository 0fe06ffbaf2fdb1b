// Region kernels in libtorch's graph: forward and backward as one node.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// One call's operator, with its regions. Once the choices of its maxima are fixed it is a linear map of the features, so that its gradient is the
/// transposed map, whose own gradient is the map again.
/// </summary>
internal abstract class RegionKernel
{
    /// <summary>[N, C, H, W] of the features.</summary>
    public required long[] MapShape { get; init; }

    /// <summary>[R, C', P, Q] of the result.</summary>
    public required long[] ResultShape { get; init; }

    /// <summary>Pools; with <paramref name="keep"/> also says which elements a maximum chose, as int32 of the result's shape.</summary>
    public abstract (Tensor Result, Tensor? Choices) Forward(Tensor map, bool keep);

    /// <summary>The transposed map: gradients of the features from contiguous float32 ones of the result.</summary>
    public abstract Tensor Transposed(Tensor gradient, Tensor? choices);

    /// <summary>The linear map with the choices of an earlier <see cref="Forward"/>.</summary>
    public virtual Tensor Linear(Tensor map, Tensor? choices) => Forward(map, keep: false).Result;
}

/// <summary>Forward of a kernel. Nothing here throws in backward: the real TorchSharp ends the process when a managed backward does.</summary>
internal sealed class RegionFunction : autograd.SingleTensorFunction<RegionFunction>
{
    private const string KernelKey = "kernel";

    public override string Name => nameof(RegionFunction);

    public static Tensor Call(Tensor map, RegionKernel kernel)
    {
        if (is_grad_enabled() && map.requires_grad)
        {
            return apply(map, kernel);
        }
        using var whole = map.contiguous();
        return kernel.Forward(whole, keep: false).Result;
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var kernel = (RegionKernel)vars[1];
        using var whole = ((Tensor)vars[0]).contiguous();
        var (result, choices) = kernel.Forward(whole, keep: true);
        ctx.save_data(KernelKey, kernel);
        ctx.save_for_backward(choices is null ? [] : [choices]);
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var kernel = (RegionKernel)ctx.get_data(KernelKey)!;
        return [RegionGradient.Call(grad_output, kernel, saved.Count == 0 ? null : saved[0]), null!];
    }
}

/// <summary>The transposed map as a function of its own, for gradients of gradients.</summary>
internal sealed class RegionGradient : autograd.SingleTensorFunction<RegionGradient>
{
    private const string KernelKey = "kernel";

    public override string Name => nameof(RegionGradient);

    public static Tensor Call(Tensor gradient, RegionKernel kernel, Tensor? choices)
    {
        if (is_grad_enabled() && gradient.requires_grad)
        {
            return choices is null ? apply(gradient, kernel) : apply(gradient, kernel, choices);
        }
        using var whole = gradient.to(ScalarType.Float32).contiguous();
        return kernel.Transposed(whole, choices);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var kernel = (RegionKernel)vars[1];
        var choices = vars.Length > 2 ? (Tensor)vars[2] : null;
        ctx.save_data(KernelKey, kernel);
        ctx.save_for_backward(choices is null ? [] : [choices]);
        using var whole = ((Tensor)vars[0]).contiguous();
        return kernel.Transposed(whole, choices);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var kernel = (RegionKernel)ctx.get_data(KernelKey)!;
        using var whole = grad_output.to(ScalarType.Float32).contiguous();
        var result = kernel.Linear(whole, saved.Count == 0 ? null : saved[0]);
        return saved.Count == 0 ? [result, null!] : [result, null!, null!];
    }
}
