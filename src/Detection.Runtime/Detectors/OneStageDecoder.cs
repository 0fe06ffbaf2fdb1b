// From a one-stage detector's raw outputs to detections in the original images.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

internal static class OneStageDecoder
{
    /// <summary>Runs on the model's device up to the score threshold; what passes it is copied to the host once per image.</summary>
    public static IEnumerable<ImageDetections> Decode(
        OneStageDetector detector, OneStageOutput output, InputSize input, PostProcessing rules, IReadOnlyList<RgbImage> images, bool keepsCandidates = false)
    {
        if (output.Extras.Count != detector.Head.Extras.Length)
        {
            throw new InvalidOperationException($"{detector.Card.Name} gives {output.Extras.Count} further outputs, but its head declares {detector.Head.Extras.Length}.");
        }
        using var boxes = detector.DecodeBoxes(output, input);
        using var scores = detector.Scores(output);
        var found = new ImageDetections[images.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = DecodeImage(boxes[i], scores[i], rules, detector.Card, images[i].Width, images[i].Height, keepsCandidates, anchors => DecodeExtras(detector, output, input, i, anchors));
        }
        return found;
    }

    // boxes [A, 4] in fractions of the image, scores [A, K]
    private static ImageDetections DecodeImage(
        Tensor boxes, Tensor scores, PostProcessing rules, ModelCard card, int width, int height, bool keepsCandidates, Func<long[], DecodedExtra[]> decodeExtras)
    {
        using var scope = NewDisposeScope();
        // Rows (anchor, class), ordered by anchor, then class. A comparison with NaN is false, so NaN scores never pass.
        var hits = scores.gt(rules.ScoreThreshold).nonzero();
        var anchors = hits.select(1, 0);
        var candidateScores = HostValues.Floats(scores.flatten().index_select(0, anchors * scores.shape[1] + hits.select(1, 1)));
        var candidateBoxes = HostValues.Floats(boxes.index_select(0, anchors));
        var classes = HostValues.Longs(hits.select(1, 1));
        var places = HostValues.Longs(anchors);
        var candidates = new List<ScoredBox>(classes.Length);
        for (var i = 0; i < classes.Length; i++)
        {
            var box = new Box(
                Math.Clamp(candidateBoxes[4 * i] * width, 0, width),
                Math.Clamp(candidateBoxes[4 * i + 1] * height, 0, height),
                Math.Clamp(candidateBoxes[4 * i + 2] * width, 0, width),
                Math.Clamp(candidateBoxes[4 * i + 3] * height, 0, height));
            candidates.Add(new ScoredBox((int)classes[i], candidateScores[i], box) { Anchor = places[i] });
        }
        var considered = keepsCandidates ? new List<CandidateScore>() : null;
        var chosen = DetectionSelection.Select(candidates, rules, considered);
        var extras = decodeExtras([.. chosen.Select(kept => kept.Anchor)]);
        return new ImageDetections(width, height, [.. chosen.Select((kept, i) =>
            new DetectedObject(kept.ClassIndex, card.ClassName(kept.ClassIndex), kept.Score, kept.Box)
            {
                Extras = [.. extras.Select(extra => extra.Of(i, width, height))],
            })])
        {
            Candidates = considered is null ? null : [.. considered],
        };
    }

    // Only for what is kept: a few hundred rows at most.
    private static DecodedExtra[] DecodeExtras(OneStageDetector detector, OneStageOutput output, InputSize input, int image, long[] anchors)
    {
        if (detector.Head.Extras.IsEmpty)
        {
            return [];
        }
        if (anchors.Length == 0)
        {
            return [.. detector.Head.Extras.Select(head => new DecodedExtra(head, []))];
        }
        using var scope = NewDisposeScope();
        var places = tensor(anchors, device: output.BoxDeltas.device);
        var boxes = detector.AnchorsOf(output, input);
        var chosen = (boxes.dim() == 3 ? boxes[image] : boxes).index_select(0, places);
        return [.. detector.Head.Extras.Select((head, i) =>
            new DecodedExtra(head, HostValues.Floats(head.Coder.Decode(output.Extras[i][image].index_select(0, places), chosen))))];
    }

    private sealed record DecodedExtra(RegressionOutput Head, float[] Values)
    {
        public RegressedValues Of(int row, int width, int height)
        {
            var values = Values.AsSpan(row * Head.Values, Head.Values).ToArray();
            for (var i = 0; i < values.Length && Head.Coder.Kind != RegressionKind.Plain; i++)
            {
                values[i] *= i % 2 == 0 ? width : height;
            }
            return new RegressedValues(Head.Name, Head.Coder.Kind, [.. values]);
        }
    }
}
