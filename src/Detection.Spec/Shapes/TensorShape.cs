// Shapes of one example: a feature map [C, H, W] whose H and W are functions of the input's, or a vector [C]. An example is an image, or a region of one.
using System.Globalization;

namespace Detection.Spec.Shapes;

/// <summary>The regions that a stage of a two-stage detector looks at.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Count">Regions of an image that figures are given for.</param>
public sealed record RegionSet(string Stage, long Count);

/// <summary>The shape of a tensor without its batch axis.</summary>
public abstract record TensorShape(long Channels)
{
    /// <summary>The regions, when there is such a value for each of them; null for a value of each image.</summary>
    public RegionSet? Regions { get; init; }

    /// <summary>How many of these values one image has.</summary>
    public long PerImage => Regions?.Count ?? 1;

    /// <summary>A feature map [C, H, W].</summary>
    public sealed record Feature(long Channels, Extent Height, Extent Width) : TensorShape(Channels)
    {
        /// <inheritdoc/>
        public override ConcreteShape At(long height, long width) => new(Channels, Height.At(height), Width.At(width));
    }

    /// <summary>A vector [C].</summary>
    public sealed record Vector(long Channels) : TensorShape(Channels)
    {
        /// <inheritdoc/>
        public override ConcreteShape At(long height, long width) => new(Channels, null, null);
    }

    /// <summary>The regions themselves: boxes of the images of a batch.</summary>
    public sealed record Boxes() : TensorShape(RowLength)
    {
        // Image, x1, y1, x2, y2.
        private const long RowLength = 5;

        /// <inheritdoc/>
        public override ConcreteShape At(long height, long width) => new(Channels, null, null);
    }

    /// <summary>The shape for an input of the given size in pixels.</summary>
    public abstract ConcreteShape At(long height, long width);
}

/// <summary>A shape in numbers, without its batch axis.</summary>
/// <param name="Channels">Channels, or the length of a vector.</param>
/// <param name="Height">Rows, or null for a vector.</param>
/// <param name="Width">Columns, or null for a vector.</param>
public readonly record struct ConcreteShape(long Channels, long? Height, long? Width)
{
    /// <summary>Number of values.</summary>
    /// <exception cref="OverflowException">There are more than a long counts.</exception>
    public long Count => checked(Channels * (Height ?? 1) * (Width ?? 1));

    /// <summary><c>64x40x30</c> or <c>1000</c>.</summary>
    public override string ToString() => Height is null
        ? Channels.ToString(CultureInfo.InvariantCulture)
        : string.Format(CultureInfo.InvariantCulture, "{0}x{1}x{2}", Channels, Height, Width);
}
