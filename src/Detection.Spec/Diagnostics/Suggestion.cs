// "Did you mean ...?": the nearest known name by edit distance, when it is near enough to be what was meant.
namespace Detection.Spec.Diagnostics;

/// <summary>Finds the name that was probably meant.</summary>
public static class Suggestion
{
    // Longer names are not typed by hand; comparing them costs more than it tells.
    private const int LongestComparedName = 64;

    // Nor does the nearest of ten thousand names help anyone more than the nearest of the first two thousand.
    private const int MostCandidates = 2000;

    /// <summary>The candidate nearest to <paramref name="name"/>, or null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > LongestComparedName)
        {
            return null;
        }

        string? best = null;
        var bestDistance = Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in candidates.Take(MostCandidates))
        {
            if (candidate.Length > LongestComparedName || Math.Abs(candidate.Length - name.Length) > bestDistance)
            {
                continue;
            }

            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());

            // Of two as near, the longer one: letters are left out more often than added.
            if (distance < bestDistance || (best is not null && distance == bestDistance && candidate.Length > best.Length))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>" Did you mean 'x'?" or nothing, ready to be appended to a message.</summary>
    public static string Phrase(string name, IEnumerable<string> candidates) =>
        Nearest(name, candidates) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    // Optimal string alignment: insertions, deletions, substitutions and transpositions of neighbours.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
