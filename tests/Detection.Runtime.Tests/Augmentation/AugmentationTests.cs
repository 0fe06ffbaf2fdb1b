// Box arithmetic of the augmentations, as properties over many draws, and that pixels go where the boxes say.
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class AugmentationTests
{
    private static ViewBox[] RandomBoxes(int seed)
    {
        var random = new RandomStream(seed, 99);
        var boxes = new ViewBox[random.Below(6)];
        for (var i = 0; i < boxes.Length; i++)
        {
            var (x, y) = (random.Between(0, 0.9), random.Between(0, 0.9));
            boxes[i] = new ViewBox(x, y, random.Between(x + 0.01, 1), random.Between(y + 0.01, 1), i, i % 2 == 0);
        }
        return boxes;
    }

    private static AugmentedView Draw(AugmentationSettings settings, ViewBox[] boxes, int position) =>
        AugmentedView.Draw(settings, boxes, seed: 3, epoch: 1, position);

    private static IEnumerable<(ViewBox[] Boxes, AugmentedView View)> Draws(AugmentationSettings settings, int count = 2000)
    {
        for (var i = 0; i < count; i++)
        {
            var boxes = RandomBoxes(i);
            yield return (boxes, Draw(settings, boxes, i));
        }
    }

    [Fact]
    public void Boxes_stay_inside_keep_an_area_their_class_and_their_mark()
    {
        var views = 0;
        foreach (var (boxes, view) in Draws(AugmentationSettings.Ssd with { VerticalFlip = 0.5 }))
        {
            foreach (var box in view.See(boxes))
            {
                Assert.True(box.X1 >= 0 && box.Y1 >= 0 && box.X2 <= 1 && box.Y2 <= 1 && box.Area > 0, $"{box}");
                Assert.Equal(boxes[box.ClassIndex].Difficult, box.Difficult);
            }
            views += view.Window == ViewWindow.Whole ? 0 : 1;
        }
        Assert.InRange(views, 1000, 2000);
    }

    [Fact]
    public void A_crop_lies_in_the_image_never_enlarges_an_object_and_keeps_those_whose_centre_it_holds()
    {
        foreach (var (boxes, view) in Draws(new() { Crop = new() }))
        {
            var window = view.Window;
            Assert.True(window.X1 >= 0 && window.Y1 >= 0 && window.X2 <= 1 && window.Y2 <= 1, $"{window}");
            Assert.InRange(window.Width * window.Height, 0.0899, 1);
            Assert.InRange(window.Width / window.Height, 0.4999, 2.0001);
            var seen = view.See(boxes);
            Assert.Equal(boxes.Where(window.HasCentreOf).Select(box => box.ClassIndex), seen.Select(box => box.ClassIndex));
            Assert.True(boxes.Length == 0 || seen.Length > 0);
            // Areas in fractions of the original image.
            Assert.All(seen, box => Assert.True(box.Area * window.Width * window.Height <= boxes[box.ClassIndex].Area + 1e-12));
        }
    }

    [Fact]
    public void A_crop_overlaps_some_object_as_much_as_was_asked()
    {
        var asked = new HashSet<double>();
        for (var i = 0; i < 3000; i++)
        {
            var boxes = RandomBoxes(i);
            var random = new RandomStream(5, i);
            var window = new IouCrop().Draw(ref random, boxes, out var minIou);
            if (minIou is { } least)
            {
                asked.Add(least);
                Assert.True(boxes.Max(window.Iou) >= least);
            }
        }
        Assert.Equal([0.1, 0.3, 0.5, 0.7, 0.9], asked.Order());
    }

    [Fact]
    public void An_expansion_keeps_every_object_and_shrinks_all_alike()
    {
        var expanded = 0;
        foreach (var (boxes, view) in Draws(new() { Expand = new() }))
        {
            var window = view.Window;
            Assert.Equal(window.Width, window.Height, 12);
            Assert.InRange(window.Width, 1, 4);
            Assert.True(window.X1 <= 0 && window.Y1 <= 0 && window.X2 >= 1 && window.Y2 >= 1);
            var seen = view.See(boxes);
            Assert.Equal(boxes.Length, seen.Length);
            Assert.All(seen.Zip(boxes), pair => Assert.Equal(pair.Second.Area, pair.First.Area * window.Width * window.Height, 12));
            expanded += window == ViewWindow.Whole ? 0 : 1;
        }
        Assert.InRange(expanded, 900, 1100);
    }

    [Fact]
    public void Flipping_twice_is_no_change_and_once_mirrors()
    {
        foreach (var box in Enumerable.Range(0, 200).SelectMany(RandomBoxes))
        {
            Assert.Equal(1 - box.X1, box.FlippedHorizontally().X2, 15);
            Assert.Equal(box.Y1, box.FlippedHorizontally().Y1);
            foreach (var twice in new[] { box.FlippedHorizontally().FlippedHorizontally(), box.FlippedVertically().FlippedVertically() })
            {
                Assert.Equal([box.X1, box.Y1, box.X2, box.Y2], [twice.X1, twice.Y1, twice.X2, twice.Y2], (double a, double b) => Math.Abs(a - b) < 1e-12);
            }
        }
    }

    [Fact]
    public void Colours_change_pixels_and_no_box()
    {
        var changed = 0;
        foreach (var (boxes, view) in Draws(new() { Photometric = new() }, 200))
        {
            Assert.Equal(boxes, view.See(boxes));
            var image = SmallDatasets.Noise(8, 6);
            var target = new RgbImage(8, 6);
            view.Render(image, target, default, OpenCvSharp.InterpolationFlags.Linear);
            var same = image.Pixels.AsSpan().SequenceEqual(target.Pixels);
            Assert.True(!same || view.Colors.Hue == 0);
            changed += same ? 0 : 1;
        }
        Assert.InRange(changed, 160, 200);
    }

    [Theory]
    [InlineData(20, 1, 1, 0, 120, 70, 30)]
    [InlineData(-20, 1, 1, 0, 80, 30, 0)]
    [InlineData(0, 1.5, 1, 0, 150, 75, 15)]
    [InlineData(20, 0.5, 1, 0, 60, 35, 15)]
    public void Brightness_is_added_then_contrast_multiplies(double brightness, double contrast, double saturation, int hue, byte red, byte green, byte blue)
    {
        var image = new RgbImage(1, 1) { [0, 0] = (100, 50, 10) };
        image.Pinned(new ColorChange(brightness, contrast, saturation, hue, true).Apply);
        Assert.Equal((red, green, blue), image[0, 0]);
    }

    [Fact]
    public void Saturation_and_hue_act_on_colour_alone()
    {
        var image = new RgbImage(2, 1) { [0, 0] = (200, 100, 100), [1, 0] = (77, 77, 77) };
        image.Pinned(new ColorChange(0, 1, 0.5, 0, true).Apply);
        Assert.Equal((200, 150, 150), image[0, 0]);
        Assert.Equal((77, 77, 77), image[1, 0]);
        image.Pinned(new ColorChange(0, 1, 1, 60, true).Apply);
        Assert.Equal((150, 200, 150), image[0, 0]);
        image.Pinned(new ColorChange(0, 1, 1, -60, true).Apply);
        Assert.Equal((200, 150, 150), image[0, 0]);
    }

    [Fact]
    public void A_switch_does_not_change_what_the_others_draw()
    {
        for (var i = 0; i < 200; i++)
        {
            var boxes = RandomBoxes(i);
            var all = Draw(AugmentationSettings.Ssd, boxes, i);
            Assert.Equal(all.Colors, Draw(new() { Photometric = new() }, boxes, i).Colors);
            Assert.Equal(all.FlipsHorizontally, Draw(AugmentationSettings.Flips, boxes, i).FlipsHorizontally);
        }
    }

    [Fact]
    public void A_mark_in_the_picture_is_where_its_box_says()
    {
        // Blue all over, with a red object.
        var image = new RgbImage(160, 120);
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            var (x, y) = (i / 3 % 160, i / 3 / 160);
            (image.Pixels[i], image.Pixels[i + 2]) = x is >= 40 and < 100 && y is >= 30 and < 80 ? ((byte)255, (byte)0) : ((byte)0, (byte)255);
        }
        ViewBox[] boxes = [new(40 / 160.0, 30 / 120.0, 100 / 160.0, 80 / 120.0, 0, false)];
        var target = new RgbImage(64, 48);
        for (var i = 0; i < 400; i++)
        {
            var view = Draw(AugmentationSettings.Ssd with { Photometric = null, VerticalFlip = 0.5 }, boxes, i);
            view = view with { Window = view.Window.SnapTo(160, 120) };
            if (view.See(boxes) is not [var box])
            {
                continue;
            }
            view.Render(image, target, new OpenCvSharp.Scalar(0, 255, 0), OpenCvSharp.InterpolationFlags.Linear);
            var red = Enumerable.Range(0, 64 * 48).Where(p => target.Pixels[3 * p] > 127).Select(p => (X: p % 64, Y: p / 64)).ToList();
            Assert.Equal(box.X1 * 64, red.Min(p => p.X), 1.01);
            Assert.Equal(box.Y1 * 48, red.Min(p => p.Y), 1.01);
            Assert.Equal(box.X2 * 64, red.Max(p => p.X) + 1, 1.01);
            Assert.Equal(box.Y2 * 48, red.Max(p => p.Y) + 1, 1.01);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(500, 3)]
    public void Windows_on_tiny_images_show_at_least_a_pixel(int width, int height)
    {
        var image = SmallDatasets.Noise(width, height);
        var target = new RgbImage(16, 16);
        foreach (var (_, view) in Draws(AugmentationSettings.Ssd, 300))
        {
            var window = view.Window.SnapTo(width, height);
            Assert.True(window.Width > 0 && window.Height > 0);
            (view with { Window = window }).Render(image, target, default, OpenCvSharp.InterpolationFlags.Area);
        }
    }

    [Fact]
    public void Settings_are_equal_and_print_the_same_when_every_value_is()
    {
        var again = AugmentationSettings.Ssd with { Crop = new() { MinIous = [0.1, 0.3, 0.5, 0.7, 0.9] } };
        Assert.Equal(AugmentationSettings.Ssd, again);
        Assert.Equal(AugmentationSettings.Ssd.GetHashCode(), again.GetHashCode());
        Assert.Equal(AugmentationSettings.Ssd.ToString(), again.ToString());
        var other = again with { Crop = new() { MinIous = [0.1, 0.3, 0.5, 0.7, 0.8] } };
        Assert.NotEqual(again, other);
        Assert.NotEqual(again.ToString(), other.ToString());
    }

    [Fact]
    public void Senseless_settings_are_named()
    {
        void Refused(string name, AugmentationSettings settings) => Assert.StartsWith(name, Assert.ThrowsAny<ArgumentException>(settings.Check).Message);
        Refused("VerticalFlip", new() { VerticalFlip = double.NaN });
        Refused("MaxRatio", new() { Expand = new() { MaxRatio = 0.5 } });
        Refused("MinScale", new() { Crop = new() { MinScale = 0 } });
        Refused("MaxScale", new() { Crop = new() { MinScale = 0.5, MaxScale = 0.4 } });
        Refused("MinIous", new() { Crop = new() { MinIous = [0.5, 2] } });
        Refused("Hue", new() { Photometric = new() { Hue = 200 } });
        AugmentationSettings.Ssd.Check();
    }
}
