// Selective search: proposals from the segments of an image, merged step by step. What R-CNN and Fast R-CNN look at.
using System.Collections.Immutable;
using OpenCvSharp;
using OpenCvSharp.XImgProc.Segmentation;

namespace Detection.Runtime;

/// <summary>
/// Proposes regions of any class by selective search (Uijlings et al., Selective Search for Object Recognition, IJCV 2013), as OpenCV implements it: the
/// image, in several colour spaces, is divided into segments of several scales, and the most similar neighbours are merged until one is left; the box of every
/// segment on the way is a proposal. The fast mode and the width of 500 pixels are R-CNN's (arXiv 1311.2524v5, sections 2.2 and 4.2).
/// </summary>
/// <remarks>
/// Segments that were merged late come first, on the whole: places in the order of area are multiplied by random numbers that depend on the seed alone. OpenCV's
/// own order hangs on a generator that all threads share.
/// </remarks>
public sealed record SelectiveSearch
{
    /// <summary>Columns that an image is resized to before the search; null for its own size.</summary>
    public int? Width { get; init; } = 500;

    /// <summary>Five colour spaces, four scales and four ways to compare segments, in place of two, three and two: more proposals in many times the time.</summary>
    public bool Quality { get; init; }

    /// <summary>
    /// Smallest scale of the first segments, the k of Felzenszwalb and Huttenlocher; the others are twice it, three times and so on. R-CNN's code has 50 and 100: twice to
    /// four times as many proposals as 150, in three times the time.
    /// </summary>
    public int Scale { get; init; } = 150;

    /// <summary>Deviation of the blur before the first segments, in pixels of the searched image.</summary>
    public float Sigma { get; init; } = 0.8f;

    /// <summary>Boxes narrower or lower than this are left out; pixels of the searched image.</summary>
    public int MinimumSide { get; init; } = 20;

    /// <summary>Proposals of an image, at most.</summary>
    public int Keep { get; init; } = 2000;

    /// <summary>Seed of the order.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Proposes regions in an image. May be called from several threads at once.</summary>
    /// <param name="image">The image.</param>
    /// <returns>Edges in pixels of the image, best first, scores from 1 down to 0.</returns>
    /// <exception cref="DllNotFoundException">This OpenCV is without its contributed module ximgproc.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of this record makes no sense.</exception>
    public ImmutableArray<ProposedRegion> Propose(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width ?? 1, 1, nameof(Width));
        ArgumentOutOfRangeException.ThrowIfLessThan(Scale, 1, nameof(Scale));
        ArgumentOutOfRangeException.ThrowIfNegative(Sigma, nameof(Sigma));
        ArgumentOutOfRangeException.ThrowIfNegative(MinimumSide, nameof(MinimumSide));
        ArgumentOutOfRangeException.ThrowIfNegative(Keep, nameof(Keep));
        var width = Width ?? image.Width;
        var height = Math.Max(1, (int)Math.Round((double)image.Height * width / image.Width));
        // Nothing is merged where there is one pixel, and OpenCV divides by the number of merges.
        Rect[] found = width == 1 && height == 1 ? [new Rect(0, 0, 1, 1)] : Search(image, width, height);
        var boxes = Ordered(found).Take(Keep).ToArray();
        var (x, y) = ((float)image.Width / width, (float)image.Height / height);
        return
        [
            .. boxes.Select((box, i) => new ProposedRegion(
                new Box(box.Left * x, box.Top * y, Math.Min(box.Right * x, image.Width), Math.Min(box.Bottom * y, image.Height)), 1 - (float)i / boxes.Length)),
        ];
    }

    /// <summary>Proposes regions in all images of a data set, on all processors.</summary>
    /// <param name="dataset">The images; one that cannot be read gets no proposals.</param>
    /// <param name="progress">Receives the number of images done, on any thread, one call at a time.</param>
    /// <param name="cancellation">Stops between two images.</param>
    /// <exception cref="DllNotFoundException">This OpenCV is without its contributed module ximgproc.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public StoredProposals Compute(DetectionDataset dataset, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var found = new ImmutableArray<ProposedRegion>[dataset.Samples.Length];
        var (done, gate) = (0, new Lock());
        try
        {
            Parallel.For(0, found.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                found[i] = dataset.Samples[i].LoadOrNull() is { } image ? Propose(image) : [];
                lock (gate)
                {
                    progress?.Report(++done);
                }
            });
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return StoredProposals.Of(found);
    }

    private Rect[] Search(RgbImage image, int width, int height)
    {
        using var searched = new Mat();
        image.Pinned(rgb => Cv2.CvtColor(rgb, searched, ColorConversionCodes.RGB2BGR));
        if (width != image.Width || height != image.Height)
        {
            using var own = searched.Clone();
            Cv2.Resize(own, searched, new Size(width, height), 0, 0, InterpolationFlags.Linear);
        }
        using var search = SelectiveSearchSegmentation.Create();
        search.SetBaseImage(searched);
        if (Quality)
        {
            search.SwitchToSelectiveSearchQuality(Scale, Scale, Sigma);
        }
        else
        {
            search.SwitchToSelectiveSearchFast(Scale, Scale, Sigma);
        }
        search.Process(out var found);
        return found;
    }

    private IEnumerable<Rect> Ordered(Rect[] found)
    {
        var random = new RandomStream(Seed);
        return found.Distinct()
            .OrderByDescending(box => (long)box.Width * box.Height).ThenBy(box => box.Top).ThenBy(box => box.Left).ThenBy(box => box.Width)
            .Select((box, place) => (box, place, rank: (place + 1) * random.NextDouble()))
            .Where(entry => entry.box.Width >= MinimumSide && entry.box.Height >= MinimumSide)
            .OrderBy(entry => entry.rank).ThenBy(entry => entry.place)
            .Select(entry => entry.box);
    }
}
