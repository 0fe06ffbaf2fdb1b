// Numbers that a head regresses for every default box beside class and box: landmarks, distances, a second box.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>What the numbers of a regression head stand for.</summary>
public enum RegressionKind
{
    /// <summary>Plain numbers, which know nothing of the image.</summary>
    Plain,

    /// <summary>Points x1, y1, x2, y2, ...</summary>
    Points,

    /// <summary>A box: x1, y1, x2, y2.</summary>
    Box,
}

/// <summary>A named regression head of a detector.</summary>
/// <param name="Name">Its name in the spec.</param>
/// <param name="Values">V: numbers per default box.</param>
/// <param name="Coder">How they are coded against default boxes.</param>
public sealed record RegressionOutput(string Name, int Values, RegressionCoder Coder);

/// <summary>Turns labelled numbers into regression targets and predictions back. Coordinates are fractions of the input.</summary>
public abstract record RegressionCoder
{
    /// <summary>What the numbers stand for.</summary>
    public abstract RegressionKind Kind { get; }

    /// <summary>Regression targets.</summary>
    /// <param name="values">[..., V].</param>
    /// <param name="anchors">[..., 4] centre-size form, broadcast against <paramref name="values"/>.</param>
    /// <returns>[..., V]; what is not a number stays so. The same tensor where nothing changes.</returns>
    public abstract Tensor Encode(Tensor values, Tensor anchors);

    /// <summary>The inverse of <see cref="Encode"/>.</summary>
    /// <param name="outputs">[..., V].</param>
    /// <param name="anchors">[..., 4] centre-size form, broadcast against <paramref name="outputs"/>.</param>
    /// <returns>[..., V]; the same tensor where nothing changes.</returns>
    public abstract Tensor Decode(Tensor outputs, Tensor anchors);
}

/// <summary>The network's numbers as they are.</summary>
public sealed record PlainRegressionCoder : RegressionCoder
{
    /// <inheritdoc/>
    public override RegressionKind Kind => RegressionKind.Plain;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor values, Tensor anchors) => values;

    /// <inheritdoc/>
    public override Tensor Decode(Tensor outputs, Tensor anchors) => outputs;
}

/// <summary>
/// Points as offsets from the centre of the default box in units of its width and height, divided by a variance
/// (Deng et al., RetinaFace, section 3.1, and the codes of its landmarks).
/// </summary>
/// <param name="Variance">Divides the offsets.</param>
public sealed record PointRegressionCoder(double Variance = 0.1) : RegressionCoder
{
    /// <inheritdoc/>
    public override RegressionKind Kind => RegressionKind.Points;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor values, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var points = values.unflatten(-1, -1, 2);
        var centers = anchors.narrow(-1, 0, 2).unsqueeze(-2);
        var sizes = anchors.narrow(-1, 2, 2).unsqueeze(-2);
        return ((points - centers) / (sizes * Variance)).flatten(-2, -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Decode(Tensor outputs, Tensor anchors)
    {
        using var scope = NewDisposeScope();
        var offsets = outputs.unflatten(-1, -1, 2);
        var centers = anchors.narrow(-1, 0, 2).unsqueeze(-2);
        var sizes = anchors.narrow(-1, 2, 2).unsqueeze(-2);
        return (offsets * Variance * sizes + centers).flatten(-2, -1).MoveToOuterDisposeScope();
    }
}

/// <summary>A second box, coded like the first.</summary>
/// <param name="Boxes">How.</param>
public sealed record BoxRegressionCoder(BoxCoder Boxes) : RegressionCoder
{
    /// <inheritdoc/>
    public override RegressionKind Kind => RegressionKind.Box;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor values, Tensor anchors) => Boxes.Encode(values, anchors);

    /// <inheritdoc/>
    public override Tensor Decode(Tensor outputs, Tensor anchors) => Boxes.Decode(outputs, anchors);
}
