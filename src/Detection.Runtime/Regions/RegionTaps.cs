// Which cells of a map each bin of each region reads along one axis, and with which weight.
namespace Detection.Runtime;

/// <summary>Cells and weights of every bin of every region along one axis, in one array each.</summary>
internal sealed class RegionTaps
{
    private readonly int[] starts;
    private int[] cells = new int[256];
    private float[] weights = new float[256];
    private int bin;
    private int count;

    private RegionTaps(int regions, int bins)
    {
        Bins = bins;
        starts = new int[regions * bins + 1];
    }

    /// <summary>Bins of one region.</summary>
    public int Bins { get; }

    /// <summary>First entry of bin b of region r at r * Bins + b; the end is the next one's start.</summary>
    public ReadOnlySpan<int> Starts => starts;

    public ReadOnlySpan<int> Cells => cells.AsSpan(0, count);

    public ReadOnlySpan<float> Weights => weights.AsSpan(0, count);

    /// <summary>Entries of all regions.</summary>
    public int Count => count;

    /// <summary>The taps of all extents along an axis; none for an extent that is not a number.</summary>
    public static RegionTaps Of(AxisRule rule, ReadOnlySpan<Extent> extents, double scale, int cells)
    {
        var taps = new RegionTaps(extents.Length, rule.Taken);
        foreach (var extent in extents)
        {
            if (float.IsNaN(extent.Low))
            {
                for (var i = 0; i < rule.Taken; i++)
                {
                    taps.EndBin();
                }
            }
            else
            {
                rule.Append(extent, (float)scale, cells, taps);
            }
        }
        return taps;
    }

    /// <summary>Adds a cell to the current bin; a cell that the bin has already gets the sum of both weights.</summary>
    public void Add(int cell, float weight)
    {
        if (weight == 0)
        {
            return;
        }
        // Samples come in order, so that an equal cell is among the last two.
        for (var i = count - 1; i >= starts[bin] && i >= count - 2; i--)
        {
            if (cells[i] == cell)
            {
                weights[i] += weight;
                return;
            }
        }
        if (count == cells.Length)
        {
            Array.Resize(ref cells, 2 * count);
            Array.Resize(ref weights, 2 * count);
        }
        (cells[count], weights[count]) = (cell, weight);
        count++;
    }

    public void EndBin() => starts[++bin] = count;
}
