// Attention of regions to their image (Luo and Xiao, G-RCN, equation 1).
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Attention of the cells of regions to the cells of a map of their image.</summary>
public static class RegionAttention
{
    /// <summary>
    /// softmax(Q K^T / sqrt(k)) V: every cell of a region's map of queries asks every cell of its image's map of keys, and the values answer. One head.
    /// </summary>
    /// <param name="queries">[R, k, h, w], of regions.</param>
    /// <param name="keys">[N, k, H, W], of images.</param>
    /// <param name="values">[N, C, H, W], of images.</param>
    /// <param name="regions">[R, 5], of which the first column says which image a region belongs to.</param>
    /// <returns>[R, C, h, w].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor regions)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(regions);
        if (queries.shape is not [var r, var k, var h, var w] || keys.shape is not [var n, var k2, var rows, var columns]
            || values.shape is not [var n2, var c, var rows2, var columns2] || regions.shape is not [var r2, 5]
            || r != r2 || k != k2 || n != n2 || rows != rows2 || columns != columns2)
        {
            throw new ArgumentException(
                $"Queries {Text(queries)}, keys {Text(keys)}, values {Text(values)} and regions {Text(regions)} do not fit together: expected [R, k, h, w], [N, k, H, W], "
                + "[N, C, H, W] and [R, 5].");
        }
        using var scope = NewDisposeScope();
        var asked = (queries / Math.Sqrt(k)).flatten(2).transpose(1, 2);
        var owners = regions.select(1, 0);
        var (places, answers) = (new List<Tensor>(), new List<Tensor>());
        // Image by image: the regions of one share keys and values, which would otherwise be repeated for each of them.
        for (var i = 0; i < n; i++)
        {
            var mine = owners.eq(i).nonzero().flatten();
            var weights = asked.index_select(0, mine).flatten(0, 1).matmul(keys[i].flatten(1)).softmax(-1);
            places.Add(mine);
            answers.Add(weights.matmul(values[i].flatten(1).transpose(0, 1)).view(mine.shape[0], h * w, c));
        }
        return cat(answers, 0).index_select(0, cat(places, 0).argsort(0)).transpose(1, 2).reshape(r, c, h, w).MoveToOuterDisposeScope();
    }

    private static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
