// From annotations as written down to clean samples: image headers are read, boxes checked and cut, classes looked up, problems collected.
using System.Collections.Immutable;

namespace Detection.Runtime;

internal static class DatasetAssembly
{
    // Rounding of annotation tools may reach this far beyond the image without being worth a word.
    private const double Tolerance = 0.5;

    /// <summary>Checks every image and box.</summary>
    /// <param name="folder">What the format's reader found.</param>
    /// <param name="classNames">Names of the classes; the index counts them.</param>
    /// <param name="origin">How the format was recognised.</param>
    public static DetectionDataset Build(AnnotatedFolder folder, IReadOnlyList<string> classNames, string origin)
    {
        var classes = classNames.Select((name, index) => (name, index)).ToDictionary(entry => entry.name, entry => entry.index, StringComparer.Ordinal);
        var samples = new DataSample?[folder.Images.Count];
        var problems = new List<DataProblem>[folder.Images.Count];
        Parallel.For(0, samples.Length, i => (samples[i], problems[i]) = Check(folder.Images[i], classes, classNames));
        return new DetectionDataset
        {
            ClassNames = [.. classNames],
            ClassIds = folder.ClassIds,
            Samples = [.. samples.OfType<DataSample>()],
            Problems = [.. folder.Problems, .. problems.SelectMany(list => list)],
            Origin = origin,
        };
    }

    private static (DataSample? Sample, List<DataProblem> Problems) Check(
        AnnotatedImage image, Dictionary<string, int> classes, IReadOnlyList<string> classNames)
    {
        var problems = new List<DataProblem>();
        ImageHeader header;
        try
        {
            header = ImageHeader.Read(image.ImagePath, RgbImage.ReadFile(image.ImagePath));
        }
        catch (ImageReadException e)
        {
            problems.Add(new DataProblem(e.Path, $"{e.Problem} The image is left out.", Skipped: true));
            return (null, problems);
        }
        var (width, height) = (header.Width, header.Height);
        // Tools that ignore the camera's orientation annotate the image as stored.
        var asStored = header.IsTurned && image.Width == header.StoredWidth && image.Height == header.StoredHeight && width != height;
        if (asStored)
        {
            problems.Add(new DataProblem(
                image.AnnotationFile,
                $"the boxes are of the image as stored ({image.Width}x{image.Height}); they were turned upright with it ({width}x{height}).",
                Skipped: false, image.Objects.Count));
        }
        else if (image is { Width: > 0, Height: > 0 } && (image.Width, image.Height) != (width, height))
        {
            problems.Add(new DataProblem(
                image.AnnotationFile,
                $"says that the image has {image.Width}x{image.Height} pixels, but it has {width}x{height}; its boxes are taken as they are.",
                Skipped: false, image.Objects.Count));
        }

        var boxes = ImmutableArray.CreateBuilder<GroundTruthBox>(image.Objects.Count);
        var (cut, flat, outside, notNumbers) = (0, 0, 0, 0);
        var unknown = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var found in image.Objects)
        {
            if (!classes.TryGetValue(found.ClassName, out var classIndex))
            {
                unknown[found.ClassName] = unknown.GetValueOrDefault(found.ClassName) + 1;
                continue;
            }
            var (scaleX, scaleY) = image.InFractions ? (width, height) : (1, 1);
            var (x1, y1, x2, y2) = (found.X1 * scaleX, found.Y1 * scaleY, found.X2 * scaleX, found.Y2 * scaleY);
            if (!double.IsFinite(x1) || !double.IsFinite(y1) || !double.IsFinite(x2) || !double.IsFinite(y2))
            {
                notNumbers++;
                continue;
            }
            if (!((float)x2 > (float)x1 && (float)y2 > (float)y1))
            {
                flat++;
                continue;
            }
            var box = new Box((float)x1, (float)y1, (float)x2, (float)y2);
            box = asStored ? header.ToUpright(box) : box;
            var inside = new Box(Math.Max(box.X1, 0), Math.Max(box.Y1, 0), Math.Min(box.X2, width), Math.Min(box.Y2, height));
            if (!(inside.Width > 0 && inside.Height > 0))
            {
                outside++;
                continue;
            }
            cut += box.X1 < -Tolerance || box.Y1 < -Tolerance || box.X2 > width + Tolerance || box.Y2 > height + Tolerance ? 1 : 0;
            boxes.Add(new GroundTruthBox(classIndex, inside, found.Difficult, found.Crowd)
            {
                Area = found.Area,
                Labels = asStored ? found.Labels?.ToDictionary(label => label.Key, label => Upright(label.Value, header)) : found.Labels,
            });
        }

        void Report(int count, string one, string many, bool skipped)
        {
            if (count > 0)
            {
                problems.Add(new DataProblem(image.AnnotationFile, count == 1 ? $"one box {one}" : $"{count} boxes {many}", skipped, count));
            }
        }
        var extent = $"the image ({width}x{height})";
        Report(cut, $"reaches outside {extent} and was cut to it.", $"reach outside {extent} and were cut to it.", false);
        Report(flat, "without an area was left out.", "without an area were left out.", true);
        Report(outside, $"outside {extent} was left out.", $"outside {extent} were left out.", true);
        Report(notNumbers, "whose corners are not numbers was left out.", "whose corners are not numbers were left out.", true);
        foreach (var (name, count) in unknown)
        {
            var (of, instead) = ($"of the unknown class '{name}'", Instead(name, classNames));
            Report(count, $"{of} was left out{instead}", $"{of} were left out{instead}", true);
        }
        return (new DataSample(image.ImagePath, width, height, boxes.ToImmutable()) { Id = image.Id }, problems);
    }

    private static string Instead(string name, IReadOnlyList<string> classNames) => NameSuggestions.For(name, classNames) switch
    {
        [] => $"; the classes are {string.Join(", ", classNames)}.",
        var close => $"; did you mean {string.Join(" or ", close.Select(known => $"'{known}'"))}?",
    };

    private static ObjectLabel Upright(ObjectLabel label, ImageHeader header)
    {
        var values = label.Values.ToArray();
        for (var i = 0; label.IsOfImage && i + 1 < values.Length; i += 2)
        {
            var point = header.ToUpright(new Box(values[i], values[i + 1], values[i], values[i + 1]));
            (values[i], values[i + 1]) = (point.X1, point.Y1);
        }
        return label with { Values = [.. values] };
    }
}
