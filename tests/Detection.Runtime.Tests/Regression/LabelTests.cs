// Labels of objects from files to batches: COCO's keypoints and our own keys, and what mirroring and cropping do to points.
using System.Collections.Immutable;
using Xunit;
using static Detection.Runtime.Tests.SmallDatasets;

namespace Detection.Runtime.Tests;

public sealed class LabelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DetectionDataset Load(string keys)
    {
        WriteText(
            """{"categories": [{"id": 1, "name": "cat"}], "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 6, 20, 12]"""
            + keys + "}]}", folder.Path, "annotations/instances_train.json");
        Save(Noise(40, 30), folder.Path, "images", "a.png");
        return DetectionDatasets.Load(folder.Path, "train");
    }

    private static HostBatch Batch(DetectionDataset data, AugmentationSettings augmentation, params LabelRequest[] labels) => new BatchLoader(
        data, new InputSize(3, 32, 32), new Preprocessing(), augmentation, batchSize: 1, seed: 1, workers: 1, new BatchLoaderOptions { Labels = [.. labels] }).Epoch(0).Single();

    [Fact]
    public void Keypoints_that_are_not_labelled_are_no_numbers_and_other_labels_go_by_their_names()
    {
        var labels = Load(""", "keypoints": [5, 7, 2, 0, 0, 0, 9, 8, 1], "points": { "nose": [6, null] }, "values": { "far": [3.5] }""").Samples[0].Boxes[0].Labels!;

        Assert.Equal([5f, 7, float.NaN, float.NaN, 9, 8], labels["keypoints"].Values.ToArray());
        Assert.Equal([6f, float.NaN], labels["nose"].Values.ToArray());
        Assert.Equal((false, 3.5f), (labels["far"].IsOfImage, labels["far"].Values.Single()));
    }

    [Fact]
    public void An_object_without_labels_has_none() => Assert.Null(Load("").Samples[0].Boxes[0].Labels);

    [Fact]
    public void A_mirrored_image_mirrors_points_and_exchanges_left_and_right()
    {
        var data = Load(""", "points": { "eyes": [8, 9, 16, 12], "top": [4, 6, 24, 12] }, "values": { "far": [3.5] }""");
        LabelRequest[] labels =
        [
            new("eyes", RegressionKind.Points, 4) { Mirror = [1, 0] }, new("top", RegressionKind.Box, 4), new("far", RegressionKind.Plain, 1), new("none", RegressionKind.Plain, 2),
        ];

        var plain = Batch(data, new AugmentationSettings { HorizontalFlip = 0 }, labels).Labels;
        var mirrored = Batch(data, new AugmentationSettings { HorizontalFlip = 1 }, labels).Labels;

        Assert.Equal([0.2f, 0.3f, 0.4f, 0.4f], plain["eyes"][0]);
        Assert.Equal([0.6f, 0.4f, 0.8f, 0.3f], mirrored["eyes"][0].Select(v => MathF.Round(v, 6)));
        Assert.Equal([0.4f, 0.2f, 0.9f, 0.4f], mirrored["top"][0].Select(v => MathF.Round(v, 6)));
        Assert.Equal([3.5f], mirrored["far"][0]);
        Assert.Equal([float.NaN, float.NaN], mirrored["none"][0]);
    }

    [Fact]
    public void Points_follow_their_box_through_every_crop_and_canvas()
    {
        // The corners of the box as points: wherever the box goes uncut, they go too.
        var data = Load(""", "points": { "corners": [4, 6, 24, 18] }""");
        var settings = new AugmentationSettings { Expand = new RandomExpand { Probability = 0.5 }, Crop = new IouCrop(), HorizontalFlip = 0.5 };
        var loader = new BatchLoader(
            data, new InputSize(3, 32, 32), new Preprocessing(), settings, batchSize: 1, seed: 1, workers: 1,
            new BatchLoaderOptions { Labels = [new LabelRequest("corners", RegressionKind.Box, 4)] });
        var compared = 0;
        for (var epoch = 0; epoch < 40; epoch++)
        {
            var batch = loader.Epoch(epoch).Single();
            if (batch.Boxes[0].Length == 4 && batch.Boxes[0].All(edge => edge is > 0 and < 1))
            {
                Assert.Equal(batch.Boxes[0].Select(v => MathF.Round(v, 5)), batch.Labels["corners"][0].Select(v => MathF.Round(v, 5)));
                compared++;
            }
            Assert.Equal(batch.Boxes[0].Length, batch.Labels["corners"][0].Length);
        }
        Assert.InRange(compared, 5, 40);
    }
}
