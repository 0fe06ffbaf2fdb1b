// A batch as a training step sees it, and where batches come from.
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

/// <summary>A batch on the device.</summary>
/// <param name="Images">[N, 3, H, W] float32; belongs to the run, which frees it when the next batch is asked for.</param>
/// <param name="Objects">The labelled objects, on the host.</param>
public sealed record TrainingBatch(torch.Tensor Images, GroundTruth Objects)
{
    /// <summary>N.</summary>
    public int Size => Objects.Images;

    /// <summary>The batch in shares of equal size, so that only one of them need be in memory with its gradients; the last may be smaller.</summary>
    /// <param name="shares">At most so many; fewer when there are fewer images.</param>
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
}
