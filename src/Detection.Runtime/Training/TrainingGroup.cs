// Images of one size within a batch of several: what goes through a two-stage detector together.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Detection.Runtime;

/// <summary>Images of one size of a training step.</summary>
/// <param name="Images">[n, 3, H, W] float32, padded with zeros to the right and below; belongs to the run.</param>
/// <param name="Sizes">The images without padding.</param>
/// <param name="Objects">Their labelled objects, in fractions of the images without padding.</param>
/// <param name="Places">Their places in the batch, which random draws depend on.</param>
/// <param name="Share">Their share of the batch: what the group's loss is weighted with, so that gradients add up to those of the batch.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Step">Training steps done before this one.</param>
/// <param name="Proposals">Given proposals per image, 4 r numbers in fractions of the image; null where there are none to be given.</param>
public sealed record TrainingGroup(
    torch.Tensor Images, ImmutableArray<BatchImage> Sizes, GroundTruth Objects, ImmutableArray<int> Places, double Share, long Seed, long Step,
    IReadOnlyList<float[]>? Proposals = null)
{
    /// <summary>The objects in pixels of the network's input.</summary>
    /// <param name="convention">What corners mean.</param>
    public RegionTruth Truth(BoxConvention convention) => RegionTruth.Of(Objects, Sizes, convention);

    /// <summary>The given proposals as regions.</summary>
    /// <param name="convention">What corners mean.</param>
    /// <returns>[R, 5] image index, x1, y1, x2, y2 in pixels of the network's input; owned by the current dispose scope.</returns>
    /// <exception cref="InvalidOperationException">The data give no proposals.</exception>
    public torch.Tensor GivenRegions(BoxConvention convention)
    {
        var given = Proposals ?? throw new InvalidOperationException("The data give no proposals.");
        var rows = new List<float>();
        for (var i = 0; i < given.Count; i++)
        {
            var corners = PixelBoxes.OfFractions(given[i], Sizes[i], convention);
            for (var at = 0; at < corners.Length; at += 4)
            {
                rows.Add(i);
                rows.AddRange(corners.AsSpan(at, 4));
            }
        }
        return torch.tensor([.. rows], [rows.Count / 5, 5], device: Images.device);
    }

    internal static TrainingGroup Whole(torch.Tensor images, GroundTruth objects, long seed = 0, long step = 0)
    {
        var image = images.shape is [_, _, var height, var width] ? new BatchImage(height, width) : default;
        return new TrainingGroup(images, [.. Enumerable.Repeat(image, objects.Images)], objects, [.. Enumerable.Range(0, objects.Images)], 1, seed, step);
    }

    /// <summary>The groups of a batch, in the order of their first images; tensors belong to nobody yet.</summary>
    internal static ImmutableArray<TrainingGroup> Of(HostBatch host, GroundTruth objects, long seed, long step, torch.Device device)
    {
        var images = Enumerable.Range(0, host.Count).Select(host.ImageAt).ToArray();
        return
        [
            .. Enumerable.Range(0, host.Count).GroupBy(i => (images[i].Rows, images[i].Columns)).Select(places =>
            {
                int[] members = [.. places];
                var pixels = torch.empty([members.Length, 3, places.Key.Rows, places.Key.Columns], torch.ScalarType.Float32).DetachFromDisposeScope();
                var values = MemoryMarshal.Cast<byte, float>(pixels.bytes);
                foreach (var i in members)
                {
                    images[i].Pixels.Span.CopyTo(values);
                    values = values[images[i].Pixels.Length..];
                }
                if (device.type != DeviceType.CPU)
                {
                    using var hostPixels = pixels;
                    pixels = hostPixels.to(device).DetachFromDisposeScope();
                }
                return new TrainingGroup(
                    pixels, [.. members.Select(i => images[i].Size)], objects.Of(members), [.. members], (double)members.Length / host.Count, seed, step,
                    host.Proposals is { } given ? [.. members.Select(i => given[i])] : null);
            }),
        ];
    }
}
