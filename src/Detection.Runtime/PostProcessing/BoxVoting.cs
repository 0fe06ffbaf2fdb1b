// Merging of boxes that several runs of a detector found: groups around the best box of a class vote on one.
namespace Detection.Runtime;

/// <summary>A box with its score.</summary>
internal readonly record struct VotedBox(Box Box, float Score);

/// <summary>Box voting as in the released test code of RefineDet (after Gidaris and Komodakis, arXiv 1505.01749, section 3.3).</summary>
internal static class BoxVoting
{
    /// <summary>Merges boxes of one class.</summary>
    /// <param name="boxes">The boxes of all runs.</param>
    /// <param name="settings">Overlap of a group and kind of merging.</param>
    /// <param name="softThreshold">Soft voting keeps boxes of a group from this score on.</param>
    /// <returns>In no order.</returns>
    public static IReadOnlyList<VotedBox> Merge(IReadOnlyList<VotedBox> boxes, MultiScaleSettings settings, float softThreshold)
    {
        // OrderByDescending is stable: of equal scores the first run's comes first.
        var open = boxes.OrderByDescending(box => box.Score).ToList();
        var merged = new List<VotedBox>();
        while (open.Count > 0)
        {
            var best = open[0];
            var group = open.Select(box => (Voted: box, Overlap: BoxEdges.Overlap(best.Box, box.Box, inclusivePixels: true)))
                .Where(e => e.Overlap >= settings.GroupIou).ToList();
            if (group.Count <= 1)
            {
                // Nothing to vote on; a box without extent does not even overlap itself.
                merged.Add(best);
                open.RemoveAt(0);
                continue;
            }
            open.RemoveAll(box => BoxEdges.Overlap(best.Box, box.Box, inclusivePixels: true) >= settings.GroupIou);
            merged.Add(new VotedBox(Mean([.. group.Select(e => e.Voted)]), best.Score));
            if (settings.Merging == BoxMerging.SoftVoting)
            {
                merged.AddRange(group.Select(e => e.Voted with { Score = (float)(e.Voted.Score * (1 - e.Overlap)) }).Where(box => box.Score >= softThreshold));
            }
        }
        return merged;
    }

    // In double precision: a group has as many boxes as there are runs, and more.
    private static Box Mean(VotedBox[] group)
    {
        double total = group.Sum(e => (double)e.Score);
        float Edge(Func<Box, float> edge) => (float)(group.Sum(e => (double)e.Score * edge(e.Box)) / total);
        return new Box(Edge(b => b.X1), Edge(b => b.Y1), Edge(b => b.X2), Edge(b => b.Y2));
    }
}
