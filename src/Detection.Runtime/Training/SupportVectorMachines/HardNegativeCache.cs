// The negatives that a class's machine learns from: hard ones are taken in, easy ones thrown out, and the machine is trained anew now and then.
namespace Detection.Runtime;

/// <summary>Rules of mining (Girshick et al., Rich feature hierarchies, section 2.3, and its code; Fast R-CNN, section 5.4, and its code).</summary>
public sealed record HardNegativeRules
{
    /// <summary>R-CNN's: the machine is trained on all negatives of the first image, then on those that it finds hard.</summary>
    public static HardNegativeRules RichFeatures { get; } = new();

    /// <summary>Fast R-CNN's: the machine begins at 0, which finds everything hard, until it is first trained; fewer negatives are kept.</summary>
    public static HardNegativeRules FastRichFeatures { get; } = new() { TrainsOnFirstImage = false, Evict = -1.1 };

    /// <summary>Overlap with every object of the class below which a region is a negative.</summary>
    public double NegativeOverlap { get; init; } = 0.3;

    /// <summary>A negative that the machine gives more than this is hard.</summary>
    public double Hard { get; init; } = -1.0001;

    /// <summary>After each training, negatives below this are thrown out.</summary>
    public double Evict { get; init; } = -1.2;

    /// <summary>The machine is trained once more negatives than this were added since the last time.</summary>
    public int RetrainAfter { get; init; } = 2000;

    /// <summary>Whether the first image's negatives are all taken and trained on at once.</summary>
    public bool TrainsOnFirstImage { get; init; } = true;
}

/// <summary>Where an example comes from.</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="Region">Number of the region in it.</param>
public readonly record struct ExamplePlace(int Image, int Region);

/// <summary>A negative with its features.</summary>
/// <param name="Place">Where it comes from.</param>
/// <param name="Features">D scaled features.</param>
public readonly record struct NegativeExample(ExamplePlace Place, float[] Features);

/// <summary>The examples of one class, and its machine.</summary>
/// <param name="rules">When negatives are taken and thrown out.</param>
/// <param name="solver">Trains the machine.</param>
/// <param name="positives">Features of the class's objects.</param>
/// <param name="features">Number of features.</param>
/// <param name="seed">Seed of the solver.</param>
public sealed class HardNegativeCache(HardNegativeRules rules, DualCoordinateDescent solver, IReadOnlyList<float[]> positives, int features, long seed = 0)
{
    private readonly HashSet<ExamplePlace> places = [];
    private List<NegativeExample> negatives = [];

    /// <summary>The machine; zero before it was trained.</summary>
    public LinearMachine Machine { get; private set; } = LinearMachine.Zero(features);

    /// <summary>The last training; null before it.</summary>
    public SupportVectorSolution? Solution { get; private set; }

    /// <summary>The negatives that are kept.</summary>
    public IReadOnlyList<NegativeExample> Negatives => negatives;

    /// <summary>Negatives that were added since the last training.</summary>
    public int AddedSinceTraining { get; private set; }

    /// <summary>Times that the machine was trained.</summary>
    public int Trainings { get; private set; }

    /// <summary>Whether a region is taken as a negative.</summary>
    /// <param name="overlap">Its greatest overlap with an object of the class; 0 without any.</param>
    /// <param name="value">What the machine gives for it.</param>
    /// <param name="isFirstImage">Whether it is in the first image.</param>
    public bool Takes(double overlap, double value, bool isFirstImage) =>
        overlap < rules.NegativeOverlap && ((isFirstImage && rules.TrainsOnFirstImage) || value > rules.Hard);

    /// <summary>Adds the negatives of an image, and trains the machine where it is time to.</summary>
    /// <param name="found">Regions that <see cref="Takes"/>; one that is kept already is left out.</param>
    /// <param name="isFirstImage">Whether they are of the first image.</param>
    /// <param name="isLastImage">Whether they are of the last image, after which the machine is trained in any case.</param>
    /// <returns>Whether the machine was trained.</returns>
    public bool Add(IEnumerable<NegativeExample> found, bool isFirstImage, bool isLastImage)
    {
        ArgumentNullException.ThrowIfNull(found);
        foreach (var example in found.Where(example => places.Add(example.Place)))
        {
            negatives.Add(example);
            AddedSinceTraining++;
        }
        var isDue = (isFirstImage && rules.TrainsOnFirstImage && negatives.Count > 0) || AddedSinceTraining > rules.RetrainAfter || isLastImage;
        if (!isDue || (positives.Count == 0 && negatives.Count == 0))
        {
            return false;
        }
        Train();
        return true;
    }

    internal HardNegativeState Capture() => new(Solution, Trainings, AddedSinceTraining, [.. negatives]);

    internal void Restore(HardNegativeState state)
    {
        (Solution, Trainings, AddedSinceTraining) = (state.Solution, state.Trainings, state.AddedSinceTraining);
        Machine = state.Solution?.Machine ?? LinearMachine.Zero(features);
        negatives = [.. state.Negatives];
        places.Clear();
        places.UnionWith(negatives.Select(example => example.Place));
    }

    private void Train()
    {
        Solution = solver.Solve(positives, [.. negatives.Select(n => n.Features)], seed + Trainings);
        Machine = Solution.Machine;
        Trainings++;
        AddedSinceTraining = 0;
        var kept = new List<NegativeExample>();
        foreach (var example in negatives)
        {
            if (Machine.ValueOf(example.Features) >= rules.Evict)
            {
                kept.Add(example);
            }
            else
            {
                places.Remove(example.Place);
            }
        }
        negatives = kept;
    }
}
