// The networks over regions one after the other, and from their outputs to detections in the original images.
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

internal static class StageDecoder
{
    /// <summary>Runs all stages; each sees the boxes of the one before.</summary>
    public static TwoStageOutput Run(TwoStageDetector detector, ImageFeatures features, IReadOnlyList<BatchImage> images, Tensor regions)
    {
        var (stages, average) = (detector.Head.Stages, detector.Head.AverageStages);
        if (detector.Head.UsesMachines && detector.Machines is not { IsTrained: true })
        {
            throw new InvalidOperationException($"The support vector machines of {detector.Card.Name} have neither been trained nor loaded: without them it has no scores.");
        }
        using var scope = NewDisposeScope();
        // What is given belongs to the caller.
        regions = regions.alias();
        for (var stage = 0; stage < stages.Length - 1; stage++)
        {
            using var output = Classify(detector, stage, features, regions);
            regions = Next(detector.Head, stage, output, images, regions);
        }
        var last = Classify(detector, stages.Length - 1, features, regions);
        var scores = Scores(detector.Head, last);
        for (var stage = 0; average && stage < stages.Length - 1; stage++)
        {
            scores += Scores(detector.Head, Classify(detector, stage, features, regions));
        }
        scores = average ? scores / stages.Length : scores;
        var boxes = Boxes(detector.Head, stages.Length - 1, last, images, regions);
        return new TwoStageOutput(regions, scores, boxes, CountsOf(regions, images.Count)).MoveToOuterDisposeScope();
    }

    /// <summary>The regions of the next stage from the outputs of this one; no gradient passes.</summary>
    public static Tensor Next(TwoStageHead head, int stage, RegionOutput output, IReadOnlyList<BatchImage> images, Tensor regions)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        var boxes = Boxes(head, stage, output, images, regions);
        var best = Scores(head, output).argmax(1, keepdim: true).unsqueeze(2).expand(-1, 1, 4);
        return cat([regions.narrow(1, 0, 1), boxes.gather(1, best).squeeze(1)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>[R, K] scores without background.</summary>
    public static Tensor Scores(TwoStageHead head, RegionOutput output) => !head.UsesMachines ? head.ScoreActivation.Scores(output.ClassLogits)
        : output.MachineScores?.alias() ?? throw new InvalidOperationException("The stage gave no values of support vector machines.");

    /// <summary>A stage's outputs, in as many passes as the limit of regions at once asks for.</summary>
    public static RegionOutput Classify(TwoStageDetector detector, int stage, ImageFeatures features, Tensor regions, bool keepsFeatures = false)
    {
        RegionOutput Pass(Tensor some) => detector.Classify(stage, features, some) is var output && keepsFeatures ? output : output.WithoutFeatures();
        if (detector.Head.RegionsAtOnce is not { } most || regions.shape[0] <= most)
        {
            return Pass(regions);
        }
        using var scope = NewDisposeScope();
        var parts = new List<RegionOutput>();
        for (var from = 0L; from < regions.shape[0]; from += most)
        {
            parts.Add(Pass(regions.narrow(0, from, Math.Min(most, regions.shape[0] - from))));
        }
        return RegionOutput.Concatenate(parts).MoveToOuterDisposeScope();
    }

    /// <summary>[R, K, 4] boxes inside their images.</summary>
    public static Tensor Boxes(TwoStageHead head, int stage, RegionOutput output, IReadOnlyList<BatchImage> images, Tensor regions)
    {
        var coder = head.Stages[stage].Coder;
        var classes = head.ClassesOf(output.ClassLogits.shape[^1]);
        using var scope = NewDisposeScope();
        var boxes = output.BoxDeltas is { } deltas
            ? new RegionTargets(coder, classes).Decode(deltas, regions)
            : regions.narrow(1, 1, 4).unsqueeze(1).expand(-1, classes, 4);
        return PixelBoxes.Clip(boxes, regions.select(1, 0), images, coder.Convention).MoveToOuterDisposeScope();
    }

    /// <summary>Regions [R, 5] in pixels of the network's input of boxes in pixels of the original images.</summary>
    public static Tensor Regions(
        IReadOnlyList<IReadOnlyList<Box>> proposals, IReadOnlyList<ResizedImage> sizes, BoxConvention convention, Device device)
    {
        var one = convention == BoxConvention.Continuous ? 0 : 1;
        var rows = new List<float>();
        for (var i = 0; i < proposals.Count; i++)
        {
            foreach (var box in proposals[i])
            {
                rows.AddRange(
                [
                    i, (float)(box.X1 * sizes[i].ScaleX), (float)(box.Y1 * sizes[i].ScaleY),
                    (float)((box.X2 - one) * sizes[i].ScaleX), (float)((box.Y2 - one) * sizes[i].ScaleY),
                ]);
            }
        }
        return tensor([.. rows], [rows.Count / 5, 5], device: device);
    }

    /// <summary>
    /// The scored boxes of each image. Corners that are pixels become edges of the original image before anything is compared, so that overlaps are those of the
    /// convention; what passes the score threshold is copied to the host once.
    /// </summary>
    public static List<ScoredBox>[] Candidates(
        TwoStageOutput output, IReadOnlyList<RgbImage> images, IReadOnlyList<ResizedImage> sizes, BoxConvention convention, float scoreThreshold)
    {
        using var scope = NewDisposeScope();
        // Rows (region, class), ordered by region, then class. A comparison with NaN is false, so NaN scores never pass.
        var hits = output.Scores.gt(scoreThreshold).nonzero();
        var places = hits.select(1, 0) * output.Scores.shape[1] + hits.select(1, 1);
        var scores = HostValues.Floats(output.Scores.flatten().index_select(0, places));
        var boxes = HostValues.Floats(output.Boxes.reshape(-1, 4).index_select(0, places));
        var owners = HostValues.Longs(output.Regions.select(1, 0).index_select(0, hits.select(1, 0)));
        var classes = HostValues.Longs(hits.select(1, 1));
        var candidates = images.Select(_ => new List<ScoredBox>()).ToArray();
        for (var i = 0; i < scores.Length; i++)
        {
            var owner = (int)owners[i];
            var box = InOriginal(boxes.AsSpan(4 * i, 4), images[owner], sizes[owner], convention);
            candidates[owner].Add(new ScoredBox((int)classes[i], scores[i], box));
        }
        return candidates;
    }

    /// <summary>What the rules leave of an image's scored boxes.</summary>
    public static ImageDetections Selected(RgbImage image, IReadOnlyList<ScoredBox> candidates, PostProcessing rules, ModelCard card, bool keepsCandidates)
    {
        var considered = keepsCandidates ? new List<CandidateScore>() : null;
        var kept = DetectionSelection.Select(candidates, rules, considered);
        return new ImageDetections(image.Width, image.Height, [.. kept.Select(k => new DetectedObject(k.ClassIndex, card.ClassName(k.ClassIndex), k.Score, k.Box))])
        {
            Candidates = considered is null ? null : [.. considered],
        };
    }

    /// <summary>Proposals as boxes of the original images.</summary>
    public static IReadOnlyList<ImmutableArray<ProposedRegion>> InOriginals(
        Proposals proposals, IReadOnlyList<RgbImage> images, IReadOnlyList<ResizedImage> sizes, BoxConvention convention)
    {
        var (rows, scores) = (HostValues.Floats(proposals.Regions), HostValues.Floats(proposals.Scores));
        var next = 0;
        return [.. images.Select((image, i) => Enumerable.Range(0, proposals.Counts[i]).Select(_ =>
        {
            var at = next++;
            return new ProposedRegion(InOriginal(rows.AsSpan(5 * at + 1, 4), image, sizes[i], convention), scores[at]);
        }).ToImmutableArray())];
    }

    private static Box InOriginal(ReadOnlySpan<float> box, RgbImage image, ResizedImage size, BoxConvention convention)
    {
        var one = convention == BoxConvention.Continuous ? 0 : 1;
        float X(float x, int last) => (float)Math.Clamp(x / size.ScaleX + last, 0, image.Width);
        float Y(float y, int last) => (float)Math.Clamp(y / size.ScaleY + last, 0, image.Height);
        return new Box(X(box[0], 0), Y(box[1], 0), X(box[2], one), Y(box[3], one));
    }

    private static ImmutableArray<int> CountsOf(Tensor regions, int images)
    {
        var counts = new int[images];
        foreach (var image in HostValues.Longs(regions.select(1, 0)))
        {
            counts[image]++;
        }
        return [.. counts];
    }
}
