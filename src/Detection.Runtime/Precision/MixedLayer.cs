// What layers have in common that keep their weights in 32-bit floats and compute in the format of their input.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>A layer with a <c>weight</c> and perhaps a <c>bias</c> in 32-bit floats, drawn as TorchSharp's own layers draw theirs.</summary>
public abstract class MixedLayer : nn.Module<Tensor, Tensor>
{
    private protected MixedLayer(string name, long[] shape, long fanIn, long? biases)
        : base(name)
    {
        var drawn = new Parameter(empty(shape));
        nn.init.kaiming_uniform_(drawn, Math.Sqrt(5));
        register_parameter(nameof(weight), drawn);
        if (biases is { } count)
        {
            var bound = 1 / Math.Sqrt(fanIn);
            var constants = new Parameter(empty(count));
            nn.init.uniform_(constants, -bound, bound);
            register_parameter(nameof(bias), constants);
        }
    }

    // Looked up for each pass: a layer gets new ones when it is moved to another device.

    /// <summary>The factors.</summary>
    public Parameter weight => get_parameter(nameof(weight))!;

    /// <summary>The constants that are added; null without any.</summary>
    public Parameter? bias => get_parameter(nameof(bias));

    private protected static long[] Pair((long Height, long Width)? pair, long standard) => pair is { } given ? [given.Height, given.Width] : [standard, standard];
}
