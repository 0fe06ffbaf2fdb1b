// Images of one size within a batch of several: what goes through a two-stage detector together.
using System.Collections.Immutable;
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
/// <param name="Samples">Positions in the data set that the images come from, -1 where there is none.</param>
/// <param name="Flipped">Whether each image is mirrored left and right.</param>
public sealed record TrainingGroup(
    torch.Tensor Images, ImmutableArray<BatchImage> Sizes, GroundTruth Objects, ImmutableArray<int> Places, double Share, long Seed, long Step,
    ImmutableArray<int> Samples, ImmutableArray<bool> Flipped)
{
    /// <summary>The objects in pixels of the network's input.</summary>
    /// <param name="convention">What corners mean.</param>
    public RegionTruth Truth(BoxConvention convention) => RegionTruth.Of(Objects, Sizes, convention);

    internal static TrainingGroup Whole(torch.Tensor images, GroundTruth objects, long seed = 0, long step = 0)
    {
        var image = images.shape is [_, _, var height, var width] ? new BatchImage(height, width) : default;
        return new TrainingGroup(
            images, [.. Enumerable.Repeat(image, objects.Images)], objects, [.. Enumerable.Range(0, objects.Images)], 1, seed, step,
            [.. Enumerable.Repeat(-1, objects.Images)], [.. new bool[objects.Images]]);
    }
}
