// Thresholds, limits per class and image, and the whole of post-processing against a real detector's reference.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class DetectionSelectionTests
{
    private static ScoredBox At(int x, float score, int classIndex = 0) => new(classIndex, score, new Box(x, 0, x + 10, 10));

    [Fact]
    public void Scores_at_or_below_the_threshold_are_dropped() =>
        Assert.Equal([0.6f], DetectionSelection.Select([At(0, 0.5f), At(100, 0.6f), At(200, 0.1f)], new() { ScoreThreshold = 0.5f }).Select(d => d.Score));

    [Fact]
    public void Suppression_works_within_a_class_only()
    {
        var kept = DetectionSelection.Select([At(0, 0.9f), At(1, 0.8f), At(1, 0.7f, classIndex: 1)], new());
        Assert.Equal([(0, 0.9f), (1, 0.7f)], kept.Select(d => (d.ClassIndex, d.Score)));
    }

    [Fact]
    public void Limits_apply_before_suppression_after_it_and_to_the_image()
    {
        // Boxes 0 and 1 of class 0 overlap: with two candidates, box 2 never gets its turn.
        ScoredBox[] candidates = [At(0, 0.9f), At(1, 0.8f), At(50, 0.7f), At(100, 0.6f), At(0, 0.65f, 1), At(50, 0.55f, 1)];
        float[] Kept(PostProcessing rules) => [.. DetectionSelection.Select(candidates, rules).Select(d => d.Score)];
        Assert.Equal([0.9f, 0.7f, 0.65f, 0.6f, 0.55f], Kept(new()));
        Assert.Equal([0.9f, 0.65f, 0.55f], Kept(new() { CandidatesPerClass = 2 }));
        Assert.Equal([0.9f, 0.65f], Kept(new() { DetectionsPerClass = 1 }));
        Assert.Equal([0.9f, 0.7f, 0.65f], Kept(new() { DetectionsPerImage = 3 }));
        Assert.Empty(Kept(new() { DetectionsPerImage = 0 }));
    }

    [Fact]
    public void Boxes_without_area_and_with_NaN_are_dropped() =>
        Assert.Empty(DetectionSelection.Select(
            [new(0, 0.9f, new Box(5, 5, 5, 9)), new(0, 0.9f, new Box(float.NaN, 0, 1, 1)), new(0, float.NaN, new Box(0, 0, 1, 1))], new()));

    [Theory]
    [InlineData(-0.1f, null)]
    [InlineData(1.5f, null)]
    [InlineData(float.NaN, null)]
    [InlineData(null, -1f)]
    public void Options_that_make_no_sense_are_refused(float? score, float? nms) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DetectOptions { ScoreThreshold = score, NmsThreshold = nms }.Over(new()));

    [SkippableTheory]
    [InlineData("astronaut", 512, 512)]
    [InlineData("chelsea", 451, 300)]
    public void UltraFaces_reference_outputs_become_its_reference_boxes(string photo, int width, int height)
    {
        var file = RepositoryFiles.Shared("weights/ultraface_slim_320/reference_outputs.npz");
        var (logits, deltas) = (Npz.Read(file, photo + "_class_logits"), Npz.Read(file, photo + "_box_deltas"));
        var (boxes, scores) = (Npz.Read(file, photo + "_boxes"), Npz.Read(file, photo + "_scores"));
        using var detector = new PlaybackDetector(UltraFace.Card, UltraFace.Head, () => new OneStageOutput(
            tensor(logits.Values, logits.Shape), tensor(deltas.Values, deltas.Shape), UltraFace.FeatureSizes));
        detector.eval();
        var found = Assert.Single(detector.Detect([new RgbImage(width, height)]));
        Assert.Equal((width, height), (found.ImageWidth, found.ImageHeight));
        Assert.Equal(scores.Values.Length, found.Objects.Length);
        for (var i = 0; i < found.Objects.Length; i++)
        {
            var item = found.Objects[i];
            Assert.Equal("face", item.ClassName);
            Assert.Equal(scores.Values[i], item.Score, 1e-6f);
            float[] box = [item.Box.X1, item.Box.Y1, item.Box.X2, item.Box.Y2];
            for (var k = 0; k < 4; k++)
            {
                Assert.Equal(boxes.Values[4 * i + k], box[k], 1e-3f);
            }
        }
    }
}
