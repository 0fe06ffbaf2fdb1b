// Proposals that are found by the names of their images: what files hold, whoever wrote them, whatever the order of a data set.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Runtime;

/// <summary>Proposals of images, found by the names of the image files.</summary>
public sealed class ImageProposals
{
    internal const string Format = "detection-gen-image-proposals";

    private readonly Dictionary<string, (float[] Boxes, float[] Scores)> byName;

    /// <summary>Creates an empty collection.</summary>
    public ImageProposals()
        : this([])
    {
    }

    internal ImageProposals(Dictionary<string, (float[] Boxes, float[] Scores)> byName) => this.byName = byName;

    /// <summary>Number of images.</summary>
    public int Count => byName.Count;

    /// <summary>What made them, for reports; empty when unknown.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Reads files; an image of several has the proposals of the last.</summary>
    /// <param name="paths">
    /// Files of <see cref="Write"/>; other safetensors files with a tensor [r, 4] (x1, y1, x2, y2) or [r, 5] (and score) for each image, called as the image
    /// file, with or without ending; result files of COCO (<c>*.json</c>), whatever their categories; or lines (<c>*.txt</c>) of an image's name, score, left, top, right
    /// and bottom, as in result files of Pascal VOC. All in pixels of the image as it is shown.
    /// </param>
    /// <exception cref="DatasetException">A file cannot be read or holds something else; the message names it.</exception>
    public static ImageProposals Read(params IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var all = new Dictionary<string, (float[], float[])>(StringComparer.Ordinal);
        var origins = new List<string>();
        foreach (var path in paths)
        {
            var file = ProposalFiles.Read(path);
            foreach (var (name, proposals) in file.byName)
            {
                all[name] = proposals;
            }
            origins.Add(file.Origin.Length > 0 ? file.Origin : Path.GetFileName(path));
        }
        return new ImageProposals(all) { Origin = string.Join("; ", origins.Distinct(StringComparer.Ordinal)) };
    }

    /// <summary>Adds the proposals of a data set.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="proposals">Of each image its proposals.</param>
    /// <exception cref="ArgumentException">They are of another number of images.</exception>
    /// <exception cref="DatasetException">Two images have the same name.</exception>
    public void Add(DetectionDataset dataset, StoredProposals proposals)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(proposals);
        if (proposals.Boxes.Length != dataset.Samples.Length)
        {
            throw new ArgumentException($"Proposals of {proposals.Boxes.Length} images for {dataset.Samples.Length} images.", nameof(proposals));
        }
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < dataset.Samples.Length; i++)
        {
            var path = dataset.Samples[i].ImagePath;
            var name = Path.GetFileName(path);
            if (!paths.TryAdd(name, path))
            {
                throw new DatasetException($"{paths[name]} and {path} have the same name, and proposals are found by the names of images.");
            }
            byName[name] = (proposals.Boxes[i], proposals.Scores[i]);
        }
    }

    /// <summary>The proposals of the images of a data set, best first.</summary>
    /// <param name="dataset">The images, found by their file names, with or without ending, or by their numbers (COCO).</param>
    /// <param name="keep">Proposals of an image, at most; all when null.</param>
    /// <exception cref="DatasetException">There are images without proposals; an image with none at all, if that is so, must be there with an empty list.</exception>
    public StoredProposals Of(DetectionDataset dataset, int? keep = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var found = dataset.Samples.Select(sample => Find(sample.ImagePath, sample.Id)).ToArray();
        var absent = found.Count(entry => entry is null);
        if (absent > 0)
        {
            var first = dataset.Samples[Array.FindIndex(found, entry => entry is null)].ImagePath;
            throw new DatasetException(
                $"There are no proposals for {absent.ToString(CultureInfo.InvariantCulture)} of {found.Length.ToString(CultureInfo.InvariantCulture)} images, such as {first}. "
                + $"{(byName.Count == 0 ? "There are none at all" : $"Those that there are belong to images with names such as '{byName.Keys.Order(StringComparer.Ordinal).First()}'")}.");
        }
        var stored = new StoredProposals([.. found.Select(entry => entry!.Value.Boxes)], [.. found.Select(entry => entry!.Value.Scores)]);
        return keep is { } count ? stored.Best(count) : stored;
    }

    /// <summary>The proposals of an image, best first; null where there are none known.</summary>
    /// <param name="imagePath">The image file.</param>
    /// <param name="keep">How many, at most; all when null.</param>
    public IReadOnlyList<Box>? Of(string imagePath, int? keep = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagePath);
        if (Find(imagePath, null) is not { } entry)
        {
            return null;
        }
        var stored = new StoredProposals([entry.Boxes], [entry.Scores]);
        return (keep is { } count ? stored.Best(count) : stored).BoxesOf(0);
    }

    /// <summary>Writes a safetensors file: for each image a tensor [r, 5] of edges and score, under the image's name; with a checksum. It appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written; what was there is untouched.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RunStateFile.WriteChecked(path, [.. byName.Select(entry => Rows(entry.Key, entry.Value))], new Dictionary<string, string> { ["format"] = Format, ["origin"] = Origin });
    }

    private static StoredTensor Rows(string name, (float[] Boxes, float[] Scores) of)
    {
        var rows = new float[5 * of.Scores.Length];
        for (var i = 0; i < of.Scores.Length; i++)
        {
            of.Boxes.AsSpan(4 * i, 4).CopyTo(rows.AsSpan(5 * i));
            rows[5 * i + 4] = of.Scores[i];
        }
        return StoredTensor.Of(name, StoredDataType.Float32, [of.Scores.Length, 5], rows);
    }

    private (float[] Boxes, float[] Scores)? Find(string path, long? id)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        string?[] names =
        [
            Path.GetFileName(path), stem, id?.ToString(CultureInfo.InvariantCulture),
            // COCO's files are called by their numbers, with zeros before them.
            id is null && long.TryParse(stem, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
        ];
        foreach (var name in names)
        {
            if (name is not null && byName.TryGetValue(name, out var found))
            {
                return found;
            }
        }
        return null;
    }
}
