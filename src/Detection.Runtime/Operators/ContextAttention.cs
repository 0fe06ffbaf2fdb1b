// Attention of regions to their image (Luo and Xiao, G-RCN, equation 1).
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// P' = P + softmax((P Wp) (V Wk)^T / sqrt(k)) V: every cell of a region's map P asks every cell of a map V of the whole image, and what answers is added.
/// One head, without biases; the parameters are <c>query</c> [C, k] and <c>key</c> [C, k].
/// </summary>
public sealed class ContextAttention : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    // The authors give no start; new layers of this family begin with this deviation.
    private const double InitialDeviation = 0.01;

    private readonly Parameter query;
    private readonly Parameter key;

    /// <summary>Creates the layer.</summary>
    /// <param name="channels">C, of both maps.</param>
    /// <param name="keys">k: length of a query and a key.</param>
    public ContextAttention(long channels, long keys)
        : base(nameof(ContextAttention))
    {
        query = new Parameter(empty(channels, keys));
        key = new Parameter(empty(channels, keys));
        nn.init.normal_(query, 0, InitialDeviation);
        nn.init.normal_(key, 0, InitialDeviation);
        register_parameter(nameof(query), query);
        register_parameter(nameof(key), key);
    }

    /// <summary>Adds context to the regions' maps.</summary>
    /// <param name="queries">[R, C, h, w] maps of regions.</param>
    /// <param name="context">[N, C, H, W] a map of each image.</param>
    /// <param name="regions">[R, 5], of which the first column says which image a region belongs to.</param>
    /// <returns>[R, C, h, w].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public override Tensor forward(Tensor queries, Tensor context, Tensor regions)
    {
        if (queries.shape is not [var r, var c, _, _] || context.shape is not [var images, var c2, _, _] || regions.shape is not [var r2, 5]
            || r != r2 || c != c2 || c != query.shape[0])
        {
            throw new ArgumentException(
                $"Queries [{string.Join(", ", queries.shape)}], context [{string.Join(", ", context.shape)}] and regions [{string.Join(", ", regions.shape)}] do not fit"
                + $" together: expected [R, {query.shape[0]}, h, w], [N, {query.shape[0]}, H, W] and [R, 5].");
        }
        using var scope = NewDisposeScope();
        var cells = queries.flatten(2).transpose(1, 2);
        var values = context.flatten(2).transpose(1, 2);
        var keys = values.matmul(key) / Math.Sqrt(key.shape[1]);
        var asked = cells.matmul(query);
        var owners = regions.select(1, 0);
        var (rows, answers) = (new List<Tensor>(), new List<Tensor>());
        // Image by image: the regions of one share keys and values, which would otherwise be repeated for each of them.
        for (var i = 0; i < images; i++)
        {
            var mine = owners.eq(i).nonzero().flatten();
            var of = asked.index_select(0, mine);
            var weights = of.flatten(0, 1).matmul(keys[i].transpose(0, 1)).softmax(-1);
            rows.Add(mine);
            answers.Add(weights.matmul(values[i]).view(mine.shape[0], cells.shape[1], c));
        }
        var answer = cat(answers, 0).index_select(0, cat(rows, 0).argsort(0));
        return (cells + answer).transpose(1, 2).reshape(queries.shape).MoveToOuterDisposeScope();
    }
}
