// Operators on position-sensitive score maps: bin (i, j) of class c reads channels of its own.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// What position-sensitive operators share: a map [N, C * Height * Width, H, W] becomes [R, C, Height, Width]. R-FCN's voting is the mean over the
/// last two dimensions afterwards, <c>Vote</c>.
/// </summary>
/// <param name="Height">Bins from top to bottom.</param>
/// <param name="Width">Bins from left to right.</param>
public abstract record PositionSensitivePooling(int Height, int Width) : RegionPooling(Height, Width)
{
    /// <summary>Layout of the map's channels.</summary>
    public ScoreMapOrder Order { get; init; } = ScoreMapOrder.ClassMajor;

    /// <inheritdoc/>
    public override long OutputChannels(long channels) => channels % (Height * Width) == 0
        ? channels / (Height * Width)
        : throw new ArgumentException(
            $"{GetType().Name}: the map's channels are a multiple of {Height} x {Width} = {Height * Width} bins, not {channels}.");

    /// <summary>R-FCN's voting: the mean of all bins (Dai et al., section 3).</summary>
    /// <param name="pooled">[R, C, Height, Width].</param>
    /// <returns>[R, C].</returns>
    public static Tensor Vote(Tensor pooled) => pooled.mean([2, 3]);

    private protected abstract AxisRule Rule(int bins, bool vertical);

    /// <summary>Groups of taps of a bin along each axis of which the greatest counts; 1 for a mean.</summary>
    private protected virtual int Greatest => 1;

    private protected override RegionKernel Kernel(HostRegions regions) =>
        new PositionSensitiveKernel(regions, Rule(Height, true), Rule(Width, false), Greatest, Order)
        {
            MapShape = [regions.Images, regions.Channels, regions.Rows, regions.Columns],
            ResultShape = [regions.Count, OutputChannels(regions.Channels), Height, Width],
        };

    private protected override Tensor PoolByTensors(Tensor map, DeviceRegions regions)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (regions.Rows(Rule(Height, true), map), regions.Columns(Rule(Width, false), map));
        if (Greatest == 1)
        {
            return regions.PositionSensitive(map, rows, columns, Order).MoveToOuterDisposeScope();
        }
        var groups = arange(Height, dtype: ScalarType.Int64, device: map.device) * Greatest;
        var columnGroups = arange(Width, dtype: ScalarType.Int64, device: map.device) * Greatest;
        Tensor? best = null;
        for (var s = 0; s < Greatest * Greatest; s++)
        {
            var value = regions.PositionSensitive(
                map, rows.index_select(1, groups + s / Greatest), columns.index_select(1, columnGroups + s % Greatest), Order);
            // Strictly greater, so that the first of equals gets the gradient.
            best = best is null ? value : where(value.gt(best), value, best);
        }
        return best!.MoveToOuterDisposeScope();
    }
}

/// <summary>Which arithmetic divides a region into bins of whole cells.</summary>
public enum PositionSensitiveBins
{
    /// <summary>
    /// R-FCN's code: corners are rounded in the image, the lower right one included; the region keeps its real size on the map, at least a tenth of
    /// a cell, and a bin takes every cell that it touches.
    /// </summary>
    RFcn,

    /// <summary>torchvision.ops.ps_roi_pool: corners are rounded on the map, the upper ends not included; the map's last row and column are never read.</summary>
    Torchvision,
}

/// <summary>
/// Position-sensitive RoI pooling (Dai et al., R-FCN, section 3): the mean of a bin's whole cells. The two known arithmetics give different numbers for almost
/// every region.
/// </summary>
/// <remarks>An empty bin is 0. An inverted region or one without area is a tenth of a cell large (R-FCN) or one cell (torchvision).</remarks>
/// <param name="Height">Bins from top to bottom.</param>
/// <param name="Width">Bins from left to right.</param>
/// <param name="Bins">Which arithmetic.</param>
public sealed record PositionSensitiveRoiPooling(int Height, int Width, PositionSensitiveBins Bins = PositionSensitiveBins.RFcn)
    : PositionSensitivePooling(Height, Width)
{
    private protected override AxisRule Rule(int bins, bool vertical) =>
        Bins == PositionSensitiveBins.RFcn ? new RoundedInImage(bins) : new RoundedOnMap(bins, Inclusive: false);
}

/// <summary>How position-sensitive RoIAlign joins the samples of a bin.</summary>
public enum PositionSensitiveSamples
{
    /// <summary>The greatest of 2 x 2 samples: what Light-Head R-CNN's released code does by default.</summary>
    Greatest,

    /// <summary>Their mean: the other form in that code.</summary>
    Mean,

    /// <summary>The mean of samples with RoIAlign's borders on a region moved by half a cell: torchvision.ops.ps_roi_align.</summary>
    Torchvision,
}

/// <summary>
/// Position-sensitive RoIAlign (Li et al., Light-Head R-CNN, section 4.2.3, as released; or torchvision's): position-sensitive bins of interpolated samples,
/// without rounding. In the released form a neighbour outside the map counts as 0.
/// </summary>
/// <remarks>
/// A region without area, and in the released form an inverted one, samples one place. In torchvision's form an inverted region gives its bins in inverted
/// order; with adaptive sampling both have no samples and give 0 (torchvision: NaN). The gradient of the greatest goes to the first greatest sample.
/// </remarks>
/// <param name="Height">Bins from top to bottom.</param>
/// <param name="Width">Bins from left to right.</param>
/// <param name="Samples">How samples are taken and joined.</param>
/// <param name="Sampling">Samples in a bin along each axis; 0, in torchvision's form only, for the bin's size in cells, rounded up.</param>
public sealed record PositionSensitiveRoiAlign(
    int Height, int Width, PositionSensitiveSamples Samples = PositionSensitiveSamples.Greatest, int Sampling = 2) : PositionSensitivePooling(Height, Width)
{
    private protected override int Greatest => Samples == PositionSensitiveSamples.Greatest ? Sampling : 1;

    private protected override AxisRule Rule(int bins, bool vertical) => Samples == PositionSensitiveSamples.Torchvision
        ? new PartCentres(bins, Sampling, 0.5f, null, SampleBorder.Clamped)
        : new PartCentres(bins, Sampling, 0, 0, SampleBorder.Zero) { Apart = Samples == PositionSensitiveSamples.Greatest };

    private protected override void CheckOptions()
    {
        SamplingRules.Check(Sampling);
        if (Sampling == 0 && Samples != PositionSensitiveSamples.Torchvision)
        {
            throw new ArgumentException($"{nameof(PositionSensitiveRoiAlign)}: sampling 0 (adaptive) exists in torchvision's form only.");
        }
    }
}

/// <summary>
/// The position-sensitive form of crop-and-resize (TensorFlow's object detection library; Huang et al., section 3.6.2): the box is cut into Height x Width
/// equal boxes, each is cropped from its own channels, and the small crop is averaged.
/// </summary>
public sealed record PositionSensitiveCrop : PositionSensitivePooling
{
    /// <summary>Creates the operator, on maps whose bins are the slowest index of a channel.</summary>
    /// <param name="height">Bins from top to bottom.</param>
    /// <param name="width">Bins from left to right.</param>
    /// <param name="cropHeight">Rows of all small crops together, a multiple of <paramref name="height"/>.</param>
    /// <param name="cropWidth">Columns of all small crops together, a multiple of <paramref name="width"/>.</param>
    public PositionSensitiveCrop(int height, int width, int cropHeight, int cropWidth)
        : base(height, width)
    {
        (CropHeight, CropWidth) = (cropHeight, cropWidth);
        Order = ScoreMapOrder.BinMajor;
    }

    /// <summary>Rows of all small crops together.</summary>
    public int CropHeight { get; init; }

    /// <summary>Columns of all small crops together.</summary>
    public int CropWidth { get; init; }

    private protected override AxisRule Rule(int bins, bool vertical) => new EndToEnd(bins, (vertical ? CropHeight : CropWidth) / bins, Averaged: true);

    private protected override void CheckOptions()
    {
        if (CropHeight < Height || CropWidth < Width || CropHeight % Height != 0 || CropWidth % Width != 0)
        {
            throw new ArgumentException(
                $"{nameof(PositionSensitiveCrop)}: a crop of {CropHeight} x {CropWidth} does not divide into {Height} x {Width} bins.");
        }
    }
}
