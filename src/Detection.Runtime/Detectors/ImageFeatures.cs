// What a two-stage detector computes once per image: the feature maps that regions are pooled from, and the proposals' raw outputs.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Feature maps of a batch. Generated detectors derive a class that names the maps.</summary>
public class ImageFeatures : IDisposable
{
    /// <summary>Takes the tensors over.</summary>
    /// <param name="proposals">Outputs of the region proposal network; null where the caller gives regions.</param>
    /// <param name="maps">[N, C, H, W] each: what the networks over regions read.</param>
    public ImageFeatures(ProposalOutput? proposals, IReadOnlyList<Tensor> maps) => (Proposals, Maps) = (proposals, maps);

    /// <summary>Takes over what other features hold; the others must not be disposed.</summary>
    /// <param name="other">The others.</param>
    protected ImageFeatures(ImageFeatures other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (Proposals, Maps, Input) = (other.Proposals, other.Maps, other.Input);
    }

    /// <summary>Rows and columns of the images in pixels; set where a stage asks for shares of the image.</summary>
    public FeatureSize Input { get; init; }

    /// <summary>Outputs of the region proposal network; null where the caller gives regions.</summary>
    public ProposalOutput? Proposals { get; }

    /// <summary>[N, C, H, W] each: what the networks over regions read.</summary>
    public IReadOnlyList<Tensor> Maps { get; }

    /// <summary>Cells of a map for one pixel where a box is a share of its image: 0 is the centre of the first cell, the whole image that of the last (TensorFlow's crop_and_resize).</summary>
    /// <param name="map">[N, C, H, W].</param>
    /// <exception cref="InvalidOperationException">The size of the images is not known.</exception>
    public RegionScale ScaleOfShares(Tensor map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Input is { Height: > 0, Width: > 0 }
            ? new RegionScale((map.shape[2] - 1.0) / Input.Height, (map.shape[3] - 1.0) / Input.Width)
            : throw new InvalidOperationException($"Shares of the images were asked for, but {nameof(Input)} was not set.");
    }

    /// <summary>Hands all tensors to the dispose scope outside the current one (or to nobody, where there is none).</summary>
    /// <returns>These features.</returns>
    public ImageFeatures MoveToOuterDisposeScope()
    {
        Proposals?.MoveToOuterDisposeScope();
        foreach (var map in Maps)
        {
            map.MoveToOuterDisposeScope();
        }
        return this;
    }

    /// <summary>Takes all tensors out of every dispose scope; the caller disposes them.</summary>
    /// <returns>These features.</returns>
    public ImageFeatures DetachFromDisposeScope()
    {
        Proposals?.DetachFromDisposeScope();
        foreach (var map in Maps)
        {
            map.DetachFromDisposeScope();
        }
        return this;
    }

    /// <summary>Frees all tensors.</summary>
    public void Dispose()
    {
        Proposals?.Dispose();
        foreach (var map in Maps)
        {
            map.Dispose();
        }
        GC.SuppressFinalize(this);
    }
}
