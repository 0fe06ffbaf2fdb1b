// Files of proposals: our own and the formats in which other programs hand boxes over.
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Detection.Runtime;

/// <summary>Reads files of proposals.</summary>
internal static class ProposalFiles
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <exception cref="DatasetException">It cannot be read or is not what it should be.</exception>
    public static ImageProposals Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: there is no such file of proposals.");
        }
        try
        {
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".json" => new ImageProposals(ReadJson(path).Sorted()),
                ".txt" => new ImageProposals(ReadLines(path).Sorted()),
                ".safetensors" => ReadTensors(path),
                _ => throw new DatasetException($"{path}: proposals are read from .safetensors, .json (COCO's results) and .txt (image, score, left, top, right, bottom) files."),
            };
        }
        catch (WeightFileException e)
        {
            throw new DatasetException(e.Message, e);
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{path}: is no list of proposals in COCO's format of results: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: the file cannot be read: {e.Message}", e);
        }
    }

    private static ImageProposals ReadTensors(string path)
    {
        var file = Safetensors.Read(path);
        var format = file.Metadata.GetValueOrDefault("format");
        if (format == ImageProposals.Format)
        {
            file = RunStateFile.ReadChecked(path);
        }
        var rows = new Rows(path);
        foreach (var tensor in file.Tensors)
        {
            if (tensor.Shape is not [_, 4 or 5] || !StoredDataTypes.IsFloat(tensor.DataType))
            {
                throw new DatasetException(
                    $"{path}: the tensor '{tensor.Name}' is {tensor.DataType} [{string.Join(", ", tensor.Shape)}]; proposals of an image are floats [r, 4] or [r, 5]: x1, y1, x2, y2 and a score.");
            }
            var values = Floats(tensor);
            var (columns, count) = ((int)tensor.Shape[1], (int)tensor.Shape[0]);
            rows.Begin(tensor.Name);
            for (var i = 0; i < count; i++)
            {
                var row = values.AsSpan(columns * i, columns);
                // Without scores the order counts.
                rows.Add(tensor.Name, row[0], row[1], row[2], row[3], columns == 5 ? row[4] : 1 - (float)i / count);
            }
        }
        return new ImageProposals(rows.Sorted()) { Origin = file.Metadata.GetValueOrDefault("origin") ?? "" };
    }

    private static float[] Floats(StoredTensor tensor)
    {
        if (tensor.DataType == StoredDataType.Float32 || tensor.Count == 0)
        {
            return tensor.Values<float>();
        }
        using var scope = TorchSharp.torch.NewDisposeScope();
        return tensor.ToTensor().to(TorchSharp.torch.ScalarType.Float32).data<float>().ToArray();
    }

    // Results of a whole training set are gigabytes: one after the other, never the document as a whole.
    private static Rows ReadJson(string path)
    {
        var rows = new Rows(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var number = 0;
        foreach (var item in JsonSerializer.DeserializeAsyncEnumerable<Result>(stream, Options).ToBlockingEnumerable())
        {
            if (item?.Bbox is not { Length: 4 } box || item.ImageId is not { } image)
            {
                throw new DatasetException($"{path}: proposal {number} has not both image_id and bbox of four numbers.");
            }
            // Without scores the order counts.
            rows.Add(
                image.ToString(CultureInfo.InvariantCulture), (float)box[0], (float)box[1], (float)(box[0] + box[2]), (float)(box[1] + box[3]), (float)(item.Score ?? -number));
            number++;
        }
        return rows;
    }

    private static Rows ReadLines(string path)
    {
        var rows = new Rows(path);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                var (image, score, edges) = ResultFiles.ReadLine(path, number, line);
                rows.Add(image, (float)edges.X1, (float)edges.Y1, (float)edges.X2, (float)edges.Y2, (float)score);
            }
        }
        return rows;
    }

    private sealed record Result(long? ImageId, double[]? Bbox, double? Score);

    // Boxes of images in the order of a file.
    private sealed class Rows(string path)
    {
        private readonly Dictionary<string, List<(float X1, float Y1, float X2, float Y2, float Score)>> byImage = new(StringComparer.Ordinal);

        /// <summary>An image that may be without any.</summary>
        public void Begin(string image) => CollectionsMarshal.GetValueRefOrAddDefault(byImage, image, out _) ??= [];

        public void Add(string image, float x1, float y1, float x2, float y2, float score)
        {
            if (!float.IsFinite(x1) || !float.IsFinite(y1) || !float.IsFinite(x2) || !float.IsFinite(y2) || float.IsNaN(score))
            {
                throw new DatasetException($"{path}: a proposal of image '{image}' has an edge or a score that is no number.");
            }
            (CollectionsMarshal.GetValueRefOrAddDefault(byImage, image, out _) ??= []).Add((x1, y1, x2, y2, score));
        }

        /// <summary>Of each image boxes and scores, best first; of equal scores the first comes first.</summary>
        public Dictionary<string, (float[] Boxes, float[] Scores)> Sorted() => byImage.ToDictionary(
            entry => entry.Key,
            entry =>
            {
                var sorted = entry.Value.OrderByDescending(row => row.Score).ToArray();
                return (sorted.SelectMany(row => new[] { row.X1, row.Y1, row.X2, row.Y2 }).ToArray(), sorted.Select(row => row.Score).ToArray());
            },
            StringComparer.Ordinal);
    }
}
