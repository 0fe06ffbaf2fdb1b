// Proposals of a whole data set, computed once and kept in a file: what a detector trains on whose regions come from elsewhere.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>Proposals of every image of a data set.</summary>
/// <param name="Boxes">Per image 4 r numbers: edges x1, y1, x2, y2 in pixels of the original image, best first.</param>
/// <param name="Scores">Per image r scores; any monotonous one.</param>
public sealed record StoredProposals(ImmutableArray<float[]> Boxes, ImmutableArray<float[]> Scores)
{
    private const string Format = "detection-gen-proposals";
    private string? checksum;

    /// <summary>Text that differs when the proposals do.</summary>
    public string Checksum => checksum ??= RunStateFile.Checksum(Tensors(), new Dictionary<string, string>());

    /// <summary>The regions of an image.</summary>
    /// <param name="image">Which image.</param>
    public IReadOnlyList<Box> BoxesOf(int image)
    {
        var edges = Boxes[image];
        return [.. Enumerable.Range(0, edges.Length / 4).Select(i => new Box(edges[4 * i], edges[4 * i + 1], edges[4 * i + 2], edges[4 * i + 3]))];
    }

    /// <summary>The best proposals of each image.</summary>
    /// <param name="count">How many of an image, at most.</param>
    public StoredProposals Best(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Scores.All(of => of.Length <= count)
            ? this
            : new StoredProposals([.. Boxes.Select(of => of.Length <= 4 * count ? of : of[..(4 * count)])], [.. Scores.Select(of => of.Length <= count ? of : of[..count])]);
    }

    /// <summary>Lets a detector propose regions in all images of a data set.</summary>
    /// <param name="detector">The detector, in evaluation mode.</param>
    /// <param name="dataset">The images; one that cannot be read gets no proposals.</param>
    /// <param name="selection">The limits; those of the detector's head when null.</param>
    /// <param name="progress">Receives the number of images done.</param>
    /// <param name="cancellation">Stops between two images.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static StoredProposals Compute(
        TwoStageDetector detector, DetectionDataset dataset, ProposalSelection? selection = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(dataset);
        var found = new List<ImmutableArray<ProposedRegion>>();
        foreach (var sample in dataset.Samples)
        {
            cancellation.ThrowIfCancellationRequested();
            found.Add(sample.LoadOrNull() is { } image ? detector.Propose([image], selection)[0] : []);
            progress?.Report(found.Count);
        }
        return Of(found);
    }

    /// <summary>Proposals of images, in the order of these.</summary>
    /// <param name="proposals">Of each image its proposals, best first.</param>
    public static StoredProposals Of(IReadOnlyCollection<ImmutableArray<ProposedRegion>> proposals)
    {
        ArgumentNullException.ThrowIfNull(proposals);
        return new StoredProposals(
            [.. proposals.Select(of => of.SelectMany(region => new[] { region.Box.X1, region.Box.Y1, region.Box.X2, region.Box.Y2 }).ToArray())],
            [.. proposals.Select(of => of.Select(region => region.Score).ToArray())]);
    }

    /// <summary>Writes a file with a checksum of all that is in it; it appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">What identifies the images, such as <see cref="IBatchSource.Fingerprint"/>.</param>
    /// <exception cref="IOException">The file cannot be written; what was there is untouched.</exception>
    public void Write(string path, string data)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RunStateFile.WriteChecked(path, Tensors(), new Dictionary<string, string>
        {
            ["format"] = Format,
            ["data"] = data,
            ["images"] = Boxes.Length.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Reads a file of <see cref="Write"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">What identifies the images.</param>
    /// <exception cref="WeightFileException">The file cannot be read, is damaged, holds something else, or proposals of other images.</exception>
    public static StoredProposals Read(string path, string data)
    {
        var file = RunStateFile.ReadChecked(path);
        if (file.Metadata.GetValueOrDefault("format") != Format)
        {
            throw new WeightFileException(path, "holds no proposals.");
        }
        if (file.Metadata.GetValueOrDefault("data") is var other && other != data)
        {
            throw new WeightFileException(path, $"holds proposals of other images: {other}, not {data}.");
        }
        T[] Values<T>(string name)
            where T : unmanaged => file.Tensors.Single(tensor => tensor.Name == name).Values<T>();
        var (counts, boxes, scores) = (Values<int>("counts"), Values<float>("boxes"), Values<float>("scores"));
        var (perImage, ranks, next) = (new float[counts.Length][], new float[counts.Length][], 0);
        for (var i = 0; i < counts.Length; i++)
        {
            perImage[i] = boxes.AsSpan(4 * next, 4 * counts[i]).ToArray();
            ranks[i] = scores.AsSpan(next, counts[i]).ToArray();
            next += counts[i];
        }
        return new StoredProposals([.. perImage], [.. ranks]);
    }

    private StoredTensor[] Tensors()
    {
        int[] counts = [.. Scores.Select(of => of.Length)];
        float[] boxes = [.. Boxes.SelectMany(of => of)];
        float[] scores = [.. Scores.SelectMany(of => of)];
        return
        [
            StoredTensor.Of("counts", StoredDataType.Int32, [counts.Length], counts),
            StoredTensor.Of("boxes", StoredDataType.Float32, [boxes.Length / 4, 4], boxes),
            StoredTensor.Of("scores", StoredDataType.Float32, [scores.Length], scores),
        ];
    }
}
