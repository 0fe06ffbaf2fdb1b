// Drawing: frames where the boxes are, a colour per class, and nothing breaks at the image's edges.
using Xunit;

namespace Detection.Runtime.Tests;

public class DetectionDrawingTests
{
    [Fact]
    public void A_frame_has_its_classes_colour_and_the_inside_and_the_original_stay()
    {
        var image = new RgbImage(200, 150);
        var drawn = DetectionDrawing.Draw(image, new ImageDetections(200, 150, [new DetectedObject(1, "dog", 0.9f, new Box(50, 60, 150, 120))]));
        var color = DetectionDrawing.ColorOf(1);
        Assert.Equal(color, drawn[100, 120]);
        Assert.Equal(color, drawn[150, 90]);
        Assert.Equal(default, drawn[100, 90]);
        Assert.All(image.Pixels, p => Assert.Equal(0, p));
    }

    [Fact]
    public void A_hundred_classes_have_a_hundred_bright_colours()
    {
        var colors = Enumerable.Range(0, 100).Select(DetectionDrawing.ColorOf).ToArray();
        Assert.Equal(100, colors.Distinct().Count());
        Assert.All(colors, c => Assert.True(Math.Max(c.Red, Math.Max(c.Green, c.Blue)) >= 160));
        // The first twelve differ clearly from each other.
        for (var i = 0; i < 12; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = Math.Abs(colors[i].Red - colors[j].Red) + Math.Abs(colors[i].Green - colors[j].Green) + Math.Abs(colors[i].Blue - colors[j].Blue);
                Assert.True(distance >= 40, $"classes {i} and {j} have the colours {colors[i]} and {colors[j]}");
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 400)]
    [InlineData(3000, 20)]
    public void Boxes_at_the_edges_and_names_in_any_script_do_not_break_it(int width, int height)
    {
        var objects = new[] { "a", "a very long name of a class that cannot fit", "Żółw 龜" }
            .Select((name, i) => new DetectedObject(i, name, 0.5f, new Box(0, 0, width, height)));
        var drawn = DetectionDrawing.Draw(new RgbImage(width, height), new ImageDetections(width, height, [.. objects]));
        Assert.Contains(drawn.Pixels, p => p != 0);
    }
}
