// A data set's batches for a run, and what identifies them.
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Detection.Runtime;

/// <summary>Delivers a data set to a run.</summary>
public sealed class BatchLoaderSource : IBatchSource
{
    private readonly BatchLoader loader;
    private readonly ModelCard card;
    private readonly BatchLoaderOptions options;
    private readonly int? workers;

    /// <summary>Creates the source; nothing is read before the first epoch.</summary>
    /// <param name="dataset">At least one sample.</param>
    /// <param name="card">The model's input and preprocessing.</param>
    /// <param name="settings">Batch size, seed and augmentation.</param>
    /// <param name="workers">Threads that decode and augment; the processors but one when null. Changes no result.</param>
    /// <param name="options">Further settings of the loader.</param>
    /// <exception cref="ArgumentException">The data set is empty, or its classes are not the model's.</exception>
    public BatchLoaderSource(
        DetectionDataset dataset, ModelCard card, TrainingSettings settings, int? workers = null, BatchLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(settings);
        if (!card.ClassNames.IsEmpty && !card.ClassNames.SequenceEqual(dataset.ClassNames))
        {
            throw new ArgumentException(
                $"{card.Name} knows the classes {string.Join(", ", card.ClassNames)}; the data set has {string.Join(", ", dataset.ClassNames)}.", nameof(dataset));
        }
        options = (options ?? new BatchLoaderOptions()) with { Labels = settings.Labels, PadToMultipleOf = card.PadToMultipleOf };
        RequireLabels(dataset, settings.Labels);
        (Dataset, this.card, this.options, this.workers) = (dataset, card, options, workers);
        loader = new BatchLoader(
            dataset, card.Input, card.Preprocessing, settings.Augmentation, settings.BatchSize, settings.Seed,
            workers ?? Math.Max(1, Environment.ProcessorCount - 1), options);
        Fingerprint = Describe(dataset, settings) + (options.Proposals is { } proposals ? $", proposals {proposals.Checksum}" : "");
    }

    /// <summary>The images.</summary>
    public DetectionDataset Dataset { get; }

    /// <summary>Proposals of every image that batches carry; null for none.</summary>
    public StoredProposals? Proposals => options.Proposals;

    /// <inheritdoc/>
    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Images that could not be read so far; others were taken in their place.</summary>
    public ImmutableArray<DataProblem> Problems => loader.Problems;

    /// <inheritdoc/>
    public IEnumerable<HostBatch> Epoch(int epoch, int skipBatches = 0, CancellationToken cancellation = default) =>
        loader.Epoch(epoch, skipBatches, cancellation);

    /// <summary>The same images for a step of a training: other settings, and proposals.</summary>
    /// <param name="settings">Batch size, seed and augmentation.</param>
    /// <param name="proposals">Proposals of every image, or null.</param>
    public BatchLoaderSource For(TrainingSettings settings, StoredProposals? proposals) =>
        new(Dataset, card, settings, workers, options with { Proposals = proposals });

    private static void RequireLabels(DetectionDataset dataset, ImmutableArray<LabelRequest> labels)
    {
        foreach (var label in labels)
        {
            var found = dataset.Samples.SelectMany(sample => sample.Boxes).Select(box => box.Labels?.GetValueOrDefault(label.Name)).OfType<ObjectLabel>().ToArray();
            if (found.Length == 0)
            {
                var names = dataset.Samples.SelectMany(sample => sample.Boxes).SelectMany(box => box.Labels?.Keys ?? []).Distinct().Order(StringComparer.Ordinal).ToArray();
                throw new ArgumentException(
                    $"No object of the data set has the label '{label.Name}' that the model trains on; there {(names.Length == 0 ? "are no labels" : "are: " + string.Join(", ", names))}.",
                    nameof(dataset));
            }
            if (found.FirstOrDefault(l => l.Values.Length != label.Values || l.IsOfImage != (label.Kind != RegressionKind.Plain)) is { } other)
            {
                throw new ArgumentException(
                    $"The label '{label.Name}' of the data set has {other.Values.Length} {(other.IsOfImage ? "coordinates" : "plain numbers")}; the model trains on "
                    + $"{label.Values} {(label.Kind == RegressionKind.Plain ? "plain numbers" : "coordinates")}.", nameof(dataset));
            }
        }
    }

    // File names without folders: a data set may be moved between two parts of a run.
    private static string Describe(DetectionDataset dataset, TrainingSettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{settings.BatchSize} {settings.Augmentation}\n")));
        foreach (var sample in dataset.Samples)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(sample.ImagePath)} {sample.Width} {sample.Height}\n"));
            foreach (var box in sample.Boxes)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture, $"{box.ClassIndex} {box.Box.X1:R} {box.Box.Y1:R} {box.Box.X2:R} {box.Box.Y2:R} {box.Crowd}{(box.Difficult ? " difficult" : "")}\n")));
                foreach (var label in settings.Labels)
                {
                    var values = box.Labels?.GetValueOrDefault(label.Name)?.Values ?? [];
                    hash.AppendData(Encoding.UTF8.GetBytes($"{label.Name} {string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}\n"));
                }
            }
        }
        return string.Create(CultureInfo.InvariantCulture, $"{dataset.Samples.Length} images, {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
    }
}
