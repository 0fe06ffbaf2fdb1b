// COCO's protocol: against COCO's own evaluation code on made-up data with crowds, ties and size classes, and rule by rule.
using System.Text.Json;
using Xunit;

namespace Detection.Runtime.Tests;

public class CocoProtocolTests
{
    private static readonly CocoBox Whole = new(0, 0, 50, 50);

    private static readonly CocoGroundTruth Nothing = new([1, 2], [new CocoCategory(1, "cat"), new CocoCategory(2, "dog")], []);

    public static TheoryData<int> Cases => [0, 1, 2, 3];

    private static CocoGroundTruth With(params CocoObject[] objects) => Nothing with { Objects = [.. objects] };

    private static CocoObject Object(CocoBox box, bool crowd = false, long image = 1, long category = 1, double? area = null) =>
        new(image, category, box, area ?? box.Area, crowd);

    private static CocoDetection Found(double score, CocoBox box, long image = 1, long category = 1) => new(image, category, box, score);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_same_figures_as_cocos_own_code(int number)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.Asset("coco-protocol.json")));
        var test = document.RootElement[number];
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["truth.json"], test.GetProperty("truth").GetRawText());
        File.WriteAllText(folder["found.json"], test.GetProperty("detections").GetRawText());
        var (truth, found) = (CocoFiles.ReadGroundTruth(folder["truth.json"]), CocoFiles.ReadDetections(folder["found.json"]));
        var scores = new CocoProtocol().Evaluate(truth, found);
        var expected = test.GetProperty("expected");

        foreach (var (name, value) in new (string, double)[]
        {
            ("AP", scores.AP), ("AP50", scores.AP50), ("AP75", scores.AP75),
            ("APs", scores.MeanPrecision(null, CocoArea.Small)), ("APm", scores.MeanPrecision(null, CocoArea.Medium)), ("APl", scores.MeanPrecision(null, CocoArea.Large)),
            ("AR1", scores.MeanRecall(1, CocoArea.All)), ("AR10", scores.MeanRecall(10, CocoArea.All)), ("AR100", scores.MeanRecall(100, CocoArea.All)),
            ("ARs", scores.MeanRecall(100, CocoArea.Small)), ("ARm", scores.MeanRecall(100, CocoArea.Medium)), ("ARl", scores.MeanRecall(100, CocoArea.Large)),
        })
        {
            Assert.Equal(expected.GetProperty(name).GetDouble(), value, 1e-12);
        }
        foreach (var category in scores.PerCategory())
        {
            var own = expected.GetProperty("perCategory").GetProperty($"{category.Category.Id}");
            Assert.Equal(own.GetProperty("AP").GetDouble(), category.AP, 1e-12);
            Assert.Equal(own.GetProperty("AP50").GetDouble(), category.AP50, 1e-12);
            Assert.Equal(own.GetProperty("AR100").GetDouble(), category.AR, 1e-12);
        }
        foreach (var (curve, threshold) in expected.GetProperty("curve").EnumerateArray().Zip([0.5, 0.75]))
        {
            var points = scores.PrecisionCurve(0, threshold).ToArray().Where((_, i) => i % 10 == 0);
            Assert.Equal(curve.EnumerateArray().Select(p => p.GetDouble()), points, (a, b) => Math.Abs(a - b) < 1e-11);
        }

        var proposals = expected.GetProperty("proposals");
        var pooled = new CocoProtocol { UseCategories = false, MaximumDetections = [1, 5, 20] }.Evaluate(truth, found);
        Assert.Equal(proposals.GetProperty("AP").GetDouble(), pooled.AP, 1e-12);
        foreach (var count in new[] { 1, 5, 20 })
        {
            Assert.Equal(proposals.GetProperty($"AR{count}").GetDouble(), pooled.MeanRecall(count, CocoArea.All), 1e-12);
        }
    }

    [Fact]
    public void Without_objects_nothing_is_defined_and_without_detections_all_is_zero()
    {
        Assert.Equal(-1, new CocoProtocol().Evaluate(Nothing, [Found(0.5, Whole)]).AP);
        var missed = new CocoProtocol().Evaluate(With(Object(Whole)), []);
        Assert.Equal((0, 0, -1), (missed.AP, missed.MeanRecall(100, CocoArea.All), missed.MeanPrecision(null, CocoArea.Large)));
    }

    [Fact]
    public void A_category_without_objects_does_not_lower_the_mean()
    {
        var scores = new CocoProtocol().Evaluate(With(Object(Whole)), [Found(0.9, Whole), Found(0.8, Whole, category: 2)]);
        Assert.Equal(1, scores.AP, 1e-12);
        Assert.Equal([1, -1], scores.PerCategory().Select(c => Math.Round(c.AP, 9)));
    }

    [Fact]
    public void A_crowd_swallows_any_number_of_detections_and_only_their_own_area_counts()
    {
        var crowd = Object(new CocoBox(100, 100, 200, 200), crowd: true);
        CocoBox[] inside = [new(110, 110, 20, 20), new(150, 150, 30, 30), new(95, 150, 10, 10)];

        // The last one lies half outside: inside by exactly one half at IoU 0.5, an error from 0.55 on.
        var scores = new CocoProtocol().Evaluate(With(Object(Whole), crowd), [.. inside.Select(b => Found(0.9, b)), Found(0.5, Whole)]);

        Assert.Equal(1, scores.AP50, 1e-12);
        Assert.Equal(0.55, scores.AP, 1e-9);
    }

    [Theory]
    [InlineData(1024, true, true, false)]
    [InlineData(9216, false, true, true)]
    [InlineData(1000, true, false, false)]
    public void Both_ends_of_a_size_class_belong_to_it(double area, bool small, bool medium, bool large)
    {
        var scores = new CocoProtocol().Evaluate(With(Object(Whole, area: area)), [Found(0.9, Whole)]);
        Assert.Equal((small, medium, large), (Defined(CocoArea.Small), Defined(CocoArea.Medium), Defined(CocoArea.Large)));
        bool Defined(CocoArea size) => scores.MeanPrecision(null, size) >= 0;
    }

    [Fact]
    public void Only_the_best_detections_of_an_image_count()
    {
        CocoDetection[] found = [Found(0.3, Whole), .. Enumerable.Range(0, 10).Select(i => Found(0.5 + i / 100.0, new CocoBox(200 + 20 * i, 0, 10, 10)))];
        var scores = new CocoProtocol().Evaluate(With(Object(Whole)), found);
        Assert.Equal((0, 0, 1), (scores.MeanRecall(1, CocoArea.All), scores.MeanRecall(10, CocoArea.All), scores.MeanRecall(100, CocoArea.All)));
    }

    [Fact]
    public void What_does_not_fit_the_annotations_is_refused()
    {
        Assert.Contains("image 7", Assert.Throws<ArgumentException>(() => new CocoProtocol().Evaluate(Nothing, [Found(0.5, Whole, image: 7)])).Message, StringComparison.Ordinal);
        Assert.Contains("not a number", Assert.Throws<ArgumentException>(() => new CocoProtocol().Evaluate(Nothing, [Found(double.NaN, Whole)])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CocoProtocol().Evaluate(With(Object(Whole, category: 9)), []));
        Assert.Throws<ArgumentException>(() => new CocoProtocol { MaximumDetections = [10, 1] }.Evaluate(Nothing, []));
        Assert.Throws<ArgumentException>(() => new CocoProtocol().Evaluate(Nothing, []).MeanRecall(5, CocoArea.All));
    }

    [Theory]
    [InlineData("{\"images\":[]}", "categories")]
    [InlineData("{\"images\":[{\"id\":1},{\"id\":1}],\"categories\":[]}", "image 1 comes twice")]
    [InlineData("{\"images\":[{\"id\":1}],\"categories\":[{\"id\":1}],\"annotations\":[{\"id\":5,\"image_id\":1,\"category_id\":2,\"bbox\":[0,0,1,1]}]}", "annotation 5 is of category 2")]
    [InlineData("{\"images\":[{\"id\":1}],\"categories\":[{\"id\":1}],\"annotations\":[{\"id\":5,\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,1]}]}", "annotation 5 has no bbox")]
    [InlineData("[1]", "no COCO JSON")]
    public void A_wrong_annotation_file_is_named_with_what_is_wrong(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["truth.json"], text);
        var message = Assert.Throws<DatasetException>(() => CocoFiles.ReadGroundTruth(folder["truth.json"])).Message;
        Assert.StartsWith(folder["truth.json"], message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
