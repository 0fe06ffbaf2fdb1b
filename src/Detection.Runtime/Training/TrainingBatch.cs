// A batch as a training step sees it, and where batches come from.
using System.Collections.Immutable;
using TorchSharp;

namespace Detection.Runtime;

/// <summary>Delivers the batches of an epoch; what they contain depends on epoch and position alone, so that a resumed run sees the same ones.</summary>
public interface IBatchSource
{
    /// <summary>Batches of every epoch.</summary>
    int BatchesPerEpoch { get; }

    /// <summary>Text that differs when the batches would: number of images, seed, augmentation. A checkpoint remembers it.</summary>
    string Fingerprint { get; }

    /// <summary>The batches of an epoch.</summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="skipBatches">Leave out so many at the beginning.</param>
    /// <param name="cancellation">Stops a consumer that waits.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    IEnumerable<HostBatch> Epoch(int epoch, int skipBatches = 0, CancellationToken cancellation = default);
}

/// <summary>A batch on the device; images of different sizes lie in groups.</summary>
public sealed record TrainingBatch
{
    /// <summary>A batch of images of one size.</summary>
    /// <param name="images">[N, 3, H, W] float32.</param>
    /// <param name="objects">The labelled objects, on the host.</param>
    public TrainingBatch(torch.Tensor images, GroundTruth objects)
        : this(objects, [TrainingGroup.Whole(images, objects)])
    {
    }

    internal TrainingBatch(GroundTruth objects, ImmutableArray<TrainingGroup> groups) => (Objects, Groups) = (objects, groups);

    /// <summary>[N, 3, H, W] float32; belongs to the run, which frees it when the next batch is asked for.</summary>
    /// <exception cref="InvalidOperationException">The images are of several sizes.</exception>
    public torch.Tensor Images => Groups is [var only]
        ? only.Images
        : throw new InvalidOperationException($"The {Size} images are of {Groups.Length} sizes: take them by {nameof(BySize)}().");

    /// <summary>The labelled objects of all images in the batch's order, on the host.</summary>
    public GroundTruth Objects { get; }

    /// <summary>N.</summary>
    public int Size => Objects.Images;

    internal ImmutableArray<TrainingGroup> Groups { get; }

    /// <summary>The batch in groups of images of one size, in the order of their first images; their shares of the batch add up to 1.</summary>
    public IReadOnlyList<TrainingGroup> BySize() => Groups;

    /// <summary>The batch in shares of equal size, so that only one of them need be in memory with its gradients; the last may be smaller.</summary>
    /// <param name="shares">At most so many; fewer when there are fewer images.</param>
    /// <exception cref="InvalidOperationException">The images are of several sizes.</exception>
    public IEnumerable<TrainingBatch> Split(int shares)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shares, 1);
        var size = (Size + shares - 1) / shares;
        for (var from = 0; from < Size; from += size)
        {
            var count = Math.Min(size, Size - from);
            yield return new TrainingBatch(Images.narrow(0, from, count), Objects.Part(from, count));
        }
    }

    internal void Dispose()
    {
        foreach (var group in Groups)
        {
            group.Images.Dispose();
        }
    }
}
