// Operators that turn a rectangle of a feature map into a small map of fixed size, one for each region, and attention of regions to their image.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Shapes;

namespace Detection.Spec.Operators;

/// <summary>Operators between images and regions.</summary>
public static class RegionOperators
{
    /// <summary>The attribute that says whose regions are pooled.</summary>
    public const string RegionsAttribute = "regions";

    /// <summary>Its value for one region in each image, the whole of it.</summary>
    public const string WholeImage = "image";

    /// <summary>The operator that warps regions of the image itself.</summary>
    public const string Warp = "regionWarp";

    private const int MostLevels = 16;

    private static readonly AttributeDefinition Size =
        new("size", AttributeKind.Pair, "Bins of the result, [height, width].") { Required = true, Minimum = 1, Maximum = 1024 };

    private static readonly AttributeDefinition Regions = new(RegionsAttribute, AttributeKind.Word, "Whose regions: those of the stage, or in each image one, the whole of it.")
    {
        Default = AttributeValue.OfWord("stage"), Words = ["stage", WholeImage],
    };

    private static readonly AttributeDefinition Stride =
        new("stride", AttributeKind.Number, "Pixels of the image for one cell of the map; the map's own stride when absent. Of the first of several maps, each of the others having twice as many.") { Minimum = 1e-3, Maximum = 1e5 };

    private static readonly AttributeDefinition CanonicalLevel =
        new("canonicalLevel", AttributeKind.Integer, "Level of a region of the canonical size, for several maps; level k has stride 2^k.") { Default = AttributeValue.Of(4L), Minimum = 0, Maximum = 30 };

    private static readonly AttributeDefinition CanonicalSize =
        new("canonicalSize", AttributeKind.Number, "Side in pixels of a region that is pooled from that level, for several maps.") { Default = AttributeValue.Of(224.0), Minimum = 1e-3, Maximum = 1e5 };

    private static readonly AttributeDefinition Sampling =
        new("sampling", AttributeKind.Integer, "Samples in a bin along each axis; 0 for its size in cells, rounded up.") { Default = AttributeValue.Of(2L), Minimum = 0, Maximum = 64 };

    private static readonly AttributeDefinition Coordinates =
        new("coordinates", AttributeKind.Word, "What a region's corners are on the map: its pixels over the stride, or its share of the image times the map's last cell.")
        {
            Default = AttributeValue.OfWord("stride"), Words = ["stride", "share"],
        };

    private static readonly AttributeDefinition Order = new("order", AttributeKind.Word, "Which of the map's channels lie together: the bins of a class, or the classes of a bin.")
    {
        Default = AttributeValue.OfWord("classMajor"), Words = ["classMajor", "binMajor"],
    };

    /// <summary>All of them, in the order of the manual.</summary>
    public static ImmutableArray<OperatorDefinition> All { get; } =
    [
        Pooling("roiMaxPool", "Largest cell of each bin of a region, in Fast R-CNN's whole cells.", [], Plain),
        Pooling("roiAlign", "Mean of interpolated samples in each bin of a region (Mask R-CNN).",
            [Sampling, new("aligned", AttributeKind.Flag, "Whether coordinates lose half a cell, so that they mean the same on the map as in the image.") { Default = AttributeValue.Of(false) }], Plain),
        Pooling("cropAndResize", "Interpolated samples from corner to corner of a region, both included, as in TensorFlow.",
            [
                new("maxPool", AttributeKind.Integer, "Side and stride of a max pooling that follows a crop so much finer; 1 for none.") { Default = AttributeValue.Of(1L), Minimum = 1, Maximum = 16 },
                Coordinates,
            ], Plain),
        Pooling("psRoiPool", "Mean of the whole cells of each bin, every bin from channels of its own (R-FCN).",
            [
                Order,
                new("bins", AttributeKind.Word, "Whose arithmetic divides a region into cells.") { Default = AttributeValue.OfWord("rfcn"), Words = ["rfcn", "torchvision"] },
            ], PositionSensitive),
        Pooling("psRoiAlign", "Interpolated samples of each bin, every bin from channels of its own (Light-Head R-CNN).",
            [
                Sampling, Order,
                new("samples", AttributeKind.Word, "How the samples of a bin are joined: the greatest, their mean, or torchvision's form.")
                {
                    Default = AttributeValue.OfWord("greatest"), Words = ["greatest", "mean", "torchvision"],
                },
            ], PositionSensitive),
        Pooling("psCrop", "The mean of a small crop for each bin, every bin from channels of its own, those of a bin together (TensorFlow's R-FCN).",
            [new("crop", AttributeKind.Pair, "Rows and columns of all small crops together.") { Required = true, Minimum = 1, Maximum = 1024 }, Coordinates with { CameLater = true }], use =>
            {
                var (size, crop) = (use.Attributes["size"], use.Attributes["crop"]);
                return crop.First % size.First == 0 && crop.Second % size.Second == 0
                    ? PositionSensitive(use)
                    : throw new ShapeException(Rules.OutOfRange, $"a multiple of 'size', {size}, along each axis") { Attribute = "crop", Value = crop };
            }),
        new(Warp, "A region of the image itself with some context, warped to one size (R-CNN); what lies outside the image is 0.")
        {
            Attributes =
            [
                Size,
                new("context", AttributeKind.Integer, "Pixels of the result around the region.") { Default = AttributeValue.Of(16L), Minimum = 0, Maximum = 512 },
                new("square", AttributeKind.Flag, "Whether a region first becomes the smallest square about it, so that nothing is distorted.") { Default = AttributeValue.Of(false) },
            ],
            RegionUse = RegionUse.Pools,
            OutputIsFree = true,
            Shape = use =>
            {
                var (size, context) = (use.Attributes["size"], use.Attributes["context"]);
                return 2 * context.Integer < Math.Min(size.First, size.Second)
                    ? Bins(use, use.Inputs[0].Channels)
                    : throw new ShapeException(Rules.OutOfRange, $"less than half of the shorter side of 'size', {size}") { Attribute = "context", Value = context };
            },
            Reach = _ => (AxisReach.Global, AxisReach.Global),
        },
        new("attend", "Softmax of the products of a region's queries with all keys of its image, over a root of their channels, times the image's values: 'from: [queries, keys, values]'.")
        {
            MinimumInputs = 3,
            MaximumInputs = 3,
            RegionUse = RegionUse.Attends,
            OutputIsFree = true,
            Shape = Attended,

            // Each query with each key, and each value for each cell.
            MultiplyAddsPerInput = use => Cells(use.Inputs[1]),
            MultiplyAddsPerOutput = use => Cells(use.Inputs[1]),
            Reach = _ => (AxisReach.Global, AxisReach.Global),
        },
    ];

    /// <summary>Whether a use of a pooling gives one value for each image.</summary>
    public static bool IsOfImage(AttributeSet attributes) => attributes.Find(RegionsAttribute)?.Word == WholeImage;

    private static OperatorDefinition Pooling(string name, string summary, ImmutableArray<AttributeDefinition> own, Func<OperatorUse, TensorShape> shape) => new(name, summary)
    {
        Attributes = [Size, .. own, Regions, Stride, CanonicalLevel, CanonicalSize],
        MaximumInputs = MostLevels,
        RegionUse = RegionUse.Pools,
        OutputIsFree = true,
        Shape = use =>
        {
            if (use.Inputs.FirstOrDefault(i => i.Channels != use.Inputs[0].Channels) is not null)
            {
                throw new ShapeException(
                    Rules.Channels, $"{name} needs maps of equal channels, but they have {string.Join(" and ", use.Inputs.Select(i => i.Channels.ToString(CultureInfo.InvariantCulture)))}");
            }

            return use.Inputs.Length > 1 && use.Attributes.Find(Coordinates.Name) is { Word: "share" } share
                ? throw new ShapeException(Rules.OutOfRange, "'stride', where a region's level has one map of several") { Attribute = Coordinates.Name, Value = share }
                : shape(use);
        },
        Reach = _ => (AxisReach.Global, AxisReach.Global),
    };

    private static TensorShape Plain(OperatorUse use) => Bins(use, use.Inputs[0].Channels);

    private static TensorShape PositionSensitive(OperatorUse use)
    {
        var bins = checked(use.Attributes["size"].First * use.Attributes["size"].Second);
        var channels = use.Inputs[0].Channels;
        return channels % bins == 0
            ? Bins(use, channels / bins)
            : throw new ShapeException(Rules.Channels, $"{use.Attributes["size"].First}x{use.Attributes["size"].Second} bins must divide the {channels} channels of a position-sensitive map");
    }

    private static TensorShape.Feature Bins(OperatorUse use, long channels) =>
        new(channels, Extent.Constant(use.Attributes["size"].First), Extent.Constant(use.Attributes["size"].Second));

    private static TensorShape Attended(OperatorUse use)
    {
        var (queries, keys, values) = (use.Inputs[0], use.Inputs[1], use.Inputs[2]);
        if (queries.Channels != keys.Channels)
        {
            throw new ShapeException(Rules.Channels, $"attend needs queries and keys of equal channels, but they have {queries.Channels} and {keys.Channels}");
        }

        _ = JoiningOperators.OfEqualSize(use with { Inputs = [keys, values] }, "attend");
        if (Constant(keys) is null)
        {
            throw new ShapeException(Rules.SpatialMismatch, "attend needs keys and values of a constant number of cells: pool the whole image first ('regions: image')");
        }

        return ((TensorShape.Feature)queries) with { Channels = values.Channels };
    }

    private static long Cells(TensorShape map) => Constant(map)!.Value;

    private static long? Constant(TensorShape map) => map is TensorShape.Feature { Height: { Slope: 0 } height, Width: { Slope: 0 } width } ? checked(height.At(0) * width.At(0)) : null;
}
