// One image of the rendered data set: things of all sizes over a background, amid clutter, with shadows, in changing light, and noise.
using System.Collections.Immutable;
using System.Numerics;

namespace Detection.Runtime;

/// <summary>Draws one scene; what it shows depends on the random stream alone.</summary>
internal sealed class RenderedScene
{
    private readonly int width, height;
    private readonly Vector3[] pixels;

    // Which thing is on top at each pixel; -1 where none is.
    private readonly int[] owner;
    private readonly List<(int ClassIndex, Box Box, int Pixels)> things = [];

    private RenderedScene(int width, int height)
    {
        this.width = width;
        this.height = height;
        pixels = new Vector3[width * height];
        owner = new int[width * height];
        Array.Fill(owner, -1);
    }

    public static (RgbImage Image, ImmutableArray<GroundTruthBox> Boxes) Draw(int width, int height, RandomStream random)
    {
        var scene = new RenderedScene(width, height);
        scene.DrawBackdrop(new Backdrop(ref random));
        var lens = (float)random.Between(1, random.Chance(0.25) ? 3.5 : 1.5);
        var shade = new Vector2((float)random.Between(-0.25, 0.25), (float)random.Between(0.05, 0.3));
        foreach (var placed in Arrange(width, height, ref random))
        {
            scene.DrawThing(placed, lens, shade);
        }
        return (scene.Develop(ref random), scene.Boxes());
    }

    private readonly record struct Placed(IFigure Figure, int ClassIndex, Vector2 Centre, float Radius, float Angle, bool HasShadow);

    // Where things and clutter lie, from back to front; no thing hides most of another.
    private static List<Placed> Arrange(int width, int height, ref RandomStream random)
    {
        var placed = new List<Placed>();
        for (var i = random.Below(7); i > 0; i--)
        {
            placed.Add(Place(new Clutter(ref random), -1, 5, height * 0.3, width, height, ref random));
        }
        var wanted = 1 + random.Below(7);
        for (var trial = 0; trial < 60 && wanted > 0; trial++)
        {
            var classIndex = random.Below(RenderedDataset.ClassNames.Length);
            IFigure figure = classIndex switch
            {
                0 => new Ball(ref random),
                1 => new Fish(ref random),
                2 => new Flower(ref random),
                3 => new House(ref random),
                _ => new Star(ref random),
            };
            var thing = Place(figure, classIndex, Math.Min(9, height * 0.2), height * 0.42, width, height, ref random);
            if (placed.All(other => other.ClassIndex < 0 || Common(other, thing) < 0.4 * Math.Min(Area(other), Area(thing))))
            {
                placed.Add(thing);
                wanted--;
            }
        }
        for (var i = random.Below(4); i > 0; i--)
        {
            placed.Add(Place(new Clutter(ref random), -1, 3, height * 0.07, width, height, ref random));
        }
        return placed;
    }

    private static Placed Place(IFigure figure, int classIndex, double smallest, double largest, int width, int height, ref RandomStream random)
    {
        // Sizes even in their logarithm: as many from 10 to 20 pixels as from 40 to 80.
        var radius = smallest * Math.Pow(largest / smallest, random.NextDouble());
        // Mostly inside; now and then a third is beyond the border.
        var margin = radius * random.OneOf(0.35, 0.9, 1.0);
        var centre = new Vector2((float)Inside(width, margin, ref random), (float)Inside(height, margin, ref random));
        // Houses stand, most fish swim left or right; other things lie in any direction.
        var turn = figure switch
        {
            House => random.Between(-0.3, 0.3),
            Fish when random.Chance(0.6) => random.Between(-0.5, 0.5) + Math.PI * random.Below(2),
            _ => random.Between(0, Math.Tau),
        };
        return new Placed(figure, classIndex, centre, (float)radius, (float)turn, random.Chance(0.6));
    }

    private static double Inside(int extent, double margin, ref RandomStream random) =>
        extent > 2 * margin ? random.Between(margin, extent - margin) : extent / 2.0;

    private static double Area(Placed thing) => 4.0 * thing.Radius * thing.Radius;

    private static double Common(Placed a, Placed b)
    {
        double Along(float x, float y) => Math.Max(0, Math.Min(x + a.Radius, y + b.Radius) - Math.Max(x - a.Radius, y - b.Radius));
        return Along(a.Centre.X, b.Centre.X) * Along(a.Centre.Y, b.Centre.Y);
    }

    private void DrawBackdrop(Backdrop backdrop)
    {
        var size = new Vector2(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                pixels[y * width + x] = backdrop.At(new Vector2(x, y), size);
            }
        }
    }

    private void DrawThing(Placed thing, float lens, Vector2 shade)
    {
        var blur = lens / thing.Radius;
        // Squashed into the things' own unit circle; the shadow reaches further.
        var reach = thing.Radius * (thing.HasShadow ? 1.5f : 1.1f) + lens;
        var (left, right) = (Math.Max(0, (int)(thing.Centre.X - reach)), Math.Min(width, (int)(thing.Centre.X + reach) + 2));
        var (top, bottom) = (Math.Max(0, (int)(thing.Centre.Y - reach)), Math.Min(height, (int)(thing.Centre.Y + reach) + 2));
        var index = thing.ClassIndex < 0 ? -1 : things.Count;
        var (minX, minY, maxX, maxY, count) = (int.MaxValue, int.MaxValue, -1, -1, 0);
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                ref var pixel = ref pixels[y * width + x];
                var at = (new Vector2(x + 0.5f, y + 0.5f) - thing.Centre) / thing.Radius;
                if (thing.HasShadow)
                {
                    var behind = thing.Figure.At(Shapes.Turned(at - shade, -thing.Angle), blur).Distance;
                    pixel *= 1 - 0.4f * Shapes.Coverage(behind, 0.25f);
                }
                var surface = thing.Figure.At(Shapes.Turned(at, -thing.Angle), blur);
                var coverage = Shapes.Coverage(surface.Distance, blur);
                pixel = Vector3.Lerp(pixel, surface.Color, coverage);
                if (coverage >= 0.5f)
                {
                    owner[y * width + x] = index;
                    (minX, minY, maxX, maxY, count) = (Math.Min(minX, x), Math.Min(minY, y), Math.Max(maxX, x), Math.Max(maxY, y), count + 1);
                }
            }
        }
        if (index >= 0 && count > 0)
        {
            things.Add((thing.ClassIndex, new Box(minX, minY, maxX + 1, maxY + 1), count));
        }
    }

    // A thing of which less than two fifths can be seen is difficult, as annotators of photos would mark it.
    private ImmutableArray<GroundTruthBox> Boxes()
    {
        var visible = new int[things.Count];
        foreach (var index in owner)
        {
            if (index >= 0)
            {
                visible[index]++;
            }
        }
        return [.. things.Select((thing, i) => new GroundTruthBox(thing.ClassIndex, thing.Box, visible[i] < 0.4 * thing.Pixels, Crowd: false))];
    }

    // Light, vignette, colour cast and the noise of a sensor.
    private RgbImage Develop(ref RandomStream random)
    {
        var gain = (float)random.Between(0.85, 1.25);
        var cast = new Vector3((float)random.Between(0.9, 1.1), 1, (float)random.Between(0.9, 1.1)) * gain * 255;
        var vignette = (float)random.Between(0, 0.35);
        var noise = (float)(random.Chance(0.7) ? random.Between(1, 10) : 0);
        var image = new RgbImage(width, height);
        var centre = new Vector2(width, height) / 2;
        for (var (y, i) = (0, 0); y < height; y++)
        {
            for (var x = 0; x < width; x++, i++)
            {
                var falloff = 1 - vignette * (new Vector2(x, y) - centre).LengthSquared() / centre.LengthSquared();
                var bits = random.Next();
                var grain = noise * new Vector3(Bell((uint)bits), Bell((uint)(bits >> 16)), Bell((uint)(bits >> 32)));
                var value = Vector3.Clamp(pixels[i] * cast * falloff + grain, Vector3.Zero, new Vector3(255)) + new Vector3(0.5f);
                (image.Pixels[3 * i], image.Pixels[3 * i + 1], image.Pixels[3 * i + 2]) = ((byte)value.X, (byte)value.Y, (byte)value.Z);
            }
        }
        return image;
    }

    // Four even bytes summed are nearly a bell curve, of mean 510 and standard deviation 148.
    private static float Bell(uint bits) => ((int)((bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + (bits >> 24)) - 510) / 148f;
}
