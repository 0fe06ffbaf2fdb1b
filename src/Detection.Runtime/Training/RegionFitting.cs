// What is fitted to a trained network's features in a pass over the images: machines that score regions, regressors that move boxes.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Images and regions that something is fitted to.</summary>
/// <param name="Dataset">The images.</param>
/// <param name="Proposals">Regions of every image, beside which the objects' own boxes are regions too.</param>
/// <param name="Seed">Seed of the run.</param>
public sealed record FittingData(DetectionDataset Dataset, StoredProposals Proposals, long Seed)
{
    /// <summary>Receives one-line messages.</summary>
    public Action<string>? Message { get; init; }

    /// <summary>Stops between two images.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Where a long fit keeps how far it has come; null for nowhere.</summary>
    public FittingCheckpoint? Checkpoint { get; init; }

    /// <summary>The regions of an image in pixels of the original: proposals, then the boxes of its objects but crowds.</summary>
    /// <param name="image">Which image.</param>
    public IReadOnlyList<Box> RegionsOf(int image)
    {
        return [.. Proposals.BoxesOf(image), .. Dataset.Samples[image].Boxes.Where(box => !box.Crowd).Select(box => box.Box)];
    }
}

/// <summary>Something that is fitted after a network was trained, and lies in the model when that is done.</summary>
/// <param name="Name">Name of its file in the output folder, without ending.</param>
public abstract record RegionFitting(string Name)
{
    /// <summary>What the result depends on beside images, regions and network, as text.</summary>
    public abstract string Settings { get; }

    /// <summary>The tensors of the model that are fitted, by path.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentException">The model has none such.</exception>
    public abstract IReadOnlyDictionary<string, Tensor> TensorsOf(TwoStageDetector model);

    /// <summary>Fits them.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="data">Images and regions.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the model's tensors may be half done.</exception>
    public abstract void Fit(TwoStageDetector model, FittingData data);
}

/// <summary>Which of a network's two features of a region.</summary>
internal enum RegionFeature
{
    /// <summary>What scores are made of.</summary>
    OfScores,

    /// <summary>What boxes are made of.</summary>
    OfBoxes,
}

internal static class RegionFeatures
{
    /// <summary>Features of some regions of an image, row by row; null for an image that cannot be read.</summary>
    public static float[][]? Of(TwoStageDetector model, DataSample sample, IReadOnlyList<Box> boxes, RegionFeature which)
    {
        if (boxes.Count == 0)
        {
            return [];
        }
        return sample.LoadOrNull() is not { } image ? null : model.LookAt(image, boxes, output => Rows(Features(output, which)));
    }

    /// <summary>Features and scores of the machines of some regions of an image; null for one that cannot be read.</summary>
    public static (float[][] Features, float[] Scores)? WithScores(TwoStageDetector model, DataSample sample, IReadOnlyList<Box> boxes)
    {
        if (boxes.Count == 0)
        {
            return ([], []);
        }
        return sample.LoadOrNull() is not { } image
            ? null
            : model.LookAt(image, boxes, output => (Rows(Features(output, RegionFeature.OfScores)), HostValues.Floats(output.MachineScores!)));
    }

    /// <summary>What features are multiplied with so that their norm is as wanted, on average over drawn regions of drawn images.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Images and regions.</param>
    /// <param name="which">Which features.</param>
    /// <param name="norm">The mean norm that is wanted.</param>
    /// <param name="images">Images that are drawn.</param>
    /// <param name="regionsPerImage">Regions that are drawn of each.</param>
    /// <exception cref="InvalidOperationException">All features are 0, or there are none.</exception>
    public static double Scale(TwoStageDetector model, FittingData data, RegionFeature which, double norm, int images, int regionsPerImage)
    {
        var (sum, count) = (0.0, 0L);
        var order = new RandomStream(data.Seed, (long)which, -1).Permutation(data.Dataset.Samples.Length);
        foreach (var image in order.Take(images).Order())
        {
            data.Cancellation.ThrowIfCancellationRequested();
            var regions = data.RegionsOf(image);
            int[] drawn = [.. new RandomStream(data.Seed, (long)which, image).Permutation(regions.Count).Take(regionsPerImage).Order()];
            foreach (var features in Of(model, data.Dataset.Samples[image], [.. drawn.Select(i => regions[i])], which) ?? [])
            {
                sum += Math.Sqrt(FeatureProducts.SquaredNorm(features));
                count++;
            }
        }
        return sum > 0 && double.IsFinite(sum)
            ? norm * count / sum
            : throw new InvalidOperationException($"The features of {count} regions have the norm {sum} in all: there is nothing to fit anything to.");
    }

    /// <summary>Multiplies all numbers.</summary>
    public static void Multiply(float[][] rows, double scale)
    {
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = (float)(row[i] * scale);
            }
        }
    }

    private static Tensor Features(RegionOutput output, RegionFeature which) => (which == RegionFeature.OfScores ? output.ScoreFeatures : output.BoxFeatures)
        ?? throw new InvalidOperationException($"The model does not give the features {which}: 'scores: svm' or 'regime: stagewise' of its spec asks for them.");

    private static float[][] Rows(Tensor features)
    {
        var values = HostValues.Floats(features);
        var width = (int)features.shape[1];
        return [.. Enumerable.Range(0, (int)features.shape[0]).Select(i => values.AsSpan(i * width, width).ToArray())];
    }
}
