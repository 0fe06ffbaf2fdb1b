// Online hard example mining: of all regions of an image those that cost most.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// The costliest regions of each image (Shrivastava et al., Training Region-based Object Detectors with Online Hard Example Mining, section 4). Equal costs keep
/// the regions' order.
/// </summary>
/// <remarks>
/// R-FCN takes the loss of these regions from the pass that ranked them: give this to <see cref="RegionLoss.Compute"/>. The original form ranks by a pass
/// without gradients and passes the chosen regions a second time, so that only they are kept in memory: <see cref="Choose"/>.
/// </remarks>
public sealed record OnlineHardExamples
{
    /// <summary>Regions of an image that are kept; 128 in R-FCN, 64 of each of two images in the original.</summary>
    public int PerImage { get; init; } = 128;

    /// <summary>
    /// Overlap above which, of two regions of an image with the same label, the cheaper one goes before any are counted; 0.7 in the original, null (none) in R-FCN.
    /// </summary>
    public double? NmsThreshold { get; init; }

    /// <summary>Whether the costliest of all images are kept together, as many as <see cref="PerImage"/> would in all (Light-Head R-CNN's code).</summary>
    public bool AcrossImages { get; init; }

    /// <summary>Which regions are kept.</summary>
    /// <param name="sample">All regions.</param>
    /// <param name="losses">[R] what each costs.</param>
    /// <param name="convention">What corners mean in overlaps.</param>
    /// <returns>[S] int64 rows, rising.</returns>
    /// <exception cref="ArgumentException">A setting makes no sense, or there is not one loss for each region.</exception>
    public Tensor Select(RegionSample sample, Tensor losses, BoxConvention convention = BoxConvention.Continuous)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(losses);
        if (PerImage < 0 || NmsThreshold is { } t && !(t is >= 0 and <= 1) || losses.shape is not [var count] || count != sample.Labels.shape[0])
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"A number from 0 on, a threshold in 0..1 and a loss for each of {sample.Labels.shape[0]} regions are expected, not {PerImage}, {NmsThreshold} and [{string.Join(", ", losses.shape)}]."));
        }
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var images = sample.Regions.select(1, 0).to(ScalarType.Int64);
        var ranked = NmsThreshold is { } threshold
            ? NonMaximumSuppression.KeepBatched(PixelBoxes.Edges(sample.Regions.narrow(1, 1, 4), convention), losses.detach(), images, sample.Labels, threshold)
            : losses.detach().sort(0, descending: true, stable: true).Indices;
        var (order, owners) = (HostValues.Longs(ranked), HostValues.Longs(images));
        var kept = AcrossImages
            ? order.Take((int)Math.Min((long)PerImage * sample.Counts.Length, order.Length))
            : order.GroupBy(row => owners[row]).SelectMany(own => own.Take(PerImage));
        long[] rows = [.. kept.Order()];
        return tensor(rows, [rows.Length], device: losses.device).MoveToOuterDisposeScope();
    }

    /// <summary>Passes all regions through a stage without gradients and keeps the costliest.</summary>
    /// <param name="model">The detector.</param>
    /// <param name="stage">Which of its stages.</param>
    /// <param name="features">The features of the batch.</param>
    /// <param name="sample">All regions, such as <see cref="RegionSampling.Everything"/> draws.</param>
    /// <param name="loss">What a region costs.</param>
    /// <returns>The sample to train on.</returns>
    public RegionSample Choose(TwoStageDetector model, int stage, ImageFeatures features, RegionSample sample, RegionLoss loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(loss);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var output = model.Classify(stage, features, sample.Regions);
        var chosen = sample.Part(Select(sample, loss.OfEach(output, sample), loss.Targets.Coder.Convention));
        scope.MoveToOuter([chosen.Regions, chosen.Labels, chosen.Boxes]);
        return chosen;
    }
}
