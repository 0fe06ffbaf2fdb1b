// Regions in main memory, grouped by image, and the memory of tensors for the kernels.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>One region's extent along an axis, in the regions' own units.</summary>
internal readonly record struct Extent(float Low, float High);

/// <summary>Regions of a call: extents, and which belong to which image.</summary>
internal sealed class HostRegions
{
    private HostRegions(int count, long[] mapShape, RegionScale scale)
    {
        Count = count;
        (Images, Channels, Rows, Columns) = ((int)mapShape[0], (int)mapShape[1], (int)mapShape[2], (int)mapShape[3]);
        Scale = scale;
        (Y, X) = (new Extent[count], new Extent[count]);
    }

    public int Count { get; }

    public int Images { get; }

    public int Channels { get; }

    public int Rows { get; }

    public int Columns { get; }

    public RegionScale Scale { get; }

    /// <summary>Vertical extents; NaN for a region with a coordinate that is not finite.</summary>
    public Extent[] Y { get; }

    /// <summary>Horizontal extents; NaN for a region with a coordinate that is not finite.</summary>
    public Extent[] X { get; }

    /// <summary>Region numbers of each image, in rising order.</summary>
    public int[][] OfImage { get; private set; } = [];

    public static unsafe HostRegions Read(Tensor regions, long[] mapShape, RegionScale scale)
    {
        using var values = regions.detach().to(ScalarType.Float32).contiguous();
        var result = new HostRegions((int)regions.shape[0], mapShape, scale);
        var lists = new List<int>[result.Images];
        for (var i = 0; i < lists.Length; i++)
        {
            lists[i] = [];
        }
        var row = TensorMemory.Floats(values);
        for (var i = 0; i < result.Count; i++, row += 5)
        {
            if (!(row[0] >= 0 && row[0] < result.Images))
            {
                throw new ArgumentException(FormattableString.Invariant($"Region {i} names image {row[0]}; the map has {result.Images}."), nameof(regions));
            }
            lists[(int)row[0]].Add(i);
            var finite = float.IsFinite(row[1]) && float.IsFinite(row[2]) && float.IsFinite(row[3]) && float.IsFinite(row[4]);
            result.X[i] = finite ? new Extent(row[1], row[3]) : new Extent(float.NaN, float.NaN);
            result.Y[i] = finite ? new Extent(row[2], row[4]) : new Extent(float.NaN, float.NaN);
        }
        GC.KeepAlive(values);
        result.OfImage = [.. lists.Select(list => list.ToArray())];
        return result;
    }
}

internal static unsafe class TensorMemory
{
    /// <summary>The elements of a contiguous float32 tensor in main memory, of any size. Keep the tensor alive.</summary>
    public static float* Floats(Tensor tensor) => (float*)Start(tensor);

    /// <summary>The elements of a contiguous int32 tensor in main memory, of any size. Keep the tensor alive.</summary>
    public static int* Integers(Tensor tensor) => (int*)Start(tensor);

    // Through the first element: a span ends at 2 GiB, a map need not. Native memory does not move, so that the pointer stays valid.
    private static byte* Start(Tensor tensor)
    {
        if (tensor.numel() == 0)
        {
            return null;
        }
        using var scope = NewDisposeScope();
        var first = tensor.detach().view(-1).narrow(0, 0, 1);
        fixed (byte* start = first.bytes)
        {
            return start;
        }
    }
}
