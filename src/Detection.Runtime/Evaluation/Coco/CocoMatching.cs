// COCO's greedy matching of the detections of one category with its objects, image by image, at all IoU thresholds.
namespace Detection.Runtime;

/// <summary>Which detections hit; entry <c>detection * thresholds + threshold</c>.</summary>
/// <param name="Hit">It found an object.</param>
/// <param name="Ignored">It does not count.</param>
/// <param name="Objects">Number of objects to be found.</param>
internal sealed record CocoMatches(bool[] Hit, bool[] Ignored, int Objects);

/// <summary>Matches the boxes of one category. Overlaps do not depend on the size class and are computed once.</summary>
internal sealed class CocoMatching
{
    private readonly CocoProtocol protocol;
    private readonly CocoCategoryData data;
    private readonly int limit;

    // Overlaps that can matter, detection by detection: those of detection i lie from starts[i] to starts[i + 1].
    private readonly int[] starts;
    private readonly List<(int Object, double Overlap)> overlaps = [];

    public CocoMatching(CocoProtocol protocol, CocoCategoryData data)
    {
        this.protocol = protocol;
        this.data = data;
        limit = protocol.MaximumDetections[^1];
        starts = new int[data.Detections.Length + 1];
        var least = protocol.IouThresholds.Min();
        for (var image = 0; image + 1 < data.DetectionStart.Length; image++)
        {
            for (var d = data.DetectionStart[image]; d < data.DetectionStart[image + 1]; d++)
            {
                for (var g = data.ObjectStart[image]; g < data.ObjectStart[image + 1] && data.Rank[d] < limit; g++)
                {
                    var overlap = Overlap(data.Detections[d].Box, data.Objects[g].Box, data.Objects[g].Crowd);
                    if (overlap >= Floor(least))
                    {
                        overlaps.Add((g, overlap));
                    }
                }
                starts[d + 1] = overlaps.Count;
            }
        }
    }

    /// <summary>Matches for one size class.</summary>
    /// <param name="low">Least area.</param>
    /// <param name="high">Largest area.</param>
    public CocoMatches Run(double low, double high)
    {
        var thresholds = protocol.IouThresholds;
        var ignored = Array.ConvertAll(data.Objects, o => o.Crowd || o.Area < low || o.Area > high);
        var (hit, leftOut) = (new bool[data.Detections.Length * thresholds.Length], new bool[data.Detections.Length * thresholds.Length]);
        var taken = new bool[data.Objects.Length];
        for (var t = 0; t < thresholds.Length; t++)
        {
            Array.Clear(taken);
            var threshold = Floor(thresholds[t]);
            for (var d = 0; d < data.Detections.Length; d++)
            {
                if (data.Rank[d] >= limit)
                {
                    continue;
                }
                var place = d * thresholds.Length + t;
                var match = Match(d, threshold, ignored, taken);
                if (match < 0)
                {
                    leftOut[place] = data.Detections[d].Box.Area is var area && (area < low || area > high);
                    continue;
                }
                taken[match] = true;
                hit[place] = true;
                leftOut[place] = ignored[match];
            }
        }
        return new CocoMatches(hit, leftOut, ignored.Count(i => !i));
    }

    // Objects that count come before those that do not; among either kind the larger overlap wins, of equal ones the later object.
    private int Match(int detection, double threshold, bool[] ignored, bool[] taken)
    {
        var match = -1;
        var best = threshold;
        for (var pass = 0; pass < 2 && match < 0; pass++)
        {
            for (var i = starts[detection]; i < starts[detection + 1]; i++)
            {
                var (candidate, overlap) = overlaps[i];
                if (ignored[candidate] == (pass == 1) && (!taken[candidate] || data.Objects[candidate].Crowd) && overlap >= best)
                {
                    (match, best) = (candidate, overlap);
                }
            }
        }
        return match;
    }

    private static double Floor(double threshold) => Math.Min(threshold, 1 - 1e-10);

    // A crowd is a region in which detections lie: only the detection's own area counts.
    private static double Overlap(in CocoBox found, in CocoBox truth, bool crowd)
    {
        var width = Math.Min(found.Width + found.X, truth.Width + truth.X) - Math.Max(found.X, truth.X);
        var height = Math.Min(found.Height + found.Y, truth.Height + truth.Y) - Math.Max(found.Y, truth.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }
        var common = width * height;
        return common / (crowd ? found.Area : found.Area + truth.Area - common);
    }
}
