// Images of noise with light and dark rectangles, each with two marks inside, written to a folder for as long as a test needs them.
using System.Collections.Immutable;
using Detection.Runtime;

namespace Detection.Training.Tests;

/// <summary>Draws data sets.</summary>
internal sealed class ShapeImages : IDisposable
{
    public const int Side = 64;

    private readonly string folder = Directory.CreateTempSubdirectory("detection-shapes-").FullName;

    /// <summary>Images of a seed.</summary>
    public DetectionDataset Draw(int seed, int count)
    {
        var random = new Random(seed);
        return new DetectionDataset
        {
            ClassNames = ["light", "dark"],
            Samples = [.. Enumerable.Range(0, count).Select(i => DrawImage(random, Path.Combine(folder, $"{seed}-{i}.png")))],
        };
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static DataSample DrawImage(Random random, string path)
    {
        var pixels = new byte[3 * Side * Side];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.Next(110, 146);
        }
        var boxes = ImmutableArray.CreateBuilder<GroundTruthBox>();
        for (var tries = 0; tries < 20 && boxes.Count < 3; tries++)
        {
            var (w, h) = (random.Next(10, 30), random.Next(10, 30));
            var (x, y) = (random.Next(0, Side - w), random.Next(0, Side - h));
            var box = new Box(x, y, x + w, y + h);
            if (boxes.Any(other => box.X1 < other.Box.X2 + 2 && other.Box.X1 < box.X2 + 2 && box.Y1 < other.Box.Y2 + 2 && other.Box.Y1 < box.Y2 + 2))
            {
                continue;
            }
            boxes.Add(DrawObject(random, pixels, x, y, w, h));
        }
        new RgbImage(Side, Side, pixels).Save(path);
        return new DataSample(path, Side, Side, boxes.ToImmutable());
    }

    // The left mark is red and the right one blue; mirrored, they change places.
    private static GroundTruthBox DrawObject(Random random, byte[] pixels, int x, int y, int w, int h)
    {
        var isDark = random.Next(2);
        var shade = isDark == 1 ? random.Next(10, 60) : random.Next(190, 240);
        Fill(pixels, x, y, w, h, ((byte)shade, (byte)shade, (byte)shade));
        var height = random.Next(0, h - 4);
        Fill(pixels, x + 1, y + height, 4, 4, (255, 0, 0));
        Fill(pixels, x + w - 5, y + height, 4, 4, (0, 0, 255));
        return new GroundTruthBox(isDark, new Box(x, y, x + w, y + h), Difficult: false, Crowd: false)
        {
            Labels = new Dictionary<string, ObjectLabel>
            {
                ["marks"] = new(IsOfImage: true, [x + 3, y + height + 2, x + w - 3, y + height + 2]),
                ["brightness"] = new(IsOfImage: false, [shade / 128f - 1]),
                ["top"] = new(IsOfImage: true, [x, y, x + w, y + h / 2f]),
            },
        };
    }

    private static void Fill(byte[] pixels, int x, int y, int w, int h, (byte Red, byte Green, byte Blue) color)
    {
        for (var row = y; row < y + h; row++)
        {
            for (var column = x; column < x + w; column++)
            {
                var at = 3 * (row * Side + column);
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (color.Red, color.Green, color.Blue);
            }
        }
    }
}
