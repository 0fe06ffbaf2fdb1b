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
        (Proposals, Maps) = (other.Proposals, other.Maps);
    }

    /// <summary>Outputs of the region proposal network; null where the caller gives regions.</summary>
    public ProposalOutput? Proposals { get; }

    /// <summary>[N, C, H, W] each: what the networks over regions read.</summary>
    public IReadOnlyList<Tensor> Maps { get; }

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
