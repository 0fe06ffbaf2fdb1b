// Further regression heads, from YAML to numbers: a detector learns where marks lie, how bright an object is, and the box of its upper half.
using System.Collections.Immutable;
using Detection.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Training.Tests;

public sealed class RegressionHeadTests
{
    [Fact]
    public void Outputs_carry_the_names_of_the_spec()
    {
        using var scope = NewDisposeScope();
        using var model = new TinyLandmarks();
        var output = model.call(zeros(2, 3, 64, 64));

        Assert.Equal([2, TinyLandmarks.AnchorCount, 4], output.Marks.shape);
        Assert.Equal([2, TinyLandmarks.AnchorCount, 1], output.Brightness.shape);
        Assert.Equal([2, TinyLandmarks.AnchorCount, 4], output.UpperHalf.shape);
    }

    [Fact]
    public void A_detector_learns_marks_brightness_and_a_second_box()
    {
        using var images = new ShapeImages();
        var truth = images.Draw(seed: 2, count: 24);
        var result = ShapeTraining.Run(() => new TinyLandmarks(), new TinyLandmarksTraining(), images, 300, truth);

        Assert.True(result.LastLoss < 0.5 * result.FirstLoss, $"{result}");
        Assert.True(result.MeanAveragePrecision > 0.5, $"{result}");
        var pairs = Pairs(truth, result.Evaluation.Detections).ToArray();
        Assert.True(pairs.Length > 20, $"{pairs.Length} objects found");

        // Beside the errors of who knows the box only, and guesses the middle, grey, and the whole box.
        var (marks, guessedMarks) = Errors(pairs, "marks", b => [(3 * b.X1 + b.X2) / 4, (b.Y1 + b.Y2) / 2, (b.X1 + 3 * b.X2) / 4, (b.Y1 + b.Y2) / 2]);
        var (brightness, guessedBrightness) = Errors(pairs, "brightness", _ => [0]);
        var (top, guessedTop) = Errors(pairs, "top", b => [b.X1, b.Y1, b.X2, b.Y2], "upperHalf");
        Assert.True(marks < 0.6 * guessedMarks, $"marks: {marks} against {guessedMarks} pixels");
        Assert.True(brightness < 0.4 * guessedBrightness, $"brightness: {brightness} against {guessedBrightness}");
        Assert.True(top < 0.8 * guessedTop, $"upper half: {top} against {guessedTop} pixels");
    }

    [Fact]
    public void Training_without_the_labels_says_which_are_missing()
    {
        using var images = new ShapeImages();
        var data = images.Draw(seed: 1, count: 4);
        var bare = data with { Samples = [.. data.Samples.Select(s => s with { Boxes = [.. s.Boxes.Select(b => b with { Labels = null })] })] };

        var problem = Assert.Throws<ArgumentException>(() => new BatchLoaderSource(bare, TinyLandmarks.ModelCard, new TinyLandmarksTraining().Settings));

        Assert.Contains("No object of the data set has the label 'marks' that the model trains on; there are no labels.", problem.Message, StringComparison.Ordinal);
    }

    private static (double Found, double Guessed) Errors(
        IEnumerable<(GroundTruthBox Truth, DetectedObject Found)> pairs, string label, Func<Box, float[]> guess, string? head = null)
    {
        var all = pairs.Select(pair => (
            Found: Error(pair.Found.Extra(head ?? label).Values, pair.Truth.Labels![label].Values),
            Guessed: Error([.. guess(pair.Truth.Box)], pair.Truth.Labels![label].Values))).ToArray();
        return (all.Average(e => e.Found), all.Average(e => e.Guessed));
    }

    private static double Error(ImmutableArray<float> values, ImmutableArray<float> truth) => values.Zip(truth, (a, b) => Math.Abs(a - b)).Average();

    // Each object with the best detection of its class that overlaps it well.
    private static IEnumerable<(GroundTruthBox Truth, DetectedObject Found)> Pairs(DetectionDataset truth, ImmutableArray<ImageDetections> detections) =>
        from image in truth.Samples.Zip(detections)
        from box in image.First.Boxes
        let found = image.Second.Objects.FirstOrDefault(o => o.ClassIndex == box.ClassIndex && o.Score > 0.3 && Iou(o.Box, box.Box) > 0.5)
        where found is not null
        select (box, found);

    private static float Iou(Box a, Box b)
    {
        var common = Math.Max(0, Math.Min(a.X2, b.X2) - Math.Max(a.X1, b.X1)) * Math.Max(0, Math.Min(a.Y2, b.Y2) - Math.Max(a.Y1, b.Y1));
        return common / (a.Width * a.Height + b.Width * b.Height - common);
    }
}
