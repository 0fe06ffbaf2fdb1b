// Annotated images as every format delivers them: class names, samples with clean boxes, and what was wrong with the files.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>One annotated object of an image.</summary>
/// <param name="ClassIndex">Foreground class, counted from 0.</param>
/// <param name="Box">Where, in pixels of the original image; inside it and with an area.</param>
/// <param name="Difficult">
/// Marked as hard to recognise (VOC): evaluation neither rewards nor punishes finding it, and in training default boxes over it learn nothing.
/// </param>
/// <param name="Crowd">A group of objects in one box: never a training target (COCO).</param>
public readonly record struct GroundTruthBox(int ClassIndex, Box Box, bool Difficult, bool Crowd)
{
    /// <summary>Further labels by name; null where there are none.</summary>
    public IReadOnlyDictionary<string, ObjectLabel>? Labels { get; init; }

    /// <summary>Area in square pixels by which COCO tells small from large objects, of a mask where there is one; the box's where it is null.</summary>
    public double? Area { get; init; }
}

/// <summary>One image with its objects.</summary>
/// <param name="ImagePath">The image file.</param>
/// <param name="Width">Columns, after the orientation that the camera recorded is applied, as <see cref="RgbImage.Load"/> does.</param>
/// <param name="Height">Rows, likewise.</param>
/// <param name="Boxes">The objects; empty for an image of background alone.</param>
public sealed record DataSample(string ImagePath, int Width, int Height, ImmutableArray<GroundTruthBox> Boxes)
{
    /// <summary>Number of the image in the files (COCO); null for formats without any.</summary>
    public long? Id { get; init; }

    /// <summary>The image; null when it cannot be read.</summary>
    internal RgbImage? LoadOrNull()
    {
        try
        {
            return RgbImage.Load(ImagePath);
        }
        catch (ImageReadException)
        {
            return null;
        }
    }
}

/// <summary>Something in the data that had to be repaired or left out.</summary>
/// <param name="File">The file that is to blame.</param>
/// <param name="Problem">What is wrong with it and what was done, in one sentence without the file's name.</param>
/// <param name="Skipped">Something was left out: the whole image when <paramref name="Boxes"/> is 0, otherwise that many boxes.</param>
/// <param name="Boxes">Number of boxes concerned; 0 when it is the file as a whole.</param>
public sealed record DataProblem(string File, string Problem, bool Skipped, int Boxes = 0)
{
    /// <summary>The file, a colon and the problem.</summary>
    public override string ToString() => $"{File}: {Problem}";
}

/// <summary>How a folder writes down its objects.</summary>
public enum DatasetFormat
{
    /// <summary>Pascal VOC: one XML file per image and lists of image names per split.</summary>
    Voc,

    /// <summary>COCO: one JSON file per split.</summary>
    Coco,

    /// <summary>YOLO: one text file per image with normalised centre boxes.</summary>
    Yolo,
}

/// <summary>One split of a data set, in memory without its pixels.</summary>
public sealed record DetectionDataset
{
    /// <summary>Names of the foreground classes; <see cref="GroundTruthBox.ClassIndex"/> counts them.</summary>
    public required ImmutableArray<string> ClassNames { get; init; }

    /// <summary>Numbers of the classes in the files, by their names; null for formats without any.</summary>
    public IReadOnlyDictionary<string, long>? ClassIds { get; init; }

    /// <summary>The images, in the order of the split.</summary>
    public required ImmutableArray<DataSample> Samples { get; init; }

    /// <summary>What was repaired or left out, file by file.</summary>
    public ImmutableArray<DataProblem> Problems { get; init; } = [];

    /// <summary>Which format was recognised and by which files, in one sentence; empty for a set made in memory.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The same with every difficult object an ordinary one: learnt in training, counted in evaluation.</summary>
    public DetectionDataset WithDifficultAsOrdinary() => this with
    {
        Samples = [.. Samples.Select(sample => sample with { Boxes = [.. sample.Boxes.Select(box => box with { Difficult = false })] })],
    };

    /// <summary>Number of boxes of each class, in the order of <see cref="ClassNames"/>.</summary>
    public ImmutableArray<int> CountBoxes()
    {
        var counts = new int[ClassNames.Length];
        foreach (var box in Samples.SelectMany(sample => sample.Boxes))
        {
            counts[box.ClassIndex]++;
        }
        return [.. counts];
    }

    /// <summary>One line for reports: images, boxes per class, problems.</summary>
    public string Summarize()
    {
        var counts = CountBoxes();
        var classes = string.Join(", ", ClassNames.Select((name, i) => FormattableString.Invariant($"{name} {counts[i]}")));
        var problems = Problems.IsEmpty ? "" : FormattableString.Invariant($"; {Problems.Length} {(Problems.Length == 1 ? "problem" : "problems")}");
        return FormattableString.Invariant($"{Samples.Length} images, {counts.Sum()} boxes ({classes}){problems}");
    }
}

/// <summary>A folder holds no data set that can be used; the message names the file or lists what was looked for.</summary>
public sealed class DatasetException : Exception
{
    internal DatasetException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
