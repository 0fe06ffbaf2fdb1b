// "Did you mean": the known names at a small edit distance from a mistyped one.
namespace Detection.Runtime;

internal static class NameSuggestions
{
    /// <summary>
    /// At most three names within a third of the length in edits, none twice as far as the best one, or that begin with or contain what was typed; best first.
    /// </summary>
    public static IReadOnlyList<string> For(string typed, IReadOnlyList<string> known)
    {
        var wanted = typed.ToLowerInvariant();
        var allowed = Math.Max(1, wanted.Length / 3);
        var close =
            from name in known.Distinct(StringComparer.Ordinal)
            let candidate = name.ToLowerInvariant()
            let edits = Edits(wanted, candidate)
            let contains = wanted.Length >= 3 && candidate.Contains(wanted, StringComparison.Ordinal)
            where edits <= allowed || contains
            orderby edits <= allowed ? edits : allowed + 1, name.Length, name
            select name;
        string[] best = [.. close.Take(3)];
        return [.. best.Where(name => Edits(wanted, name.ToLowerInvariant()) <= 2 * Edits(wanted, best[0].ToLowerInvariant()) || name.Contains(wanted, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    private static int Edits(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1], last = [.. Enumerable.Range(0, b.Length + 1)], current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }
            (beforeLast, last, current) = (last, current, beforeLast);
        }
        return last[b.Length];
    }
}
