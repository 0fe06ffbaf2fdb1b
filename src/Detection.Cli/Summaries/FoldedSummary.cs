// A summary of a large network that people can still read: blocks folded, and repeated nodes joined into one row.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Detection.Runtime;
using Detection.Spec.Compilation;

namespace Detection.Cli;

internal static partial class FoldedSummary
{
    // Deeper nesting than this is as good as unfolded.
    private const int DeepestFold = 6;

    /// <summary>The most detailed summary of at most <paramref name="rows"/> rows; the least detailed when none is so short.</summary>
    public static ModelSummary Of(CompiledModel model, InputSize input, int depth, int batch, int rows)
    {
        var summary = ModelSummarizer.Summarize(model, input, depth, batch);
        for (var level = Math.Min(depth - 1, DeepestFold); level >= 1 && summary.Nodes.Length > rows; level--)
        {
            var unjoined = ModelSummarizer.Summarize(model, input, level, batch);
            summary = unjoined.Nodes.Length <= rows ? unjoined : unjoined with { Nodes = [.. Joined(unjoined.Nodes)] };
        }
        return summary;
    }

    // name_2 ... name_23, equal in operator, attributes and shape, as one row with their sums.
    private static IEnumerable<NodeSummary> Joined(ImmutableArray<NodeSummary> nodes)
    {
        for (var i = 0; i < nodes.Length;)
        {
            var first = nodes[i];
            var (parent, number) = Numbered(first.Path);
            var count = 1;
            while (number is { } start && i + count < nodes.Length && Numbered(nodes[i + count].Path) == (parent, start + count) && Alike(first, nodes[i + count]))
            {
                count++;
            }
            var run = nodes.AsSpan(i, count);
            yield return count == 1 ? first : Sum(run);
            i += count;
        }
    }

    private static NodeSummary Sum(ReadOnlySpan<NodeSummary> run)
    {
        var sum = run[^1] with { Path = $"{run[0].Path}..{Numbered(run[^1].Path).Number}", Operator = $"{run.Length} x {run[0].Operator}" };
        foreach (var node in run[..^1])
        {
            sum = sum with
            {
                Parameters = sum.Parameters + node.Parameters,
                Statistics = sum.Statistics + node.Statistics,
                MultiplyAdds = sum.MultiplyAdds + node.MultiplyAdds,
                Activations = sum.Activations + node.Activations,
            };
        }
        return sum;
    }

    private static bool Alike(NodeSummary a, NodeSummary b) =>
        a.Operator == b.Operator && a.Attributes == b.Attributes && a.Parameters == b.Parameters && a.MultiplyAdds == b.MultiplyAdds
        && a.Outputs.Length == b.Outputs.Length && a.Outputs.Zip(b.Outputs).All(o => o.First.Name == o.Second.Name && o.First.Shape.SequenceEqual(o.Second.Shape));

    private static (string Parent, int? Number) Numbered(string path) => Number().Match(path) is { Success: true } match
        && int.TryParse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? (match.Groups["stem"].Value, number)
        : (path, null);

    [GeneratedRegex(@"^(?<stem>.*_)(?<number>\d+)$")]
    private static partial Regex Number();
}
