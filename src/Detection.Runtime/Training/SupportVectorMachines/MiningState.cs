// The mining of hard negatives between two images, as tensors: features of a region are kept once, however many classes find it hard.
namespace Detection.Runtime;

/// <summary>All that is known of a class's machine between two images, but the positives.</summary>
/// <param name="Solution">The last training; null before it.</param>
/// <param name="Trainings">Times that the machine was trained.</param>
/// <param name="AddedSinceTraining">Negatives that were added since the last training.</param>
/// <param name="Negatives">The negatives that are kept, in their order.</param>
internal sealed record HardNegativeState(SupportVectorSolution? Solution, int Trainings, int AddedSinceTraining, IReadOnlyList<NegativeExample> Negatives);

/// <summary>Writes and reads the states of all classes.</summary>
internal static class MiningState
{
    /// <param name="nextImage">Images that are done.</param>
    /// <param name="scale">What features are multiplied with.</param>
    /// <param name="classes">A state for each class.</param>
    /// <param name="features">Number of features.</param>
    public static FittingState Of(int nextImage, double scale, IReadOnlyList<HardNegativeState> classes, int features)
    {
        var rows = new Dictionary<ExamplePlace, int>();
        var unique = new List<float[]>();
        var tensors = new List<StoredTensor> { StoredTensor.Of("scale", StoredDataType.Float64, [1], [scale]) };
        for (var c = 0; c < classes.Count; c++)
        {
            var state = classes[c];
            var places = new int[3 * state.Negatives.Count];
            for (var i = 0; i < state.Negatives.Count; i++)
            {
                var (place, of) = state.Negatives[i];
                if (!rows.TryGetValue(place, out var row))
                {
                    rows.Add(place, row = unique.Count);
                    unique.Add(of);
                }
                (places[3 * i], places[3 * i + 1], places[3 * i + 2]) = (place.Image, place.Region, row);
            }
            tensors.Add(StoredTensor.Of($"{c}.negatives", StoredDataType.Int32, [state.Negatives.Count, 3], places));
            tensors.Add(StoredTensor.Of($"{c}.counts", StoredDataType.Int32, [2], [state.Trainings, state.AddedSinceTraining]));
            double[] solution = state.Solution is { } s ? [s.Objective, s.Bound, s.Passes, s.Machine.Bias, .. s.Machine.Weights] : [];
            tensors.Add(StoredTensor.Of($"{c}.solution", StoredDataType.Float64, [solution.Length], solution));
        }
        tensors.Add(StoredTensor.Of("features", StoredDataType.Float32, [unique.Count, features], [.. unique.SelectMany(row => row)]));
        return new FittingState(nextImage, tensors);
    }

    /// <summary>Reads what <see cref="Of"/> wrote.</summary>
    public static (double Scale, HardNegativeState[] Classes) Read(FittingState state, int classes, int features)
    {
        var all = state.Values<float>("features");
        var rows = new float[all.Length / features][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = all.AsSpan(i * features, features).ToArray();
        }
        return (state.Values<double>("scale")[0], [.. Enumerable.Range(0, classes).Select(c =>
        {
            var (places, counts, solution) = (state.Values<int>($"{c}.negatives"), state.Values<int>($"{c}.counts"), state.Values<double>($"{c}.solution"));
            return new HardNegativeState(
                solution.Length == 0 ? null : new SupportVectorSolution(new LinearMachine(solution[4..], solution[3]), solution[0], solution[1], (int)solution[2]),
                counts[0], counts[1],
                [.. Enumerable.Range(0, places.Length / 3).Select(i => new NegativeExample(new ExamplePlace(places[3 * i], places[3 * i + 1]), rows[places[3 * i + 2]]))]);
        })]);
    }
}
