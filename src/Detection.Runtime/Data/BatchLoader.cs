// Batches for training: decoded and augmented on threads of their own ahead of the consumer, the same whatever their number and timing.
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>Settings of a <see cref="BatchLoader"/> that its constructor does not ask for.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>
    /// A new random order each epoch, and only full batches: the last one is filled from a second order. When false: the order of the data
    /// set, each image once, the last batch smaller.
    /// </summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Batches that may lie ready before the consumer asks for them; bounds the memory.</summary>
    public int Ahead { get; init; } = 3;

    /// <summary>Bytes of decoded images, reduced to about the input's size, that stay in memory; 0 decodes every time. Changes no result.</summary>
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>Labels that batches carry beside boxes and classes.</summary>
    public ImmutableArray<LabelRequest> Labels { get; init; } = [];

    /// <summary>Proposals of every sample that batches carry, moved and mirrored as their images are; null for none.</summary>
    public StoredProposals? Proposals { get; init; }

    /// <summary>Rows and columns of images that keep their aspect ratio are filled up to multiples of this: <see cref="ModelCard.PadToMultipleOf"/>.</summary>
    public int PadToMultipleOf { get; init; } = 1;
}

/// <summary>
/// Delivers a data set as augmented batches. What batch i of epoch e holds depends on the data, the settings and the seed alone: not on the
/// number of workers, not on timing, not on what was read before. Workers are plain threads that never touch torch.
/// </summary>
public sealed class BatchLoader
{
    private readonly DetectionDataset dataset;
    private readonly InputSize input;
    private readonly Preprocessing preprocessing;
    private readonly AugmentationSettings augmentation;
    private readonly BatchLoaderOptions options;
    private readonly WorkingImages images;
    private readonly long seed;
    private readonly int workers;
    private readonly ConcurrentDictionary<int, DataProblem> problems = new();
    private readonly ConcurrentBag<float[]> spare = [];

    // One per thread; kept between epochs, as their buffers would otherwise pile up until the next full collection.
    private readonly ConcurrentBag<SampleWriter> writers = [];

    /// <summary>Creates the loader; nothing is read before the first <see cref="Epoch"/>.</summary>
    /// <param name="dataset">At least one sample.</param>
    /// <param name="input">The network's input, from the model's card.</param>
    /// <param name="preprocessing">The model's preprocessing, from its card.</param>
    /// <param name="augmentation">What is done to the images.</param>
    /// <param name="batchSize">N, at least 1.</param>
    /// <param name="seed">Order and augmentation depend on it.</param>
    /// <param name="workers">Threads that decode and augment, at least 1.</param>
    /// <param name="options">Further settings; defaults when null.</param>
    /// <exception cref="ArgumentException">The data set is empty, or a setting makes no sense.</exception>
    public BatchLoader(
        DetectionDataset dataset, InputSize input, Preprocessing preprocessing, AugmentationSettings augmentation, int batchSize, long seed, int workers,
        BatchLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(augmentation);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        options ??= new BatchLoaderOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Ahead, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.CacheBytes, nameof(options));
        if (dataset.Samples.IsEmpty)
        {
            throw new ArgumentException("The data set has no images.", nameof(dataset));
        }
        augmentation.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PadToMultipleOf, 1, nameof(options));
        if (augmentation.ShortSide is not null && preprocessing.ShortSide is null)
        {
            throw new ArgumentException("Images of a model that stretches them have no shorter side to vary.", nameof(augmentation));
        }
        if (options.Proposals is { } proposals && proposals.Boxes.Length != dataset.Samples.Length)
        {
            throw new ArgumentException($"Proposals of {proposals.Boxes.Length} images for {dataset.Samples.Length} images.", nameof(options));
        }
        // Checks the card's values before any thread starts.
        ImageLength = new ImagePreprocessor(input, preprocessing).Length;
        this.dataset = dataset;
        this.input = input;
        this.preprocessing = preprocessing;
        this.augmentation = augmentation;
        this.seed = seed;
        this.workers = workers;
        this.options = options;
        BatchSize = batchSize;
        BatchesPerEpoch = (dataset.Samples.Length + batchSize - 1) / batchSize;
        images = new WorkingImages(dataset, input, preprocessing, augmentation, options.CacheBytes);
    }

    /// <summary>N.</summary>
    public int BatchSize { get; }

    /// <summary>Number of batches of an epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Images that could not be read, one problem per file, in the order of the samples; others were taken in their place.</summary>
    public ImmutableArray<DataProblem> Problems => [.. problems.OrderBy(entry => entry.Key).Select(entry => entry.Value)];

    internal int ImageLength { get; }

    private bool KeepsAspect => preprocessing.ShortSide is not null;

    /// <summary>
    /// The batches of one epoch. Threads start with the first batch asked for, and have ended when the enumeration ends or is disposed.
    /// </summary>
    /// <param name="epoch">The epoch, counted from 0.</param>
    /// <param name="skipBatches">Start at this batch, without reading those before it: the rest of the epoch is the same.</param>
    /// <param name="cancellation">Stops a consumer that waits.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="DatasetException">No image of the data set can be read any more.</exception>
    public IEnumerable<HostBatch> Epoch(int epoch, int skipBatches = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(skipBatches);
        return Run();

        IEnumerable<HostBatch> Run()
        {
            if (skipBatches >= BatchesPerEpoch)
            {
                yield break;
            }
            var order = OrderOf(epoch);
            using var ahead = new ReadAhead(
                order.Length, BatchSize, skipBatches, options.Ahead, workers,
                (index, count) => new HostBatch(count, input, epoch, index, RentImages(count), GiveBack)
                {
                    Proposals = options.Proposals is null ? null : new float[count][],
                    Labels = options.Labels.ToDictionary(label => label.Name, _ => new float[count][]),
                },
                () => RentFiller(order));
            for (var batch = skipBatches; batch < BatchesPerEpoch; batch++)
            {
                yield return ahead.Take(batch, cancellation);
            }
        }
    }

    // Sample indices by position; one permutation after the other until the last batch is full.
    private int[] OrderOf(int epoch)
    {
        var count = dataset.Samples.Length;
        if (!options.Shuffle)
        {
            return [.. Enumerable.Range(0, count)];
        }
        var order = new int[BatchesPerEpoch * BatchSize];
        for (var (at, round) = (0, 0); at < order.Length; round++)
        {
            const int OrderStream = 0;
            var random = new RandomStream(seed, epoch, round, OrderStream);
            var permutation = random.Permutation(count);
            var taken = Math.Min(count, order.Length - at);
            permutation.AsSpan(0, taken).CopyTo(order.AsSpan(at));
            at += taken;
        }
        return order;
    }

    private PlaceFiller RentFiller(int[] order)
    {
        var writer = writers.TryTake(out var used) ? used : new SampleWriter(dataset, input, preprocessing, augmentation, seed, options, Rent);
        return new PlaceFiller(
            (batch, place, position) =>
            {
                var (sample, working) = Read(order, position);
                writer.Write(working, sample, position, batch, place);
            },
            () => writers.Add(writer));
    }

    // The image at a position; the next readable one of the epoch's order where its file cannot be read.
    private (int Sample, RgbImage Working) Read(int[] order, int position)
    {
        for (var step = 0; step < order.Length; step++)
        {
            var sample = order[(position + step) % order.Length];
            if (problems.ContainsKey(sample))
            {
                continue;
            }
            try
            {
                return (sample, images.Get(sample));
            }
            catch (ImageReadException e)
            {
                problems.TryAdd(sample, new DataProblem(e.Path, $"{e.Problem} Another image was taken in its place.", Skipped: true));
            }
        }
        throw new DatasetException($"None of the {dataset.Samples.Length} images can be read any more; the first problem: {Problems[0]}");
    }

    // One array for all images of one size; images of sizes of their own come one by one.
    private float[]? RentImages(int count) => KeepsAspect ? null : Rent(checked(count * ImageLength));

    // Arrays of a batch of one size are kept by the loader itself; others have too many lengths.
    private float[] Rent(int length) => !KeepsAspect
        ? length == BatchSize * ImageLength && spare.TryTake(out var array) ? array : GC.AllocateUninitializedArray<float>(length)
        : ArrayPool<float>.Shared.Rent(length);

    private void GiveBack(float[] array)
    {
        if (KeepsAspect)
        {
            ArrayPool<float>.Shared.Return(array);
        }
        else if (array.Length == BatchSize * ImageLength && spare.Count <= options.Ahead)
        {
            spare.Add(array);
        }
    }
}
