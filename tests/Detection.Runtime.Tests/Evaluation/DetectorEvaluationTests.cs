// A detector scored on image files: order, unreadable files, crowds, classes that do not fit.
using Xunit;

namespace Detection.Runtime.Tests;

public class DetectorEvaluationTests
{
    // Finds in every image the box that its top left pixel's red channel numbers.
    private sealed class FakeDetector : IDetector
    {
        public ModelCard Card { get; } = Cards.Make();

        public List<int> BatchSizes { get; } = [];

        public IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, DetectOptions? options = null)
        {
            BatchSizes.Add(images.Count);
            return [.. images.Select(image => new ImageDetections(image.Width, image.Height,
                [new DetectedObject(0, "cat", 0.9f - image.Pixels[0] / 100f, BoxOf(image.Pixels[0]))]))];
        }
    }

    private static Box BoxOf(int number) => new(number, 2, number + 8, 12);

    private static DataSample Sample(TemporaryFolder folder, int number, params GroundTruthBox[] boxes)
    {
        var image = new RgbImage(40, 30, [.. Enumerable.Repeat((byte)number, 3 * 40 * 30)]);
        image.Save(folder[$"{number}.png"]);
        return new DataSample(folder[$"{number}.png"], 40, 30, [.. boxes]);
    }

    private static DetectionDataset Dataset(params DataSample[] samples) => new() { ClassNames = ["cat", "dog"], Samples = [.. samples] };

    [Fact]
    public void Detections_belong_to_their_images_whatever_the_batch()
    {
        using var folder = new TemporaryFolder();
        var dataset = Dataset([.. Enumerable.Range(0, 7).Select(i => Sample(folder, i, new GroundTruthBox(0, BoxOf(i), false, false)))]);
        var detector = new FakeDetector();
        var result = DetectorEvaluation.Run(detector, dataset, new DetectorEvaluationOptions { Detect = new DetectOptions { BatchSize = 3 } });
        Assert.Equal(1, result.Scores.MeanAveragePrecision, 1e-12);
        Assert.Equal([3, 3, 1], detector.BatchSizes);
        Assert.Equal(Enumerable.Range(0, 7).Select(BoxOf), result.Detections.Select(d => d.Objects[0].Box));
        Assert.Empty(result.Problems);
    }

    [Fact]
    public void An_unreadable_image_is_named_and_its_objects_count_as_not_found()
    {
        using var folder = new TemporaryFolder();
        var good = Sample(folder, 1, new GroundTruthBox(0, BoxOf(1), false, false));
        var bad = new DataSample(folder.Write("bad.png", [1, 2, 3]), 40, 30, [new GroundTruthBox(0, BoxOf(5), false, false)]);
        var result = DetectorEvaluation.Run(new FakeDetector(), Dataset(bad, good));
        Assert.Equal(0.5, result.Scores.Classes[0].Recall);
        Assert.Contains("bad.png", Assert.Single(result.Problems).ToString());
        Assert.Equal([0, 1], result.Detections.Select(d => d.Objects.Length));
    }

    [Fact]
    public void Crowds_and_difficult_objects_neither_help_nor_hurt()
    {
        using var folder = new TemporaryFolder();
        var dataset = Dataset(
            Sample(folder, 1, new GroundTruthBox(0, BoxOf(1), true, false)), Sample(folder, 2, new GroundTruthBox(0, BoxOf(2), false, true)),
            Sample(folder, 3, new GroundTruthBox(0, BoxOf(3), false, false)));
        var score = DetectorEvaluation.Run(new FakeDetector(), dataset).Scores.Classes[0];
        Assert.Equal((1.0, 1, 1, 0), (score.AveragePrecision, score.Objects, score.TruePositives, score.FalsePositives));
    }

    [Fact]
    public void Classes_of_another_data_set_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => DetectorEvaluation.Run(new FakeDetector(), new DetectionDataset { ClassNames = ["cat", "cow"], Samples = [] }));
        Assert.Contains("cow", error.Message);
    }

    [Fact]
    public void No_images_give_no_score()
    {
        var result = DetectorEvaluation.Run(new FakeDetector(), Dataset());
        Assert.True(double.IsNaN(result.Scores.MeanAveragePrecision));
        Assert.Empty(result.Detections);
    }

    [Fact]
    public void Cancelling_stops_between_batches()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => DetectorEvaluation.Run(
            new FakeDetector(), Dataset(Sample(folder, 1)), new DetectorEvaluationOptions { Cancellation = cancel.Token }));
    }
}
