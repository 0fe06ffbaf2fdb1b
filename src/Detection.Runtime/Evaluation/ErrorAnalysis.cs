// Why a detector errs: false positives sorted into bad places, similar classes, other classes and background, and what each kind costs.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>What is wrong with a false positive.</summary>
public enum ErrorKind
{
    /// <summary>An object of the class, but badly placed or found before.</summary>
    Localization,

    /// <summary>An object of a similar class.</summary>
    Similar,

    /// <summary>An object of another class.</summary>
    Other,

    /// <summary>No object.</summary>
    Background,
}

/// <summary>Numbers of false positives of each kind.</summary>
/// <param name="Localization">Badly placed, or found before.</param>
/// <param name="Similar">Of a similar class.</param>
/// <param name="Other">Of another class.</param>
/// <param name="Background">No object.</param>
public readonly record struct ErrorCounts(int Localization, int Similar, int Other, int Background)
{
    /// <summary>All of them.</summary>
    public int Total => Localization + Similar + Other + Background;

    internal ErrorCounts Plus(ErrorKind kind) => kind switch
    {
        ErrorKind.Localization => this with { Localization = Localization + 1 },
        ErrorKind.Similar => this with { Similar = Similar + 1 },
        ErrorKind.Other => this with { Other = Other + 1 },
        _ => this with { Background = Background + 1 },
    };
}

/// <summary>The false positives among the best detections.</summary>
/// <param name="Detections">How many detections it took.</param>
/// <param name="Correct">Correct ones among them.</param>
/// <param name="Errors">False positives among them.</param>
public readonly record struct ErrorTrend(int Detections, int Correct, ErrorCounts Errors);

/// <summary>The errors of one class.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Objects">Objects that are not difficult.</param>
/// <param name="Best">The best detections, as many as there are objects.</param>
/// <param name="ByErrors">What the first 25, 50 ... 3,200 false positives are; fewer entries where there are fewer.</param>
/// <param name="ByDetections">The best detections: 1/8, 1/4 ... 8 times as many as objects.</param>
/// <param name="AveragePrecision">Normalised average precision.</param>
/// <param name="Without">The same, had the detector not made errors of a kind; for bad places, had it placed them well.</param>
public sealed record ClassErrors(
    string ClassName, int Objects, ErrorTrend Best, ImmutableArray<ErrorTrend> ByErrors, ImmutableArray<ErrorTrend> ByDetections,
    double AveragePrecision, ImmutableDictionary<ErrorKind, double> Without);

/// <summary>
/// Diagnosis of detectors after Hoiem, Chodpathumwan and Dai, Diagnosing Error in Object Detectors (ECCV 2012), sections 2 and 3. In order of score a
/// detection takes the object of its class that it overlaps most among those that are still free; without a free one from IoU 0.5 on it is false.
/// A false positive is badly placed when it overlaps an object of its class by 0.1, else of a similar class when it overlaps one of those, else of another one,
/// else background. Average precision is normalised to the same number of objects for all classes.
/// </summary>
/// <param name="InclusivePixels">Boxes are of whole pixels, both edges included, so that widths are x2 - x1 + 1.</param>
public sealed record ErrorAnalysis(bool InclusivePixels = false)
{
    private const double Strong = 0.5;
    private const double Weak = 0.1;

    // Objects of a class for each image, to which precision is normalised.
    private const double NormalObjects = 0.15;

    /// <summary>Groups of classes that look alike; the groups of Pascal VOC's classes by default (section 2 there).</summary>
    public ImmutableArray<ImmutableArray<string>> SimilarClasses { get; init; } =
    [
        ["aeroplane", "bicycle", "boat", "bus", "car", "motorbike", "train"],
        ["bird", "cat", "cow", "dog", "horse", "sheep", "person"],
        ["chair", "diningtable", "sofa"],
        ["aeroplane", "bird"],
    ];

    /// <summary>Analyses the detections of all classes.</summary>
    /// <param name="classNames">Names of the classes.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="detections">The detections; of equal scores the first comes first.</param>
    public ImmutableArray<ClassErrors> Run(
        IReadOnlyList<string> classNames, int images, IReadOnlyCollection<LabelledObject> objects, IReadOnlyCollection<ScoredDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(detections);
        var byImage = objects.ToLookup(o => o.Image);
        var byClass = detections.ToLookup(d => d.ClassIndex);
        var results = new ClassErrors[classNames.Count];
        Parallel.For(0, results.Length, c =>
            results[c] = Class(c, classNames[c], images, byImage, [.. byClass[c].OrderByDescending(d => d.Score)], Alike(c, classNames)));
        return [.. results];
    }

    /// <summary>Tells false positives apart.</summary>
    /// <param name="classNames">Names of the classes.</param>
    /// <param name="objects">The objects.</param>
    /// <returns>The kind of a detection that is known to be a false positive.</returns>
    internal Func<ScoredDetection, ErrorKind> Kinds(IReadOnlyList<string> classNames, IEnumerable<LabelledObject> objects)
    {
        var byImage = objects.ToLookup(o => o.Image);
        HashSet<int>[] alike = [.. Enumerable.Range(0, classNames.Count).Select(c => Alike(c, classNames))];
        return detection => KindOf(detection, detection.ClassIndex, byImage, alike[detection.ClassIndex]);
    }

    private HashSet<int> Alike(int index, IReadOnlyList<string> classNames)
    {
        var similar = SimilarClasses.Where(g => g.Contains(classNames[index])).SelectMany(g => g).ToHashSet(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, classNames.Count).Where(k => k != index && similar.Contains(classNames[k]))];
    }

    private ClassErrors Class(int index, string name, int images, ILookup<int, LabelledObject> byImage, ScoredDetection[] found, HashSet<int> alike)
    {
        var total = byImage.Sum(g => g.Count(o => o.ClassIndex == index && !o.Difficult));
        var labels = Match(index, byImage, found, Strong, out _);
        var kinds = found.Select((d, i) => labels[i] == Label.False ? KindOf(d, index, byImage, alike) : (ErrorKind?)null).ToArray();
        var without = ImmutableDictionary.CreateBuilder<ErrorKind, double>();
        foreach (var kind in new[] { ErrorKind.Similar, ErrorKind.Other, ErrorKind.Background })
        {
            without[kind] = Normalised([.. labels.Where((_, i) => kinds[i] != kind)], total, images);
        }
        var weak = Match(index, byImage, found, Weak, out var duplicates);
        without[ErrorKind.Localization] = Normalised([.. weak.Where((_, i) => !duplicates[i])], total, images);
        return new ClassErrors(
            name, total, Trend(labels, kinds, total),
            [.. new[] { 25, 50, 100, 200, 400, 800, 1600, 3200 }.TakeWhile(n => n <= kinds.Count(k => k is not null)).Select(n => Trend(labels, kinds, RankOf(kinds, n)))],
            [.. new[] { 0.125, 0.25, 0.5, 1, 2, 4, 8 }.Select(f => Trend(labels, kinds, (int)Math.Round(f * total, MidpointRounding.AwayFromZero)))],
            Normalised(labels, total, images), without.ToImmutable());
    }

    private enum Label
    {
        Correct,
        Difficult,
        False,
    }

    private Label[] Match(int index, ILookup<int, LabelledObject> byImage, ScoredDetection[] found, double threshold, out bool[] duplicates)
    {
        var taken = new Dictionary<int, bool[]>();
        var labels = new Label[found.Length];
        duplicates = new bool[found.Length];
        for (var i = 0; i < found.Length; i++)
        {
            LabelledObject[] truth = [.. byImage[found[i].Image]];
            if (!taken.TryGetValue(found[i].Image, out var used))
            {
                taken[found[i].Image] = used = new bool[truth.Length];
            }
            var (best, overlap) = (-1, 0.0);
            for (var g = 0; g < truth.Length; g++)
            {
                if (truth[g].ClassIndex != index || BoxEdges.Overlap(found[i].Box, truth[g].Box, InclusivePixels) is var own && own < threshold)
                {
                    continue;
                }
                if (used[g])
                {
                    duplicates[i] = true;
                }
                else if (own > overlap)
                {
                    (best, overlap) = (g, own);
                }
            }
            labels[i] = best < 0 ? Label.False : truth[best].Difficult ? Label.Difficult : Label.Correct;
            if (best >= 0)
            {
                used[best] = true;
                duplicates[i] = false;
            }
        }
        return labels;
    }

    private ErrorKind KindOf(in ScoredDetection detection, int index, ILookup<int, LabelledObject> byImage, HashSet<int> alike)
    {
        var kind = ErrorKind.Background;
        foreach (var other in byImage[detection.Image])
        {
            if (BoxEdges.Overlap(detection.Box, other.Box, InclusivePixels) >= Weak)
            {
                var own = other.ClassIndex == index ? ErrorKind.Localization : alike.Contains(other.ClassIndex) ? ErrorKind.Similar : ErrorKind.Other;
                kind = own < kind ? own : kind;
            }
        }
        return kind;
    }

    private static ErrorTrend Trend(Label[] labels, ErrorKind?[] kinds, int detections)
    {
        var (correct, errors) = (0, default(ErrorCounts));
        var count = Math.Min(detections, labels.Length);
        for (var i = 0; i < count; i++)
        {
            correct += labels[i] == Label.Correct ? 1 : 0;
            errors = kinds[i] is { } kind ? errors.Plus(kind) : errors;
        }
        return new ErrorTrend(count, correct, errors);
    }

    // How many detections it takes to make so many errors.
    private static int RankOf(ErrorKind?[] kinds, int errors)
    {
        var seen = 0;
        for (var i = 0; i < kinds.Length; i++)
        {
            seen += kinds[i] is null ? 0 : 1;
            if (seen == errors)
            {
                return i + 1;
            }
        }
        return kinds.Length;
    }

    private static double Normalised(Label[] labels, int total, int images)
    {
        if (total == 0)
        {
            return double.NaN;
        }
        var precision = new double[labels.Length];
        var (hits, errors) = (0, 0);
        for (var i = 0; i < labels.Length; i++)
        {
            hits += labels[i] == Label.Correct ? 1 : 0;
            errors += labels[i] == Label.False ? 1 : 0;
            var weighted = hits * NormalObjects * images / total;
            precision[i] = weighted == 0 ? 0 : weighted / (errors + weighted);
        }
        var (best, sum) = (0.0, 0.0);
        for (var i = labels.Length - 1; i >= 0; i--)
        {
            best = Math.Max(best, precision[i]);
            sum += labels[i] == Label.Correct ? best : 0;
        }
        return sum / total;
    }
}
