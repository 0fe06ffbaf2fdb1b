// Rows of class-prediction layers from a model of other classes: which rows, in which order, and what is said about them.
using Detection.Runtime.TrainingHost;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class ClassRowsTests : IDisposable
{
    private static readonly Dictionary<string, string> NoRenames = [];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_convolution_over_default_boxes_has_the_classes_of_a_box_beside_each_other()
    {
        var rows = ClassRows.Between(["cat", "dog", "cow"], ["cow", "cat"], NoRenames, hasBackground: true, isClassMajor: false)!;
        Assert.Equal(["cow", "cat"], rows.Shared.ToArray());
        var (target, source) = rows.Of([8, 5, 3, 3], [6, 5, 3, 3])!.Value;
        Assert.Equal([0, 1, 2, 3, 4, 5], target);
        Assert.Equal([0, 3, 1, 4, 7, 5], source);
    }

    [Fact]
    public void A_layer_with_several_rows_for_a_class_has_them_beside_each_other_in_two_stage_detectors()
    {
        var rows = ClassRows.Between(["cat", "dog", "cow"], ["cow"], NoRenames, hasBackground: true, isClassMajor: true)!;
        var (target, source) = rows.Of([16, 7], [8, 7])!.Value;
        Assert.Equal([0, 4, 1, 5, 2, 6, 3, 7], target);
        Assert.Equal([0, 12, 1, 13, 2, 14, 3, 15], source);
    }

    [Fact]
    public void Without_background_there_are_the_classes_alone_and_unknown_ones_are_left_out()
    {
        var rows = ClassRows.Between(["cat", "dog", "cow"], ["cow", "horse"], NoRenames, hasBackground: false, isClassMajor: false)!;
        var (target, source) = rows.Of([6], [4])!.Value;
        Assert.Equal([0, 2], target);
        Assert.Equal([2, 5], source);
    }

    [Fact]
    public void Names_of_coco_and_voc_are_the_same_classes_and_others_can_be_said_to_be()
    {
        string[] coco = ["person", "airplane", "tv", "couch", "car"], voc = ["aeroplane", "sofa", "tvmonitor"];
        var (_, source) = ClassRows.Between(coco, voc, NoRenames, true, false)!.Of([6], [4])!.Value;
        Assert.Equal([0, 2, 4, 3], source);
        (_, source) = ClassRows.Between(voc, coco, NoRenames, true, false)!.Of([4], [6])!.Value;
        Assert.Equal([0, 1, 3, 2], source);
        Assert.Null(ClassRows.Between(coco, ["automobile"], NoRenames, true, false));
        (_, source) = ClassRows.Between(coco, ["automobile"], new Dictionary<string, string> { ["car"] = "automobile" }, true, false)!.Of([6], [2])!.Value;
        Assert.Equal([0, 5], source);
    }

    // Order of the 20 classes among COCO's 80, counted by hand from the category numbers.
    [Fact]
    public void The_published_subsampling_of_coco_for_voc()
    {
        var rows = ClassRows.Between(Classes.Coco, Classes.Voc, NoRenames, true, false)!;
        Assert.Equal(20, rows.Shared.Length);
        long[] expected = [0, 5, 2, 15, 9, 40, 6, 3, 16, 57, 20, 61, 17, 18, 4, 1, 59, 19, 58, 7, 63];
        Assert.Equal(expected, rows.Of([81, 4096], [21, 4096])!.Value.Source);
        Assert.Equal(expected.Select(row => 81 * 5 + row), rows.Of([486, 8, 3, 3], [126, 8, 3, 3])!.Value.Source.Skip(105));
    }

    [Theory]
    [InlineData(new long[] { 8, 4 }, new long[] { 6, 5 })]
    [InlineData(new long[] { 12 }, new long[] { 6 })]
    [InlineData(new long[] { 7 }, new long[] { 6 })]
    [InlineData(new long[] { }, new long[] { })]
    public void Other_layers_are_no_class_layers(long[] stored, long[] target) =>
        Assert.Null(ClassRows.Between(["cat", "dog", "cow"], ["cow", "cat"], NoRenames, true, false)!.Of(stored, target));

    [Fact]
    public void A_detector_starts_with_what_another_knows_of_the_same_classes()
    {
        using SmallSsd three = new("red", "white", "blue"), two = new("blue", "red");
        WeightLoader.Save(three, three.Card, folder["three.safetensors"]);
        var report = WeightLoader.LoadMatching(two, folder["three.safetensors"]);
        Assert.Equal(
            [new SubsampledWeight("scores.bias", 6, 6, 8), new SubsampledWeight("scores.weight", 6, 6, 8)], report.Subsampled.ToArray());
        Assert.Equal(["blue", "red"], report.SharedClasses.ToArray());
        Assert.Empty(report.New);
        Assert.Empty(report.Skipped);
        Assert.Equal(report.ModelValues, report.LoadedValues);
        Assert.Contains("2 subsampled, 0 new, 0 skipped", report.ToString());
        Assert.Contains("rows of 2 classes: blue, red", report.ToString());

        // The same image gets the same logits for the classes that both know, background included.
        two.eval();
        three.eval();
        using var scope = NewDisposeScope();
        var image = rand(1, 3, 32, 32);
        var (expected, actual) = (three.call(image).ClassLogits, two.call(image).ClassLogits);
        // Convolutions of another width add in another order.
        Assert.True((expected.index_select(-1, tensor(new long[] { 0, 3, 1 })) - actual).abs().max().item<float>() < 1e-6f);
    }

    [Fact]
    public void Rows_of_unknown_classes_stay_and_are_counted()
    {
        using SmallSsd three = new("red", "white", "blue"), two = new("red", "green");
        WeightLoader.Save(three, three.Card, folder["three.safetensors"]);
        var before = two.state_dict()["scores.bias"].Floats();
        var report = WeightLoader.LoadMatching(two, folder["three.safetensors"]);
        Assert.Contains("scores.bias: 4 rows of the file's 8, 2 new", report.ToString());
        var (after, source) = (two.state_dict()["scores.bias"].Floats(), three.state_dict()["scores.bias"].Floats());
        Assert.Equal([source[0], source[1], before[2], source[4], source[5], before[5]], after);
    }

    [Fact]
    public void Classes_of_a_file_that_names_none_can_be_given()
    {
        using SmallSsd three = new("red", "white", "blue"), two = new("blue", "red");
        Safetensors.Write(folder["plain.safetensors"], three.state_dict().Select(entry => StoredTensor.From(entry.Key, entry.Value)), new Dictionary<string, string>());
        Assert.Equal(2, WeightLoader.LoadMatching(two, folder["plain.safetensors"]).Skipped.Length);
        var report = WeightLoader.LoadMatching(two, folder["plain.safetensors"], new MatchingWeightOptions { FileClasses = ["red", "white", "blue"] });
        Assert.Equal(2, report.Subsampled.Length);
    }
}

file static class Classes
{
    public static string[] Voc { get; } =
    [
        "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
        "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ];

    public static string[] Coco { get; } =
    [
        "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light", "fire hydrant", "stop sign", "parking meter",
        "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase",
        "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
        "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut",
        "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave",
        "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
    ];
}
