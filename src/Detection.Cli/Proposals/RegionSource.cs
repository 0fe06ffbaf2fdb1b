// Where given regions come from: files, or a search for them now.
using System.Diagnostics;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>Regions of images: those of files, or what selective search finds.</summary>
internal sealed class RegionSource
{
    public const string SelectiveSearchName = "selective-search";

    private readonly ImageProposals? files;
    private readonly SelectiveSearch search;
    private readonly int? limit;

    private RegionSource(ImageProposals? files, SelectiveSearch search, int? limit) => (this.files, this.search, this.limit) = (files, search, limit);

    /// <summary>For reports.</summary>
    public string Origin => files?.Origin ?? Describe(search);

    /// <param name="given">What stands behind <c>--proposals</c>: files, or the name of the search alone.</param>
    /// <param name="limit">Regions of an image, at most, as the spec says; null for no limit.</param>
    /// <exception cref="DatasetException">A file cannot be read.</exception>
    public static RegionSource Open(IReadOnlyList<string> given, int? limit)
    {
        var search = new SelectiveSearch();
        return given is [SelectiveSearchName]
            ? new RegionSource(null, search with { Keep = limit ?? search.Keep }, limit)
            : new RegionSource(ImageProposals.Read([.. given]), search, limit);
    }

    /// <summary>What a search does, in a line.</summary>
    public static string Describe(SelectiveSearch search) => string.Join(", ",
        "selective search", search.Quality ? "quality" : "fast", search.Width is { } width ? $"width {Figures.Count(width)}" : "own size",
        $"scale {Figures.Count(search.Scale)}", $"sides from {Figures.Count(search.MinimumSide)}", $"at most {Figures.Count(search.Keep)}", $"seed {Figures.Count(search.Seed)}");

    /// <summary>The regions of data sets, one after the other.</summary>
    /// <param name="parts">The data sets with their names.</param>
    /// <param name="store">What a search finds is kept in this file, and read from it where a resumed run finds it there; null to keep nothing.</param>
    /// <param name="terminal">Where progress shows.</param>
    /// <param name="quietOutput">Standard output is kept for a JSON document.</param>
    /// <param name="cancellation">Stops between two images.</param>
    /// <exception cref="DatasetException">Files have no regions for some images.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<StoredProposals> For(
        IReadOnlyList<(string Name, DetectionDataset Dataset)> parts, string? store, Terminal terminal, bool quietOutput, CancellationToken cancellation)
    {
        if (files is not null)
        {
            return [.. parts.Select(part => files.Of(part.Dataset, limit))];
        }
        if (store is not null && Stored(store, parts) is { } kept)
        {
            return kept;
        }
        var all = new ImageProposals { Origin = Origin };
        var found = new List<StoredProposals>();
        foreach (var (name, dataset) in parts)
        {
            var clock = Stopwatch.StartNew();
            terminal.WithProgress($"searching regions of {name}", dataset.Samples.Length, quietOutput, step => found.Add(search.Compute(dataset, new EachStep(step), cancellation)));
            all.Add(dataset, found[^1]);
            terminal.ErrorLine(
                $"{name}: {Figures.Plural(found[^1].Scores.Sum(of => of.Length), "region")} of {Figures.Plural(dataset.Samples.Length, "image")} in {TrainingDisplay.Time(clock.Elapsed)}");
        }
        if (store is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(store))!);
            all.Write(store);
        }
        return found;
    }

    /// <summary>The regions of an image.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="image">The image.</param>
    /// <returns>Null where files have none for it.</returns>
    public IReadOnlyList<Box>? Of(string path, RgbImage image) =>
        files is not null ? files.Of(path, limit) : [.. search.Propose(image).Select(region => region.Box)];

    // What another search has found, or in other images, is of no use.
    private StoredProposals[]? Stored(string store, IReadOnlyList<(string Name, DetectionDataset Dataset)> parts)
    {
        try
        {
            return File.Exists(store) && ImageProposals.Read(store) is var kept && kept.Origin == Origin ? [.. parts.Select(part => kept.Of(part.Dataset))] : null;
        }
        catch (DatasetException)
        {
            return null;
        }
    }
}
