// Average precision: by hand, at its corners, and against another implementation.
using System.Text.Json;
using Xunit;

namespace Detection.Runtime.Tests;

public class VocAveragePrecisionTests
{
    private static readonly Box A = new(10, 10, 20, 20);
    private static readonly Box B = new(50, 50, 60, 60);
    private static readonly Box D = new(80, 10, 90, 20);

    private static DetectionScores Evaluate(VocAveragePrecision rules, LabelledObject[] objects, params (float Score, Box Box)[] found) =>
        rules.Evaluate(["thing"], 1, objects, [.. found.Select(f => new ScoredDetection(0, 0, f.Score, f.Box))]);

    private static LabelledObject Object(Box box, bool difficult = false, int image = 0, int classIndex = 0) => new(image, classIndex, box, difficult);

    [Theory]
    [InlineData(AveragePrecisionRule.Area, 0.75)]
    [InlineData(AveragePrecisionRule.ElevenPoints, 8.5 / 11)]
    public void Hits_duplicates_difficult_objects_and_errors_count_as_in_the_development_kit(AveragePrecisionRule rule, double expected)
    {
        // Hit, duplicate, on a difficult object, nothing, hit: recall .5 .5 .5 1, precision 1 .5 .333 .5.
        var scores = Evaluate(new VocAveragePrecision(Rule: rule), [Object(A), Object(B), Object(D, difficult: true)],
            (0.9f, A), (0.8f, A), (0.7f, D), (0.6f, new Box(0, 80, 10, 90)), (0.5f, B));
        var score = scores.Classes[0];
        Assert.Equal(expected, score.AveragePrecision, 1e-12);
        Assert.Equal((2, 2, 2, 1.0), (score.Objects, score.TruePositives, score.FalsePositives, score.Recall));
    }

    [Fact]
    public void A_difficult_object_is_never_used_up()
    {
        var scores = Evaluate(new VocAveragePrecision(), [Object(A), Object(D, difficult: true)], (0.9f, D), (0.8f, D), (0.7f, A));
        Assert.Equal((1.0, 0), (scores.MeanAveragePrecision, scores.Classes[0].FalsePositives));
    }

    [Fact]
    public void A_duplicate_does_not_try_the_second_best_object()
    {
        // Both detections overlap the first object most; the second object stays unfound.
        var (first, second) = (new Box(0, 0, 10, 10), new Box(0, 0, 10, 14));
        var score = Evaluate(new VocAveragePrecision(), [Object(first), Object(second)], (0.9f, first), (0.8f, new Box(0, 0, 10, 10.5f))).Classes[0];
        Assert.Equal((1, 1), (score.TruePositives, score.FalsePositives));
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.500001, 0)]
    public void Overlap_exactly_at_the_threshold_is_a_hit(double threshold, int hits) =>
        Assert.Equal(hits, Evaluate(new VocAveragePrecision(threshold), [Object(new Box(0, 0, 10, 10))], (0.9f, new Box(0, 0, 10, 5))).Classes[0].TruePositives);

    [Fact]
    public void With_inclusive_pixels_a_box_is_one_wider_and_higher()
    {
        // 11 x 5 of 11 x 11 pixels is below half; 10 x 5 of 10 x 10 is half; 11 x 6 is above.
        LabelledObject[] objects = [Object(new Box(0, 0, 10, 10))];
        Assert.Equal(0, Evaluate(new VocAveragePrecision(InclusivePixels: true), objects, (0.9f, new Box(0, 0, 10, 4))).Classes[0].TruePositives);
        Assert.Equal(1, Evaluate(new VocAveragePrecision(InclusivePixels: true), objects, (0.9f, new Box(0, 0, 10, 5))).Classes[0].TruePositives);
        Assert.Equal(1, Evaluate(new VocAveragePrecision(InclusivePixels: true), [Object(new Box(0, 0, 0, 0))], (0.9f, new Box(0, 0, 0, 0))).Classes[0].TruePositives);
    }

    [Fact]
    public void Equal_scores_stay_in_the_order_given()
    {
        var miss = new Box(0, 80, 10, 90);
        Assert.Equal(1, Evaluate(new VocAveragePrecision(), [Object(A)], (0.5f, A), (0.5f, miss)).MeanAveragePrecision);
        Assert.Equal(0.5, Evaluate(new VocAveragePrecision(), [Object(A)], (0.5f, miss), (0.5f, A)).MeanAveragePrecision);
    }

    [Fact]
    public void A_class_without_objects_is_left_out_of_the_mean()
    {
        var scores = new VocAveragePrecision().Evaluate(
            ["a", "b", "c"], 2, [Object(A), Object(B, difficult: true, classIndex: 1)],
            [new ScoredDetection(0, 0, 0.9f, A), new ScoredDetection(0, 1, 0.9f, A), new ScoredDetection(1, 2, 0.9f, A)]);
        Assert.Equal([1, double.NaN, double.NaN], scores.Classes.Select(c => c.AveragePrecision));
        Assert.Equal(1, scores.MeanAveragePrecision);
        Assert.Equal("mAP@0.5 1.000", scores.ToString());
    }

    [Fact]
    public void Nothing_found_is_zero_and_nothing_to_find_is_no_number()
    {
        Assert.Equal(0, Evaluate(new VocAveragePrecision(), [Object(A)]).MeanAveragePrecision);
        Assert.Equal(0, Evaluate(new VocAveragePrecision(Rule: AveragePrecisionRule.ElevenPoints), [Object(A)]).MeanAveragePrecision);
        Assert.True(double.IsNaN(Evaluate(new VocAveragePrecision(), [], (0.9f, A)).MeanAveragePrecision));
    }

    [Fact]
    public void Indices_outside_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate(new VocAveragePrecision(), [Object(A, classIndex: 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate(new VocAveragePrecision(), [Object(A, image: -1)]));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(7)]
    public void Eleven_points_are_reached_although_recall_is_a_fraction(int objects)
    {
        // All found without an error: 1 at every point that recall reaches, whatever k / 10 is in binary.
        double[] recall = [.. Enumerable.Range(1, objects).Select(i => (double)i / objects)];
        Assert.Equal(1, VocAveragePrecision.AreaUnder(recall, [.. recall.Select(_ => 1.0)], AveragePrecisionRule.ElevenPoints), 1e-12);
        Assert.Equal(4.0 / 11, VocAveragePrecision.AreaUnder([0.1, 0.2, 3 / 10.0], [1, 1, 1], AveragePrecisionRule.ElevenPoints), 1e-12);
    }

    [Fact]
    public void Another_implementation_gives_the_same_numbers()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.Asset("voc-average-precision.json")));
        var compared = 0;
        foreach (var test in document.RootElement.EnumerateArray())
        {
            var classes = test.GetProperty("classes").GetInt32();
            LabelledObject[] objects = [.. test.GetProperty("objects").EnumerateArray().Select(o =>
                new LabelledObject(o.GetProperty("image").GetInt32(), o.GetProperty("class").GetInt32(), ReadBox(o), o.GetProperty("difficult").GetBoolean()))];
            ScoredDetection[] found = [.. test.GetProperty("detections").EnumerateArray().Select(d =>
                new ScoredDetection(d.GetProperty("image").GetInt32(), d.GetProperty("class").GetInt32(), d.GetProperty("score").GetSingle(), ReadBox(d)))];
            foreach (var expected in test.GetProperty("expected").EnumerateArray())
            {
                var rules = new VocAveragePrecision(
                    expected.GetProperty("iou").GetDouble(),
                    expected.GetProperty("rule").GetString() == "11" ? AveragePrecisionRule.ElevenPoints : AveragePrecisionRule.Area,
                    expected.GetProperty("inclusive").GetBoolean());
                var scores = rules.Evaluate([.. Enumerable.Range(0, classes).Select(i => $"{i}")], test.GetProperty("images").GetInt32(), objects, found);
                foreach (var (value, score) in expected.GetProperty("ap").EnumerateArray().Zip(scores.Classes))
                {
                    Assert.Equal(value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble(), score.AveragePrecision, 1e-9);
                    compared++;
                }
            }
        }
        Assert.True(compared > 150);
    }

    private static Box ReadBox(JsonElement element)
    {
        float[] v = [.. element.GetProperty("box").EnumerateArray().Select(x => x.GetSingle())];
        return new Box(v[0], v[1], v[2], v[3]);
    }
}
