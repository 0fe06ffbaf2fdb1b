// Bins that are windows of whole cells: RoI max pooling and position-sensitive average pooling.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>A rule whose bins are the cells from a start up to, not including, an end; as weights, every cell counts the same.</summary>
internal abstract record WindowRule(int Bins) : AxisRule(Bins)
{
    /// <summary>First cell and end of a bin, inside the map; an empty bin ends where it starts or before.</summary>
    public abstract (int Start, int End) Window(Extent extent, float scale, int cells, int bin);

    /// <summary>[R, Bins] first cells and ends, in floating point.</summary>
    public abstract (Tensor Start, Tensor End) Windows(Tensor low, Tensor high, float scale, long cells);

    public override void Append(Extent extent, float scale, int cells, RegionTaps taps)
    {
        for (var i = 0; i < Bins; i++)
        {
            var (start, end) = Window(extent, scale, cells, i);
            for (var cell = start; cell < end; cell++)
            {
                taps.Add(cell, 1f / (end - start));
            }
            taps.EndBin();
        }
    }

    public override Tensor Weights(Tensor low, Tensor high, float scale, long cells)
    {
        using var scope = NewDisposeScope();
        var (start, end) = Windows(low, high, scale, cells);
        var cell = Counting(cells, low);
        var inside = cell.ge(start.unsqueeze(-1)).logical_and(cell.lt(end.unsqueeze(-1))).to(low.dtype);
        return (inside / (end - start).clamp_min(1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }

    /// <summary>Rounds half away from zero, as C does.</summary>
    protected static float Round(float value) => MathF.Round(value, MidpointRounding.AwayFromZero);

    /// <summary>Rounds half away from zero, as C does.</summary>
    protected static Tensor Round(Tensor values)
    {
        using var scope = NewDisposeScope();
        var whole = values.trunc();
        return (whole + values.sign() * (values - whole).abs().ge(0.5).to(values.dtype)).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// Corners rounded on the map and inclusive, at least one cell (Girshick, Fast R-CNN, and its code; torchvision.ops.roi_pool), or, for
/// torchvision.ops.ps_roi_pool, with the end not included and windows that end before the map's last cell.
/// </summary>
/// <param name="Bins">Bins along the axis.</param>
/// <param name="Inclusive">Whether the rounded upper end belongs to the region.</param>
internal sealed record RoundedOnMap(int Bins, bool Inclusive) : WindowRule(Bins)
{
    public override (int Start, int End) Window(Extent extent, float scale, int cells, int bin)
    {
        var start = Round(Limit(extent.Low * scale));
        var length = Math.Max(Round(Limit(extent.High * scale)) - start + (Inclusive ? 1 : 0), 1);
        var size = length / Bins;
        var last = Inclusive ? cells : cells - 1;
        return ((int)Math.Clamp(MathF.Floor(bin * size) + start, 0, last), (int)Math.Clamp(MathF.Ceiling((bin + 1) * size) + start, 0, last));
    }

    public override (Tensor Start, Tensor End) Windows(Tensor low, Tensor high, float scale, long cells)
    {
        using var scope = NewDisposeScope();
        var start = Round(Limit(low * scale)).unsqueeze(1);
        var length = (Round(Limit(high * scale)).unsqueeze(1) - start + (Inclusive ? 1 : 0)).clamp_min(1);
        var size = length / Bins;
        var last = Inclusive ? cells : cells - 1;
        var bin = Counting(Bins, low);
        return scope.MoveToOuter(((bin * size).floor() + start).clamp(0, last), (((bin + 1) * size).ceil() + start).clamp(0, last));
    }
}

/// <summary>
/// Corners rounded in the image, the upper one included, then scaled without rounding (Dai et al., R-FCN, and its code); at least a tenth of a cell.
/// </summary>
/// <param name="Bins">Bins along the axis.</param>
internal sealed record RoundedInImage(int Bins) : WindowRule(Bins)
{
    private const float Shortest = 0.1f;

    public override (int Start, int End) Window(Extent extent, float scale, int cells, int bin)
    {
        var start = Limit(Round(extent.Low) * scale);
        var size = Math.Max(Limit((Round(extent.High) + 1) * scale) - start, Shortest) / Bins;
        return ((int)Math.Clamp(MathF.Floor(bin * size + start), 0, cells), (int)Math.Clamp(MathF.Ceiling((bin + 1) * size + start), 0, cells));
    }

    public override (Tensor Start, Tensor End) Windows(Tensor low, Tensor high, float scale, long cells)
    {
        using var scope = NewDisposeScope();
        var start = Limit(Round(low) * scale).unsqueeze(1);
        var size = (Limit((Round(high) + 1) * scale).unsqueeze(1) - start).clamp_min(Shortest) / Bins;
        var bin = Counting(Bins, low);
        return scope.MoveToOuter((bin * size + start).floor().clamp(0, cells), ((bin + 1) * size + start).ceil().clamp(0, cells));
    }
}
