// Batches of images that keep their aspect ratio: sizes, groups, drawn scales, proposals that follow their images.
using System.Collections.Immutable;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class AspectBatchTests
{
    private static readonly InputSize Input = new(3, 24, 40);

    private static readonly Preprocessing Aspect = new() { ShortSide = 24, LongSide = 40 };

    // 40 x 30, 30 x 40 and 80 x 20, in turns.
    private static DetectionDataset Write(TemporaryFolder folder, int images)
    {
        (int Width, int Height)[] sizes = [(40, 30), (30, 40), (80, 20)];
        for (var i = 0; i < images; i++)
        {
            var (width, height) = sizes[i % 3];
            SmallDatasets.AddVoc(folder.Path, "train", $"{i:000}", SmallDatasets.Noise(width, height, i), SmallDatasets.Object("cat", 4, 6, 14, 18));
        }
        return DetectionDatasets.Load(folder.Path, "train", ["cat", "dog"]);
    }

    private static BatchLoader Loader(
        DetectionDataset data, AugmentationSettings? augmentation = null, int batchSize = 6, BatchLoaderOptions? options = null, int workers = 2) => new(
        data, Input, Aspect, augmentation ?? AugmentationSettings.None, batchSize, 3, workers, options ?? new BatchLoaderOptions { Shuffle = false, PadToMultipleOf = 8 });

    private static TrainingBatch Training(HostBatch host)
    {
        var objects = new GroundTruth(host.Boxes, host.Classes, host.Labels, host.Difficult);
        return new TrainingBatch(objects, TrainingGroup.Of(host, objects, 3, 7, CPU));
    }

    [Fact]
    public void Each_image_keeps_its_aspect_ratio_and_images_of_one_size_lie_together()
    {
        using var folder = new TemporaryFolder();
        var data = Write(folder, 6);
        using var host = Loader(data).Epoch(0).Single();
        Assert.Throws<InvalidOperationException>(() => host.Images);
        var batch = Training(host);
        using var scope = NewDisposeScope();
        var groups = batch.BySize();
        Assert.Equal([[0, 3], [1, 4], [2, 5]], groups.Select(group => group.Places.ToArray()));
        // 32 x 24, 24 x 32, and 40 x 10 padded to 40 x 16.
        Assert.Equal([[2L, 3, 24, 32], [2L, 3, 32, 24], [2L, 3, 16, 40]], groups.Select(group => group.Images.shape));
        Assert.Equal([new(24, 32, 0.8), new(32, 24, 0.8), new(10, 40, 0.5)], groups.Select(group => group.Sizes[1]));
        Assert.Equal(1, groups.Sum(group => group.Share), 1e-12);
        var preprocessor = new ImagePreprocessor(Input, Aspect);
        foreach (var group in groups)
        {
            var expected = preprocessor.ToTensor([.. group.Places.Select(place => RgbImage.Load(data.Samples[place].ImagePath))], (int)group.Images.shape[2], (int)group.Images.shape[3]);
            Assert.Equal(expected.Floats(), group.Images.Floats());
        }
        // The object from 4, 6 to 14, 18, at scale 0.5.
        Assert.Equal([2, 3, 7, 9], groups[2].Truth(BoxConvention.Continuous).Boxes[1].Select(v => MathF.Round(v, 4)));
        Assert.Equal([2, 3, 6.5f, 8.5f], groups[2].Truth(BoxConvention.Inclusive).Boxes[1].Select(v => MathF.Round(v, 4)));
        Assert.Contains("3 sizes", Assert.Throws<InvalidOperationException>(() => batch.Images).Message);
        batch.Dispose();
        Assert.True(groups[0].Images.IsInvalid);
    }

    [Fact]
    public void Batches_do_not_depend_on_the_number_of_workers()
    {
        using var folder = new TemporaryFolder();
        var data = Write(folder, 10);
        var augmentation = AugmentationSettings.Ssd with { ShortSide = new RandomShortSide([16, 24, 30], 50) };
        string[] Contents(int workers) => [.. Loader(data, augmentation, 4, new BatchLoaderOptions(), workers).Epoch(2).Select(batch =>
        {
            using (batch)
            {
                return string.Join(';', Enumerable.Range(0, batch.Count).Select(i =>
                {
                    var (pixels, rows, columns, size) = batch.ImageAt(i);
                    var sum = 0.0;
                    foreach (var pixel in pixels.Span)
                    {
                        sum = sum * 1.0000001 + pixel;
                    }
                    return FormattableString.Invariant($"{rows} {columns} {size} {sum:R} {string.Join(' ', batch.Boxes[i])}");
                }));
            }
        })];
        Assert.Equal(Contents(1), Contents(3));
    }

    [Fact]
    public void The_shorter_side_is_drawn_from_the_list_for_each_image()
    {
        using var folder = new TemporaryFolder();
        var data = Write(folder, 9);
        var loader = Loader(data, AugmentationSettings.None with { ShortSide = new RandomShortSide([12, 18, 30], 60) }, 9, new BatchLoaderOptions { Shuffle = false });
        var sizes = Enumerable.Range(0, 12).SelectMany(epoch =>
        {
            using var batch = loader.Epoch(epoch).Single();
            return Enumerable.Range(0, 9).Select(i => (Place: i, batch.ImageAt(i).Size)).ToArray();
        }).ToArray();
        var upright = sizes.Where(s => s.Place % 3 == 1).Select(s => (s.Size.Height, s.Size.Width)).Distinct().Order();
        Assert.Equal([(16.0, 12.0), (24, 18), (40, 30)], upright);
        // 80 x 20 at 18 would be 72 wide.
        Assert.Equal([(12.0, 48.0), (15, 60)], sizes.Where(s => s.Place % 3 == 2).Select(s => (s.Size.Height, s.Size.Width)).Distinct().Order());
        Assert.Contains("12 18 30, at most 60", (AugmentationSettings.None with { ShortSide = new RandomShortSide([12, 18, 30], 60) }).ToString());
    }

    [Fact]
    public void Proposals_are_mirrored_and_cut_with_their_images()
    {
        using var folder = new TemporaryFolder();
        var data = Write(folder, 2);
        var stored = new StoredProposals([[4, 6, 14, 18, 0, 0, 40, 30], []], [[0.9f, 0.1f], []]);
        var options = new BatchLoaderOptions { Shuffle = false, Proposals = stored };
        HostBatch Load(AugmentationSettings augmentation) => Loader(data, augmentation, 2, options).Epoch(0).Single();
        using var plain = Load(AugmentationSettings.None);
        Assert.Equal([0.1f, 0.2f, 0.35f, 0.6f, 0, 0, 1, 1], plain.Proposals![0]);
        Assert.Empty(plain.Proposals[1]);
        using var mirrored = Load(AugmentationSettings.None with { HorizontalFlip = 1 });
        Assert.Equal([0.65f, 0.2f, 0.9f, 0.6f], mirrored.Proposals![0][..4].Select(v => MathF.Round(v, 5)));
        using var scope = NewDisposeScope();
        var group = Training(plain).BySize()[0];
        // 40 x 30 becomes 32 x 24.
        Assert.InRange(RegionCases.Difference([0, 3.2f, 4.8f, 11.2f, 14.4f, 0, 0, 0, 32, 24], group.GivenRegions(BoxConvention.Continuous).Floats()), 0, 1e-5);
        Assert.InRange(RegionCases.Difference([0, 3.2f, 4.8f, 10.4f, 13.6f, 0, 0, 0, 31.2f, 23.2f], group.GivenRegions(BoxConvention.Inclusive).Floats()), 0, 1e-5);
        Assert.Throws<InvalidOperationException>(() => TrainingGroup.Whole(zeros(1, 3, 8, 8), new GroundTruth([[]], [[]])).GivenRegions(BoxConvention.Continuous));
    }

    [Fact]
    public void Batches_of_ones_own_may_have_images_of_different_sizes()
    {
        HostImage[] images = [new(new float[3 * 8 * 8], 8, 8, new BatchImage(5, 8, 0.5)), new(new float[3 * 4 * 4], 4, 4, new BatchImage(4, 4))];
        using var batch = new HostBatch(Input, images, [[0, 0, 1, 1], []], [[1], []]);
        Assert.Equal(new BatchImage(5, 8, 0.5), batch.ImageAt(0).Size);
        Assert.Contains(
            "Image 1 of 5 x 4 does not lie in 3 x 4 x 4 of 48 values.",
            Assert.Throws<ArgumentException>(() => new HostBatch(Input, [images[0], images[1] with { Size = new BatchImage(5, 4) }], [[], []], [[], []])).Message);
        Assert.Throws<ArgumentException>(() => new HostBatch(Input, images, [[]], [[]]));
    }

    [Fact]
    public void Settings_that_do_not_fit_are_refused()
    {
        using var folder = new TemporaryFolder();
        var data = Write(folder, 2);
        Assert.Contains("no shorter side", Assert.Throws<ArgumentException>(() => new BatchLoader(
            data, Input, new Preprocessing(), AugmentationSettings.None with { ShortSide = new RandomShortSide([20]) }, 1, 1, 1)).Message);
        Assert.Throws<ArgumentException>(() => Loader(data, AugmentationSettings.None with { ShortSide = new RandomShortSide([]) }));
        Assert.Throws<ArgumentException>(() => Loader(data, AugmentationSettings.None with { ShortSide = new RandomShortSide([20], 10) }));
        Assert.StartsWith("Proposals of 1 images for 2 images.", Assert.Throws<ArgumentException>(
            () => Loader(data, options: new BatchLoaderOptions { Proposals = new StoredProposals([[]], [[]]) })).Message);
    }
}
