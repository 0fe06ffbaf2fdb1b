// What a spec says of a model besides its graph: input, preprocessing, classes.
using System.Collections.Immutable;
using Detection.Spec.Operators;
using Detection.Spec.Shapes;

namespace Detection.Spec.Resolution;

/// <summary>What a model is.</summary>
public enum ModelKind
{
    /// <summary>Gives feature maps to other models.</summary>
    Backbone,

    /// <summary>Gives one score per class for an image.</summary>
    Classifier,

    /// <summary>Gives scores and box deltas for a dense set of default boxes.</summary>
    OneStage,

    /// <summary>Finds regions that may hold an object, then looks at each of them.</summary>
    TwoStage,
}

/// <summary>The input of a model.</summary>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Nominal height in pixels.</param>
/// <param name="Width">Nominal width in pixels.</param>
/// <param name="HeightDomain">Allowed heights.</param>
/// <param name="WidthDomain">Allowed widths.</param>
public sealed record InputDeclaration(long Channels, long Height, long Width, SizeDomain HeightDomain, SizeDomain WidthDomain)
{
    /// <summary>Whether only the nominal size is allowed.</summary>
    public bool IsFixed => HeightDomain.IsSingle && WidthDomain.IsSingle;

    /// <summary>The keys of <c>input:</c>.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("channels", AttributeKind.Integer, "Channels of the image, or of the map that a part takes.") { Default = AttributeValue.Of(3L), Minimum = 1, Maximum = 65536 },
        new("size", AttributeKind.Pair, "Nominal size in pixels, [height, width]; the only one unless minimum, maximum or multipleOf is given.") { Required = true, Minimum = 1, Maximum = 100_000 },
        new("minimum", AttributeKind.Pair, "Smallest allowed size in pixels.") { Minimum = 1, Maximum = 100_000 },
        new("maximum", AttributeKind.Pair, "Largest allowed size in pixels.") { Minimum = 1, Maximum = 100_000 },
        new("multipleOf", AttributeKind.Pair, "Allowed sizes are multiples of this many pixels.") { Minimum = 1, Maximum = 4096 },
    ];
}

/// <summary>How an image becomes the model's input.</summary>
/// <param name="Color">Order of the channels: <c>rgb</c> or <c>bgr</c>.</param>
/// <param name="Mean">Subtracted from each channel, in units of pixel values 0 to 255.</param>
/// <param name="Std">Divides each channel afterwards.</param>
/// <param name="Interpolation">How the image is resized: <c>nearest</c>, <c>bilinear</c>, <c>bicubic</c> or <c>area</c>.</param>
public sealed record PreprocessingDeclaration(string Color, EquatableArray<double> Mean, EquatableArray<double> Std, string Interpolation)
{
    /// <summary>Pixels that the shorter side of every image gets, its aspect ratio kept; null for the input size whatever the aspect ratio.</summary>
    public long? ShortSide { get; init; }

    /// <summary>Pixels that the longer side may have at most, then the shorter one has fewer; null for any.</summary>
    public long? LongSide { get; init; }

    /// <summary>Pixel values as they are.</summary>
    public static PreprocessingDeclaration None { get; } = new("rgb", new([0]), new([1]), "bilinear");

    /// <summary>How sides that are no whole pixels are rounded: <c>nearest</c> or <c>down</c>.</summary>
    public string Rounding { get; init; } = "nearest";

    /// <summary>The keys of <c>preprocess:</c>.</summary>
    public static ImmutableArray<AttributeDefinition> Attributes { get; } =
    [
        new("color", AttributeKind.Word, "Order of the colour channels.") { Default = AttributeValue.OfWord("rgb"), Words = ["rgb", "bgr"] },
        new("mean", AttributeKind.Numbers, "Subtracted from each channel of pixel values 0 to 255; one number for all channels or one each.") { Default = AttributeValue.Of([0.0]) },
        new("std", AttributeKind.Numbers, "Divides each channel after the mean is subtracted; one number for all channels or one each.") { Default = AttributeValue.Of([1.0]), Minimum = 1e-9 },
        new("interpolation", AttributeKind.Word, "How the image is resized to the input size.") { Default = AttributeValue.OfWord("bilinear"), Words = ["nearest", "bilinear", "bicubic", "area"] },
        new("shortSide", AttributeKind.Integer, "Pixels of every image's shorter side, its aspect ratio kept; the input size whatever the aspect ratio when absent (two-stage detectors).") { Minimum = 1, Maximum = 100_000 },
        new("longSide", AttributeKind.Integer, "Most pixels of its longer side; the shorter one then has fewer. Any when absent.") { Minimum = 1, Maximum = 100_000 },
        new("rounding", AttributeKind.Word, "How a side of no whole pixels is rounded, with 'shortSide': as in Caffe's codes, or down (torchvision).") { Default = AttributeValue.OfWord("nearest"), Words = ["nearest", "down"] },
    ];
}

/// <summary>The classes a model tells apart, background not counted.</summary>
/// <param name="Count">How many.</param>
/// <param name="Names">Their names; empty when the spec gives only their number.</param>
public sealed record ClassesDeclaration(int Count, EquatableArray<string> Names);
