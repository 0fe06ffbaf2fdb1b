// Precision-recall curves sampled from detections.
using Xunit;

namespace Detection.Runtime.Tests;

public class OperatingPointsTests
{
    private static readonly Box There = new(0, 0, 10, 10);
    private static readonly Box Elsewhere = new(50, 50, 60, 60);

    private static DetectionDataset Dataset(params Box[] objects) => new()
    {
        ClassNames = ["cell", "other"],
        Samples = [new DataSample("a.png", 100, 100, [.. objects.Select(box => new GroundTruthBox(0, box, false, false))])],
    };

    private static ImageDetections Found(params (float Score, Box Box)[] objects) =>
        new(100, 100, [.. objects.Select(o => new DetectedObject(0, "cell", o.Score, o.Box))]);

    [Fact]
    public void Points_follow_the_detections_from_the_best_score_on()
    {
        var found = Found((0.9f, There), (0.8f, Elsewhere), (0.7f, new Box(80, 80, 90, 90)));
        var curve = OperatingPoints.Of(Dataset(There, new Box(80, 80, 90, 90)), [found], points: 100)[0];
        Assert.Equal(
            [new OperatingPoint(0.9f, 0.5, 1), new OperatingPoint(0.8f, 0.5, 0.5), new OperatingPoint(0.7f, 1, 2.0 / 3)],
            curve.ToArray());
        Assert.Equal(0.8, curve[2].F1, 12);
    }

    [Fact]
    public void Detections_of_one_score_count_together()
    {
        var curve = OperatingPoints.Of(Dataset(There), [Found((0.5f, There), (0.5f, Elsewhere))])[0];
        Assert.Equal([new OperatingPoint(0.5f, 1, 0.5)], curve.ToArray());
    }

    [Fact]
    public void Classes_without_objects_or_detections_have_no_points()
    {
        Assert.All(OperatingPoints.Of(Dataset(There), [Found()]), curve => Assert.Empty(curve));
        Assert.All(OperatingPoints.Of(Dataset(), [Found((0.5f, There))]), curve => Assert.Empty(curve));
    }

    [Fact]
    public void A_curve_has_no_more_points_than_asked_for_and_ends_with_all_detections()
    {
        var boxes = Enumerable.Range(0, 200).Select(i => (Score: 1 - i / 1000f, Box: new Box(i, 0, i + 1, 1))).ToArray();
        var dataset = new DetectionDataset
        {
            ClassNames = ["cell"],
            Samples = [new DataSample("a.png", 300, 300, [.. boxes.Where((_, i) => i % 2 == 0).Select(b => new GroundTruthBox(0, b.Box, false, false))])],
        };
        var curve = OperatingPoints.Of(dataset, [Found(boxes)], points: 16)[0];
        Assert.InRange(curve.Length, 10, 16);
        Assert.Equal(new OperatingPoint(boxes[^1].Score, 1, 0.5), curve[^1]);
        Assert.Equal(curve.Select(p => p.Recall).Order(), curve.Select(p => p.Recall));
    }
}
