// What changed between two texts, line by line, with a little context.
namespace VerifyTests;

internal static class LineDiff
{
    private const int Context = 2;
    private const int LongestExactDiff = 2000;

    /// <summary>The changed lines with their context; unchanged stretches between are an ellipsis.</summary>
    public static IEnumerable<string> Between(string[] before, string[] after)
    {
        var all = Align(before, after);
        bool skipping = false;
        for (int i = 0; i < all.Count; i++)
        {
            bool isNear = Enumerable.Range(i - Context, (2 * Context) + 1).Any(j => j >= 0 && j < all.Count && all[j].Mark != ' ');
            if (isNear)
            {
                yield return $"{all[i].Line,5} {all[i].Mark} {all[i].Text}";
            }
            else if (!skipping)
            {
                yield return "      ...";
            }

            skipping = !isNear;
        }
    }

    private static List<(char Mark, int Line, string Text)> Align(string[] before, string[] after)
    {
        int start = 0;
        while (start < before.Length && start < after.Length && before[start] == after[start])
        {
            start++;
        }

        int end = 0;
        while (end < before.Length - start && end < after.Length - start && before[^(end + 1)] == after[^(end + 1)])
        {
            end++;
        }

        var result = new List<(char, int, string)>();
        result.AddRange(before.Take(start).Select((text, i) => (' ', i + 1, text)));
        AlignMiddle(before[start..^end], after[start..^end], start, result);
        result.AddRange(before.Skip(before.Length - end).Select((text, i) => (' ', before.Length - end + i + 1, text)));
        return result;
    }

    private static void AlignMiddle(string[] before, string[] after, int offset, List<(char Mark, int Line, string Text)> result)
    {
        // The table of longest common subsequences is quadratic: two very long, very different texts are shown one after the other.
        bool exact = (long)before.Length * after.Length <= LongestExactDiff * LongestExactDiff;
        var common = new int[exact ? before.Length + 1 : 1, exact ? after.Length + 1 : 1];
        for (int i = before.Length - 1; exact && i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        int a = 0;
        int b = 0;
        while (a < before.Length || b < after.Length)
        {
            if (exact && a < before.Length && b < after.Length && before[a] == after[b])
            {
                result.Add((' ', offset + a + 1, before[a]));
                a++;
                b++;
            }
            else if (a < before.Length && (b == after.Length || !exact || common[a + 1, b] >= common[a, b + 1]))
            {
                result.Add(('-', offset + a + 1, before[a++]));
            }
            else
            {
                result.Add(('+', offset + b + 1, after[b++]));
            }
        }
    }
}
