// The loader's promises: the same batches whatever the threads do, any tail of an epoch, bad files, bounded memory, no thread left.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Xunit;
using static Detection.Runtime.Tests.SmallDatasets;

namespace Detection.Runtime.Tests;

public sealed class BatchLoaderTests : IDisposable
{
    private static readonly InputSize Input = new(3, 24, 32);
    private static readonly Preprocessing Preprocessing = new() { Mean = [100, 110, 120], Std = [50, 60, 70] };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static BatchLoader Loader(
        DetectionDataset dataset, int workers = 2, int batchSize = 4, AugmentationSettings? augmentation = null, long seed = 7, BatchLoaderOptions? options = null) =>
        new(dataset, Input, Preprocessing, augmentation ?? AugmentationSettings.Ssd, batchSize, seed, workers, options);

    // Everything a batch holds, as text that two equal batches share.
    private static string Content(HostBatch batch)
    {
        var pixels = MemoryMarshal.AsBytes(batch.Images.AsSpan(0, batch.Count * 3 * Input.Height * Input.Width));
        return $"{batch.Epoch} {batch.Index} {batch.Count} {string.Join(',', batch.SampleIndices)} {Lists(batch.Boxes)} {Lists(batch.Classes)} "
            + $"{Lists(batch.Difficult)} {Crc32.Of(pixels)}";

        static string Lists<T>(IEnumerable<T[]> lists) => string.Join(';', lists.Select(list => string.Join(',', list)));
    }

    private static List<string> Contents(IEnumerable<HostBatch> batches, Action? delay = null)
    {
        var contents = new List<string>();
        foreach (var batch in batches)
        {
            contents.Add(Content(batch));
            delay?.Invoke();
            batch.Dispose();
        }
        return contents;
    }

    [Fact]
    public void Batches_do_not_depend_on_workers_timing_cache_or_depth()
    {
        var dataset = WriteVoc(folder.Path, 22);
        var expected = Contents(Loader(dataset, workers: 1).Epoch(3));
        Assert.Equal(6, expected.Count);
        Assert.Equal(expected, Contents(Loader(dataset, workers: 2).Epoch(3)));
        Assert.Equal(expected, Contents(Loader(dataset, workers: 5, options: new() { Ahead = 1 }).Epoch(3), () => Thread.Sleep(3)));
        Assert.Equal(expected, Contents(Loader(dataset, workers: 2, options: new() { CacheBytes = 0, Ahead = 9 }).Epoch(3)));
        Assert.Equal(expected, Contents(Loader(dataset, workers: 2, options: new() { CacheBytes = 10_000 }).Epoch(3)));
        var used = Loader(dataset);
        Contents(used.Epoch(0));
        Assert.Equal(expected, Contents(used.Epoch(3)));
    }

    [Fact]
    public void Seeds_and_epochs_differ()
    {
        var dataset = WriteVoc(folder.Path, 10);
        var all = new[] { Contents(Loader(dataset).Epoch(0)), Contents(Loader(dataset).Epoch(1)), Contents(Loader(dataset, seed: 8).Epoch(0)) };
        Assert.Equal(9, all.SelectMany(contents => contents).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    public void Skipping_gives_the_tail_of_the_epoch(int skip)
    {
        var dataset = WriteVoc(folder.Path, 22);
        var whole = Contents(Loader(dataset).Epoch(2));
        Assert.Equal(whole.Skip(skip), Contents(Loader(dataset, workers: 5).Epoch(2, skip)));
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(8, 4)]
    [InlineData(3, 8)]
    public void A_shuffled_epoch_has_full_batches_and_every_image(int images, int batchSize)
    {
        var batches = Loader(WriteVoc(folder.Path, images), batchSize: batchSize).Epoch(0).ToList();
        Assert.All(batches, batch => Assert.Equal(batchSize, batch.Count));
        var order = batches.SelectMany(batch => batch.SampleIndices).ToList();
        Assert.Equal(Enumerable.Range(0, images), order.Take(images).Order());
        Assert.All(order.GroupBy(sample => sample), group => Assert.InRange(group.Count(), 1, (order.Count + images - 1) / images));
    }

    [Fact]
    public void An_unshuffled_epoch_has_the_order_of_the_set_and_each_image_once()
    {
        var batches = Loader(WriteVoc(folder.Path, 10), augmentation: AugmentationSettings.None, options: new() { Shuffle = false }).Epoch(0).ToList();
        Assert.Equal([4, 4, 2], batches.Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(batch => batch.SampleIndices));
        Assert.All(batches, batch => Assert.Equal(batch.Count * 3 * 24 * 32, batch.Images.Length));
    }

    [Fact]
    public void Without_augmentation_images_and_boxes_are_those_that_inference_sees()
    {
        var dataset = WriteVoc(folder.Path, 6, width: 90, height: 50);
        var preprocessor = new ImagePreprocessor(Input, Preprocessing);
        var expected = new float[preprocessor.Length];
        foreach (var batch in Loader(dataset, augmentation: AugmentationSettings.None).Epoch(0))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var sample = dataset.Samples[batch.SampleIndices[i]];
                preprocessor.Write(RgbImage.Load(sample.ImagePath), expected);
                Assert.Equal(expected, batch.Images[(i * expected.Length)..((i + 1) * expected.Length)]);
                var corners = sample.Boxes.SelectMany(box => new[] { box.Box.X1 / 90, box.Box.Y1 / 50, box.Box.X2 / 90, box.Box.Y2 / 50 });
                Assert.Equal(corners, batch.Boxes[i], (a, b) => Math.Abs(a - b) < 1e-6f);
                Assert.Equal(sample.Boxes.Select(box => box.ClassIndex), batch.Classes[i]);
            }
        }
    }

    [Fact]
    public void Crowds_are_no_targets_and_difficult_objects_are_marked()
    {
        Save(Noise(40, 30), folder["a.png"]);
        ImmutableArray<GroundTruthBox> boxes = [new(0, new(1, 1, 9, 9), false, true), new(1, new(2, 2, 9, 9), true, false), new(0, new(3, 3, 9, 9), false, false)];
        var dataset = new DetectionDataset { ClassNames = ["cat", "dog"], Samples = [new DataSample(folder["a.png"], 40, 30, boxes)] };
        var batch = Assert.Single(Loader(dataset, batchSize: 1, augmentation: AugmentationSettings.None).Epoch(0));
        Assert.Equal([1, 0], batch.Classes[0]);
        Assert.Equal([true, false], batch.Difficult[0]);
        Assert.Equal(8, batch.Boxes[0].Length);
    }

    [Fact]
    public void A_file_that_became_unreadable_is_counted_once_and_replaced_the_same_way_every_time()
    {
        var dataset = WriteVoc(folder.Path, 10);
        File.WriteAllBytes(dataset.Samples[3].ImagePath, [1, 2, 3]);
        File.Delete(dataset.Samples[8].ImagePath);
        var (one, five) = (Loader(dataset, workers: 1), Loader(dataset, workers: 5));
        var expected = Contents(one.Epoch(0));
        Assert.Equal(expected, Contents(five.Epoch(0)));
        Assert.Equal(Contents(one.Epoch(1)), Contents(Loader(dataset).Epoch(1)));
        foreach (var loader in new[] { one, five })
        {
            Assert.Equal([dataset.Samples[3].ImagePath, dataset.Samples[8].ImagePath], loader.Problems.Select(problem => problem.File));
            Assert.All(loader.Problems, problem => Assert.EndsWith("Another image was taken in its place.", problem.Problem));
        }
        Assert.DoesNotContain(Loader(dataset).Epoch(0).ToList(), batch => batch.SampleIndices.Any(sample => sample is 3 or 8));
    }

    [Fact]
    public void When_nothing_can_be_read_any_more_the_consumer_hears_it()
    {
        var dataset = WriteVoc(folder.Path, 3);
        foreach (var sample in dataset.Samples)
        {
            File.Delete(sample.ImagePath);
        }
        var error = Assert.Throws<DatasetException>(() => Loader(dataset).Epoch(0).Count());
        Assert.Contains("None of the 3 images can be read any more", error.Message);
        Assert.Contains("000.png: there is no such file.", error.Message);
        AssertNoLoaderThreads();
    }

    [Fact]
    public void A_consumer_that_stops_leaves_no_thread()
    {
        var loader = Loader(WriteVoc(folder.Path, 30), workers: 4);
        foreach (var batch in loader.Epoch(0))
        {
            AssertLoaderThreads(4);
            break;
        }
        AssertNoLoaderThreads();
        loader.Epoch(0).Count();
        AssertNoLoaderThreads();
    }

    [Fact]
    public void A_cancelled_consumer_stops_waiting_and_leaves_no_thread()
    {
        var loader = Loader(WriteVoc(folder.Path, 12), batchSize: 2);
        using var source = new CancellationTokenSource();
        var taken = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var batch in loader.Epoch(0, cancellation: source.Token))
            {
                if (++taken == 2)
                {
                    source.Cancel();
                }
            }
        });
        Assert.Equal(2, taken);
        AssertNoLoaderThreads();
    }

    [Fact]
    public void No_more_batches_are_prepared_than_allowed()
    {
        var created = 0;
        using var ahead = new ReadAhead(
            400, 4, 0, 3, 3,
            (index, count) =>
            {
                Interlocked.Increment(ref created);
                return new HostBatch(count, Input, 0, index, [], _ => { });
            },
            () => new PlaceFiller((_, _, _) => { }, () => { }));
        for (var batch = 0; batch < 20; batch++)
        {
            ahead.Take(batch, default);
            Thread.Sleep(5);
            // The one just taken, and three more.
            Assert.InRange(Volatile.Read(ref created), batch + 1, batch + 4);
        }
    }

    [Fact]
    public void Pixel_arrays_that_are_given_back_are_used_again()
    {
        var loader = Loader(WriteVoc(folder.Path, 40), batchSize: 2);
        var arrays = new HashSet<float[]>(ReferenceEqualityComparer.Instance);
        for (var epoch = 0; epoch < 5; epoch++)
        {
            foreach (var batch in loader.Epoch(epoch))
            {
                arrays.Add(batch.Images);
                batch.Dispose();
                batch.Dispose();
            }
        }
        Assert.InRange(arrays.Count, 1, 8);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void Senseless_settings_are_refused(int batchSize, int workers, int ahead)
    {
        var dataset = WriteVoc(folder.Path, 2);
        Assert.ThrowsAny<ArgumentException>(() => Loader(dataset, workers, batchSize, options: new() { Ahead = ahead }));
        Assert.ThrowsAny<ArgumentException>(() => Loader(dataset with { Samples = [] }));
        Assert.Contains("HorizontalFlip", Assert.ThrowsAny<ArgumentException>(() => Loader(dataset, augmentation: new() { HorizontalFlip = 1.5 })).Message);
    }

    // The system names a thread a moment after it was started, and forgets it a moment after it was joined.
    private static void AssertNoLoaderThreads() => AssertLoaderThreads(0);

    private static void AssertLoaderThreads(int count) =>
        Assert.True(SpinWait.SpinUntil(() => LoaderThreads() == count, 5000), $"{LoaderThreads()} threads instead of {count}");

    private static int LoaderThreads() => Directory.GetDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith(ReadAhead.ThreadName[..15], StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It ended between the listing and the reading.
            return false;
        }
    });
}
