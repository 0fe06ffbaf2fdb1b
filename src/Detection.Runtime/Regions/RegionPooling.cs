// What all region operators share: a rectangle of a feature map becomes a small map of fixed size, whatever the rectangle's size.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Pools rectangular regions of feature maps to a fixed size, with gradients for the maps. Boxes count as constants: no gradient reaches them.
/// </summary>
/// <remarks>
/// A region is a row (image index, x1, y1, x2, y2); x and y are pixels of the network's input, or whatever unit the scale turns into cells.
/// No regions give an empty result. A region with a coordinate that is not finite gives zeros and passes no gradient on; so does, for every operator, a region
/// that lies wholly outside the map. Each operator says what an inverted box or one without area gives. An image index that is not that of an image
/// is an <see cref="ArgumentException"/> in main memory and libtorch's own index error on a device.
/// Results do not depend on the number of threads. The tensor path multiplies whole maps by weights, most of them zero: there one NaN in an image's map
/// reaches all of its regions.
/// </remarks>
/// <param name="Height">Rows of each region's result.</param>
/// <param name="Width">Columns of each region's result.</param>
public abstract record RegionPooling(int Height, int Width)
{
    /// <summary>Pools every region.</summary>
    /// <param name="map">[N, C, H, W] features.</param>
    /// <param name="regions">[R, 5] image index, x1, y1, x2, y2; on the map's device.</param>
    /// <param name="scale">Cells for one unit of the regions' coordinates.</param>
    /// <param name="path">Which implementation; to be set by tests and comparisons only.</param>
    /// <returns>[R, C', Height, Width] on the map's device; C' is C, or C / (Height * Width) for position-sensitive operators.</returns>
    /// <exception cref="ArgumentException">A shape, type, device, size or image index does not fit.</exception>
    public Tensor Pool(Tensor map, Tensor regions, RegionScale scale, RegionPath path = RegionPath.ByDevice)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(regions);
        Check(map, regions, scale);
        var hasKernel = map.device_type == DeviceType.CPU && map.dtype == ScalarType.Float32;
        if (path == RegionPath.HostKernels && !hasKernel)
        {
            throw new ArgumentException($"The kernels take float32 maps in main memory, not {map.dtype} on {map.device}.", nameof(path));
        }
        if (path != RegionPath.TensorOperations && hasKernel)
        {
            return Finish(RegionFunction.Call(map, Kernel(HostRegions.Read(regions, map.shape, scale))));
        }
        using var scope = NewDisposeScope();
        return Finish(PoolByTensors(map, new DeviceRegions(map, regions, scale))).MoveToOuterDisposeScope();
    }

    /// <summary>Channels of the result for this many of the map.</summary>
    /// <exception cref="ArgumentException">The map's channels do not fit the operator.</exception>
    public virtual long OutputChannels(long channels) => channels;

    private protected abstract RegionKernel Kernel(HostRegions regions);

    private protected abstract Tensor PoolByTensors(Tensor map, DeviceRegions regions);

    /// <summary>What follows on both paths; takes the pooled tensor over.</summary>
    private protected virtual Tensor Finish(Tensor pooled) => pooled;

    private protected virtual void CheckOptions()
    {
    }

    private protected static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private void Check(Tensor map, Tensor regions, RegionScale scale)
    {
        if (Height < 1 || Width < 1)
        {
            throw new ArgumentException($"{GetType().Name}: the result has at least one row and one column, not {Height} x {Width}.");
        }
        if (map.shape is not [_, _, > 0, > 0])
        {
            throw new ArgumentException($"{GetType().Name}: the map has the shape [N, C, H, W] with H and W from 1 on, not {Text(map)}.", nameof(map));
        }
        if (regions.shape is not [_, 5])
        {
            throw new ArgumentException(
                $"{GetType().Name}: regions have the shape [R, 5] (image index, x1, y1, x2, y2), not {Text(regions)}.", nameof(regions));
        }
        if (!map.is_floating_point())
        {
            throw new ArgumentException($"{GetType().Name}: the map holds floating-point numbers, not {map.dtype}.", nameof(map));
        }
        if (map.device.ToString() != regions.device.ToString())
        {
            throw new ArgumentException($"{GetType().Name}: the map is on {map.device}, the regions are on {regions.device}.", nameof(regions));
        }
        scale.Check();
        CheckOptions();
        _ = OutputChannels(map.shape[1]);
    }
}
