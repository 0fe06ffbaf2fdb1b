// Selective search over OpenCV: what it covers, its limits, its coordinates, and that nothing but the image and the seed decides.
using System.Collections.Immutable;
using Xunit;

namespace Detection.Runtime.Tests;

public class SelectiveSearchTests
{
    private static readonly Box[] Objects = [new(40, 60, 120, 120), new(200, 120, 260, 220)];

    [Fact]
    public void Objects_that_stand_out_are_covered_in_pixels_of_the_original_image()
    {
        var found = new SelectiveSearch().Propose(Scene());
        Assert.All(Objects, o => Assert.Contains(found, region => region.Box.Iou(o) > 0.85));
        Assert.All(found, region => Assert.True(region.Box is { X1: >= 0, Y1: >= 0, X2: <= 360, Y2: <= 280, Width: > 0, Height: > 0 }, region.ToString()));
        Assert.Equal(found.Length, found.Select(region => region.Box).Distinct().Count());
        Assert.Equal(found.OrderByDescending(region => region.Score), found);
        Assert.InRange(found[^1].Score, 0, 1);
    }

    [Fact]
    public void Threads_decide_nothing_and_the_seed_decides_the_order()
    {
        var (image, search) = (Scene(), new SelectiveSearch { Width = 200 });
        var first = search.Propose(image);
        var others = new ImmutableArray<ProposedRegion>[6];
        Parallel.For(0, others.Length, i => others[i] = search.Propose(image));
        Assert.All(others, other => Assert.Equal(first.AsEnumerable(), other.AsEnumerable()));
        var reordered = (search with { Seed = 2 }).Propose(image);
        Assert.NotEqual(first.Select(region => region.Box), reordered.Select(region => region.Box));
        Assert.Equal(first.Select(region => region.Box).ToHashSet(), reordered.Select(region => region.Box).ToHashSet());
    }

    [Fact]
    public void The_best_are_kept_and_narrow_boxes_left_out()
    {
        var (image, search) = (Scene(), new SelectiveSearch { Width = null, MinimumSide = 0 });
        var all = search.Propose(image);
        Assert.Contains(all, region => region.Box.Width < 20 || region.Box.Height < 20);
        var wide = (search with { MinimumSide = 20 }).Propose(image);
        Assert.Equal(all.Select(region => region.Box).Where(box => box.Width >= 20 && box.Height >= 20), wide.Select(region => region.Box));
        Assert.Equal(wide.Take(5).Select(region => region.Box), (search with { MinimumSide = 20, Keep = 5 }).Propose(image).Select(region => region.Box));
    }

    [Fact]
    public void Smaller_first_segments_and_quality_find_more()
    {
        var (image, search) = (Scene(noise: true), new SelectiveSearch { Width = 120, MinimumSide = 0 });
        var fast = search.Propose(image).Length;
        Assert.True((search with { Scale = 50 }).Propose(image).Length > fast);
        Assert.True((search with { Quality = true }).Propose(image).Length > fast);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 2)]
    [InlineData(40, 1)]
    public void Tiny_images_are_no_error(int width, int height)
    {
        foreach (var columns in new int?[] { null, 1, 50 })
        {
            var found = new SelectiveSearch { Width = columns, MinimumSide = 0 }.Propose(new RgbImage(width, height));
            Assert.All(found, region => Assert.True(region.Box.X2 <= width && region.Box.Y2 <= height));
        }
    }

    [Fact]
    public void A_data_set_is_searched_image_by_image_and_unreadable_ones_have_none()
    {
        using var folder = new TemporaryFolder();
        var data = SmallDatasets.WriteVoc(folder["data"], 4, 60, 40);
        File.WriteAllText(data.Samples[2].ImagePath, "no image");
        var search = new SelectiveSearch { Width = 60, MinimumSide = 3 };
        var done = new List<int>();
        var all = search.Compute(data, new Reports(done));
        Assert.Equal([1, 2, 3, 4], done);
        Assert.Empty(all.Scores[2]);
        Assert.Equal(search.Propose(RgbImage.Load(data.Samples[3].ImagePath)).Select(region => region.Box), all.BoxesOf(3));
        Assert.Throws<OperationCanceledException>(() => search.Compute(data, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        var image = new RgbImage(4, 4);
        foreach (var search in new[]
        {
            new SelectiveSearch { Width = 0 }, new SelectiveSearch { Scale = 0 }, new SelectiveSearch { Sigma = -1 }, new SelectiveSearch { MinimumSide = -1 },
            new SelectiveSearch { Keep = -1 },
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => search.Propose(image));
        }
    }

    // Two objects on a ground that gets lighter to the right, in 360 x 280 pixels.
    private static RgbImage Scene(bool noise = false)
    {
        var image = new RgbImage(360, 280);
        var random = new Random(4);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var shade = (byte)(150 + x / 8 + (noise ? random.Next(40) : 0));
                image[x, y] = Contains(Objects[0], x, y) ? ((byte)200, (byte)(20 + y / 4), (byte)20) : Contains(Objects[1], x, y) ? ((byte)10, (byte)40, (byte)(120 + y / 4)) : (shade, shade, shade);
            }
        }
        return image;

        static bool Contains(Box box, int x, int y) => x >= box.X1 && x < box.X2 && y >= box.Y1 && y < box.Y2;
    }

    private sealed class Reports(List<int> done) : IProgress<int>
    {
        public void Report(int value) => done.Add(value);
    }
}
