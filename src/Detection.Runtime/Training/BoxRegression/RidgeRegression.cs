// Least squares with a penalty on the length of the weights, in closed form, from examples that come in parts.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Weights β that minimise |X β - Y|² + λ |β|², with a column of ones in X whose weights, the biases, are penalised too. Only the sums of products are kept, so that
/// memory does not grow with the number of examples. In double precision.
/// </summary>
public sealed class RidgeRegression : IDisposable
{
    // Sums of few examples at a time would cost as much as those of many: the matrix of squares is large, whatever is added to it.
    private const int Together = 512;

    private readonly Tensor squares;
    private readonly Tensor products;
    private readonly List<(Tensor Features, Tensor Targets)> waiting = [];
    private long waitingRows;

    /// <summary>Begins without examples.</summary>
    /// <param name="features">D.</param>
    /// <param name="targets">T.</param>
    public RidgeRegression(int features, int targets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targets, 1);
        (Features, Targets) = (features, targets);
        squares = zeros([features + 1, features + 1], ScalarType.Float64).DetachFromDisposeScope();
        products = zeros([features + 1, targets], ScalarType.Float64).DetachFromDisposeScope();
    }

    /// <summary>D.</summary>
    public int Features { get; }

    /// <summary>T.</summary>
    public int Targets { get; }

    /// <summary>Examples so far.</summary>
    public long Examples { get; private set; }

    /// <summary>Takes examples in.</summary>
    /// <param name="features">[n, D].</param>
    /// <param name="targets">[n, T].</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Add(Tensor features, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        if (features.shape is not [var rows, var width] || width != Features || targets.shape is not [var others, var count] || others != rows || count != Targets)
        {
            throw new ArgumentException(
                $"Examples of {Features} features and {Targets} targets have the shapes [n, {Features}] and [n, {Targets}], not [{string.Join(", ", features.shape)}] and [{string.Join(", ", targets.shape)}].",
                nameof(features));
        }
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var x = cat([features.detach().cpu().to(ScalarType.Float64), ones([rows, 1], ScalarType.Float64)], 1);
        waiting.Add((x.DetachFromDisposeScope(), targets.detach().cpu().to(ScalarType.Float64, copy: true).DetachFromDisposeScope()));
        Examples += rows;
        waitingRows += rows;
        if (waitingRows >= Together)
        {
            Sum();
        }
    }

    // In place: a product beside the sums would take as much memory as these.
    private void Sum()
    {
        if (waiting.Count == 0)
        {
            return;
        }
        using var scope = NewDisposeScope();
        var x = cat([.. waiting.Select(part => part.Features)], 0);
        squares.addmm_(x.t(), x);
        products.addmm_(x.t(), cat([.. waiting.Select(part => part.Targets)], 0));
        Forget();
    }

    private void Forget()
    {
        foreach (var (features, targets) in waiting)
        {
            features.Dispose();
            targets.Dispose();
        }
        waiting.Clear();
        waitingRows = 0;
    }

    /// <summary>The best weights, by Cholesky's decomposition.</summary>
    /// <param name="penalty">λ, above 0.</param>
    /// <param name="shift">Subtracted from each target first, [T] numbers; nothing when null.</param>
    /// <param name="transform">[T, T] that the targets, as a row, are then multiplied with; nothing when null.</param>
    /// <returns>[D + 1, T] float64, the biases last; owned by the current dispose scope.</returns>
    public Tensor Solve(double penalty, Tensor? shift = null, Tensor? transform = null)
    {
        if (!(penalty > 0 && double.IsFinite(penalty)))
        {
            throw new ArgumentOutOfRangeException(nameof(penalty), penalty, "The penalty is a number above 0.");
        }
        using var gradients = no_grad();
        Sum();
        using var scope = NewDisposeScope();
        var wanted = products.alias();
        if (shift is not null)
        {
            // The column of ones holds the sums of the features.
            wanted = wanted - squares.narrow(1, Features, 1).mm(shift.view(1, Targets));
        }
        if (transform is not null)
        {
            wanted = wanted.mm(transform);
        }
        var factor = linalg.cholesky(squares + eye(Features + 1, dtype: ScalarType.Float64) * penalty);
        return wanted.cholesky_solve(factor).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose()
    {
        Forget();
        squares.Dispose();
        products.Dispose();
    }
}
