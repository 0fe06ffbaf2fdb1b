// From a one-stage detector's raw outputs to detections in the original images.
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

internal static class OneStageDecoder
{
    /// <summary>Runs on the model's device up to the score threshold; what passes it is copied to the host once per image.</summary>
    public static IEnumerable<ImageDetections> Decode(
        OneStageDetector detector, OneStageOutput output, PostProcessing rules, IReadOnlyList<RgbImage> images)
    {
        using var boxes = detector.DecodeBoxes(output);
        using var scores = detector.Scores(output);
        var found = new ImageDetections[images.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = DecodeImage(boxes[i], scores[i], rules, detector.Card, images[i].Width, images[i].Height);
        }
        return found;
    }

    // boxes [A, 4] in fractions of the image, scores [A, K]
    private static ImageDetections DecodeImage(Tensor boxes, Tensor scores, PostProcessing rules, ModelCard card, int width, int height)
    {
        using var scope = NewDisposeScope();
        // Rows (anchor, class), ordered by anchor, then class. A comparison with NaN is false, so NaN scores never pass.
        var hits = scores.gt(rules.ScoreThreshold).nonzero();
        var anchors = hits.select(1, 0);
        var candidateScores = Floats(scores.flatten().index_select(0, anchors * scores.shape[1] + hits.select(1, 1)));
        var candidateBoxes = Floats(boxes.index_select(0, anchors));
        var classes = Longs(hits.select(1, 1));
        var candidates = new List<ScoredBox>(classes.Length);
        for (var i = 0; i < classes.Length; i++)
        {
            var box = new Box(
                Math.Clamp(candidateBoxes[4 * i] * width, 0, width),
                Math.Clamp(candidateBoxes[4 * i + 1] * height, 0, height),
                Math.Clamp(candidateBoxes[4 * i + 2] * width, 0, width),
                Math.Clamp(candidateBoxes[4 * i + 3] * height, 0, height));
            candidates.Add(new ScoredBox((int)classes[i], candidateScores[i], box));
        }
        return new ImageDetections(width, height, [.. DetectionSelection.Select(candidates, rules).Select(kept =>
            new DetectedObject(kept.ClassIndex, card.ClassName(kept.ClassIndex), kept.Score, kept.Box))]);
    }

    private static float[] Floats(Tensor values)
    {
        using var host = values.to(ScalarType.Float32).cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(host.bytes).ToArray();
    }

    private static long[] Longs(Tensor values)
    {
        using var host = values.cpu().contiguous();
        return MemoryMarshal.Cast<byte, long>(host.bytes).ToArray();
    }
}
