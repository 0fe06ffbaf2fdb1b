// Box targets normalised class by class, measured over a training set, and weights that hide this from everybody but training.
using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Means and deviations of (tx, ty, tw, th) of each class (Girshick, Fast R-CNN, section 2.3: targets of zero mean and unit variance).</summary>
/// <param name="Means">4 K numbers, class by class.</param>
/// <param name="Deviations">4 K numbers, class by class; none is 0.</param>
public sealed record ClassNormalization(ImmutableArray<double> Means, ImmutableArray<double> Deviations)
{
    /// <summary>K.</summary>
    public int Classes => Means.Length / 4;

    /// <summary>Targets as training wants them.</summary>
    /// <param name="targets">[F, 4].</param>
    /// <param name="classes">[F] int64 foreground classes, counted from 0.</param>
    /// <returns>[F, 4].</returns>
    public Tensor Normalize(Tensor targets, Tensor classes)
    {
        using var scope = NewDisposeScope();
        Tensor Of(ImmutableArray<double> values) =>
            tensor(values.ToArray(), [Classes, 4], dtype: targets.dtype, device: targets.device).index_select(0, classes);
        return ((targets - Of(Means)) / Of(Deviations)).MoveToOuterDisposeScope();
    }
}

/// <summary>Measures targets over a training set.</summary>
/// <param name="coder">How boxes are coded.</param>
/// <param name="classes">Foreground classes K.</param>
public sealed class TargetStatistics(RegionBoxCoder coder, int classes)
{
    // A variance that is nothing but rounding.
    private const double Tiny = 1e-12;

    private readonly double[] sums = new double[4 * classes];
    private readonly double[] squares = new double[4 * classes];
    private readonly long[] counts = new long[classes];

    /// <summary>Takes the objects of a sample in; background counts for nothing.</summary>
    /// <param name="sample">Regions and what they stand for.</param>
    public void Add(RegionSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        using var scope = NewDisposeScope();
        var (rows, targets) = new RegionTargets(coder, classes).Of(sample);
        var (values, labels) = (HostValues.Floats(targets), HostValues.Longs(sample.Labels.index_select(0, rows)));
        for (var i = 0; i < labels.Length; i++)
        {
            var of = labels[i] - 1;
            counts[of]++;
            for (var k = 0; k < 4; k++)
            {
                double value = values[4 * i + k];
                sums[4 * of + k] += value;
                squares[4 * of + k] += value * value;
            }
        }
    }

    /// <summary>Takes the stored proposals of a data set in, in pixels of the original images; crowds stand for nothing.</summary>
    /// <param name="proposals">Proposals of every image.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="foreground">Overlap from which a proposal stands for an object.</param>
    public void Add(StoredProposals proposals, DetectionDataset dataset, double foreground = 0.5)
    {
        ArgumentNullException.ThrowIfNull(proposals);
        ArgumentNullException.ThrowIfNull(dataset);
        var sampling = RegionSampling.Everything with { Foreground = foreground, BackgroundHigh = foreground, Convention = coder.Convention };
        for (var i = 0; i < dataset.Samples.Length; i++)
        {
            using var scope = NewDisposeScope();
            var objects = dataset.Samples[i].Boxes.Where(box => !box.Crowd).ToArray();
            // Edges are pixels of an image of 1 x 1.
            var image = new BatchImage(1, 1);
            float[] truth = [.. objects.SelectMany(o => new[] { o.Box.X1, o.Box.Y1, o.Box.X2, o.Box.Y2 })];
            var corners = PixelBoxes.OfFractions(proposals.Boxes[i], image, coder.Convention);
            var rows = Proposals.Batch([tensor(corners, [corners.Length / 4, 4])]);
            Add(sampling.Draw(rows, [PixelBoxes.OfFractions(truth, image, coder.Convention)], [[.. objects.Select(o => o.ClassIndex)]], 0, 0));
        }
    }

    /// <summary>The normalisation of each class; a class without objects, or whose targets are all alike, keeps a deviation of 1.</summary>
    public ClassNormalization PerClass()
    {
        var means = sums.Select((sum, i) => counts[i / 4] == 0 ? 0 : sum / counts[i / 4]).ToArray();
        return new ClassNormalization([.. means], [.. squares.Select((square, i) => Deviation(square, means[i], counts[i / 4]))]);
    }

    /// <summary>One normalisation for all classes, as a head that predicts one box for all needs it.</summary>
    /// <returns>The coder with means and deviations.</returns>
    public RegionBoxCoder Overall()
    {
        var count = counts.Sum();
        var means = new double[4];
        var deviations = new double[4];
        for (var k = 0; k < 4; k++)
        {
            var column = Enumerable.Range(0, classes).Select(c => 4 * c + k).ToArray();
            means[k] = count == 0 ? 0 : column.Sum(i => sums[i]) / count;
            deviations[k] = Deviation(column.Sum(i => squares[i]), means[k], count);
        }
        // On top of what the coder does already.
        var (m, d) = (coder.Means, coder.Deviations);
        return coder with
        {
            Means = (m.X + d.X * means[0], m.Y + d.Y * means[1], m.W + d.W * means[2], m.H + d.H * means[3]),
            Deviations = (d.X * deviations[0], d.Y * deviations[1], d.W * deviations[2], d.H * deviations[3]),
        };
    }

    private static double Deviation(double square, double mean, long count) =>
        count > 0 && square / count - mean * mean is var variance && variance > Tiny ? Math.Sqrt(variance) : 1;
}

/// <summary>
/// A box head that learns normalised targets, and predicts plain ones while it is validated or saved: each box's weights are multiplied by its class's deviation,
/// its bias too, plus the mean.
/// </summary>
public sealed class NormalizedBoxHead : IWeightExchange, IDisposable
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor means;
    private readonly Tensor deviations;
    private (Tensor Weight, Tensor Bias)? learned;

    /// <summary>Creates it from a head that predicts plain targets; from here on it predicts normalised ones.</summary>
    /// <param name="weight">[4 K, ...] or [4 (K + 1), ...] of a linear or convolutional layer; background, where it has a box, comes first and is left alone.</param>
    /// <param name="bias">As many values as the layer has outputs.</param>
    /// <param name="normalization">Means and deviations of K classes.</param>
    /// <param name="cellsPerBox">Outputs of each coordinate: 49 for position-sensitive maps of 7 x 7 in class-major order.</param>
    /// <exception cref="ArgumentException">The layer has not as many outputs.</exception>
    public NormalizedBoxHead(Parameter weight, Parameter bias, ClassNormalization normalization, int cellsPerBox = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(bias);
        ArgumentNullException.ThrowIfNull(normalization);
        (this.weight, this.bias) = (weight, bias);
        var outputs = bias.shape[0];
        var background = outputs - 4L * normalization.Classes * cellsPerBox;
        if (weight.shape[0] != outputs || background != 0 && background != 4L * cellsPerBox)
        {
            throw new ArgumentException($"A head of {outputs} outputs does not predict boxes of {normalization.Classes} classes in {cellsPerBox} cells each.", nameof(weight));
        }
        Tensor Spread(ImmutableArray<double> values, double ofBackground)
        {
            float[] each = [.. Enumerable.Repeat((float)ofBackground, (int)background), .. values.SelectMany(v => Enumerable.Repeat((float)v, cellsPerBox))];
            return tensor(each, [each.Length], device: weight.device).DetachFromDisposeScope();
        }
        means = Spread(normalization.Means, 0);
        deviations = Spread(normalization.Deviations, 1);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        weight.copy_(weight / Rows());
        bias.copy_((bias - means) / deviations);
    }

    /// <summary>Leaves the head predicting plain targets and frees what was kept.</summary>
    public void Dispose()
    {
        if (learned is null)
        {
            Exchange();
        }
        learned?.Weight.Dispose();
        learned?.Bias.Dispose();
        learned = null;
        means.Dispose();
        deviations.Dispose();
    }

    void IWeightExchange.Exchange() => Exchange();

    // There and back, bit by bit.
    private void Exchange()
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        if (learned is var (keptWeight, keptBias))
        {
            weight.copy_(keptWeight);
            bias.copy_(keptBias);
            keptWeight.Dispose();
            keptBias.Dispose();
            learned = null;
            return;
        }
        learned = (weight.detach().clone().DetachFromDisposeScope(), bias.detach().clone().DetachFromDisposeScope());
        weight.copy_(weight * Rows());
        bias.copy_(bias * deviations + means);
    }

    private Tensor Rows() => deviations.view([-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)]);
}
