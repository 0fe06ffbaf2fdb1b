// The five things of the rendered data set. Each fits a circle of radius 1, y downwards, and is drawn anew in shape, pattern and colours.
using System.Numerics;
using static Detection.Runtime.Shapes;

namespace Detection.Runtime;

/// <summary>A thing that can be drawn.</summary>
internal interface IFigure
{
    /// <summary>What the figure is at a point.</summary>
    /// <param name="p">In units of the figure.</param>
    /// <param name="blur">Width of a soft edge there.</param>
    Surface At(Vector2 p, float blur);
}

/// <summary>A ball: lit from a side, plain, with panels, a band or spots.</summary>
internal sealed class Ball(ref RandomStream random) : IFigure
{
    private readonly int pattern = random.Below(4);
    private readonly int panels = random.Below(3) + 2;
    private readonly float turn = (float)random.Between(0, Math.Tau);
    private readonly float tilt = (float)random.Between(-0.7, 0.7);
    private readonly Vector3 first = Hsv(random.NextDouble(), random.Between(0.6, 0.95), random.Between(0.75, 1));
    private readonly Vector3 second = random.Chance(0.6) ? new Vector3(0.96f, 0.95f, 0.9f) : Hsv(random.NextDouble(), 0.7, random.Between(0.3, 0.9));
    private readonly Vector3 light = Vector3.Normalize(new Vector3((float)random.Between(-0.7, 0.7), (float)random.Between(-0.9, -0.2), 0.8f));

    public Surface At(Vector2 p, float blur)
    {
        var depth = MathF.Sqrt(Math.Max(0, 1 - p.LengthSquared()));
        var normal = new Vector3(p, depth);
        var q = Vector3.Transform(normal, Matrix4x4.CreateRotationX(tilt) * Matrix4x4.CreateRotationZ(turn));
        var marked = pattern switch
        {
            0 => 1,
            1 => Coverage(MathF.Sin(MathF.Atan2(q.X, q.Z) * panels) * 0.4f, blur * 2),
            2 => Coverage(Math.Abs(q.Y) - 0.28f, blur * 1.5f),
            _ => Coverage(0.45f - MathF.Abs(MathF.Sin(q.X * 4) * MathF.Sin(q.Y * 4) * MathF.Sin(q.Z * 3 + 1)), blur * 3),
        };
        var diffuse = 0.42f + 0.62f * Math.Max(0, Vector3.Dot(normal, light));
        var gleam = MathF.Pow(Math.Max(0, Vector3.Dot(normal, Vector3.Normalize(light + Vector3.UnitZ))), 40) * 0.7f;
        return new Surface(p.Length() - 1, Vector3.Lerp(second, first, marked) * diffuse + new Vector3(gleam));
    }
}

/// <summary>A fish, swimming to the right before it is turned: body, tail, fins, eye, often stripes.</summary>
internal sealed class Fish(ref RandomStream random) : IFigure
{
    private readonly Vector3 back = Hsv(random.NextDouble(), random.Between(0.5, 0.9), random.Between(0.55, 0.95));
    private readonly Vector3 belly = Hsv(random.NextDouble(), random.Between(0.05, 0.4), random.Between(0.85, 1));
    private readonly Vector3 fins = Hsv(random.NextDouble(), random.Between(0.5, 0.9), random.Between(0.5, 0.95));
    private readonly float height = (float)random.Between(0.32, 0.52);
    private readonly float tail = (float)random.Between(0.28, 0.45);
    private readonly float stripes = random.Chance(0.6) ? (float)random.Between(9, 18) : 0;

    public Surface At(Vector2 p, float blur)
    {
        var rays = fins * (0.85f + 0.15f * MathF.Sin(p.Y * 30));
        var surface = new Surface(Polygon(p, [new(-0.4f, 0), new(-0.97f, -tail), new(-0.8f, 0), new(-0.97f, tail)]), rays);
        surface = surface.With(Polygon(p, [new(-0.2f, -height * 0.7f), new(0.05f, -height - 0.26f), new(0.42f, -height * 0.75f)]), fins * 0.9f, blur);
        surface = surface.With(Polygon(p, [new(-0.1f, height * 0.75f), new(-0.12f, height + 0.2f), new(0.2f, height * 0.8f)]), fins * 0.8f, blur);
        var skin = Vector3.Lerp(back, belly, Math.Clamp(0.5f + p.Y / height * 0.6f, 0, 1));
        if (stripes > 0)
        {
            skin *= 1 - 0.45f * Coverage(MathF.Sin(p.X * stripes + p.Y * 3) * 0.08f, blur);
        }
        var body = Ellipse(p, new(0.2f, 0), new(0.75f, height));
        surface = surface.With(body, skin, blur);
        surface = surface.With(Segment(p, new(0.36f, -height * 0.55f), new(0.36f, height * 0.5f), 0.015f), back * 0.5f, blur, inside: true);
        surface = surface.With(Circle(p, new(0.62f, -0.1f), 0.115f), new Vector3(0.97f), blur, inside: true);
        return surface.With(Circle(p, new(0.65f, -0.1f), 0.06f), new Vector3(0.05f), blur, inside: true);
    }
}

/// <summary>A flower seen from above: five to nine petals around a dotted disc.</summary>
internal sealed class Flower(ref RandomStream random) : IFigure
{
    private readonly int petals = 5 + random.Below(5);
    private readonly float depth = (float)random.Between(0.16, 0.3);
    private readonly float disc = (float)random.Between(0.2, 0.34);
    private readonly Vector3 outer = Hsv(random.NextDouble(), random.Between(0.15, 0.85), random.Between(0.8, 1));
    private readonly Vector3 inner = Hsv(random.NextDouble(), random.Between(0.4, 0.9), random.Between(0.5, 0.95));
    private readonly Vector3 middle = Hsv(random.Between(0.06, 0.17), 0.85, random.Between(0.35, 1));

    public Surface At(Vector2 p, float blur)
    {
        var (radius, angle) = (p.Length(), MathF.Atan2(p.Y, p.X));
        // |cos| gives round petals with sharp valleys between them.
        var wave = MathF.Abs(MathF.Cos(angle * petals / 2));
        var outline = (radius - (1 - depth * 1.6f * (1 - MathF.Sqrt(wave)))) * 0.8f;
        var vein = 1 - 0.25f * Coverage(wave - 0.25f, 0.4f);
        var surface = new Surface(outline, Vector3.Lerp(inner, outer, Math.Clamp((radius - disc) * 1.8f, 0, 1)) * vein);
        var dots = 0.8f + 0.25f * MathF.Sin(p.X * 32) * MathF.Sin(p.Y * 32);
        return surface.With(radius - disc, middle * dots, blur, inside: true);
    }
}

/// <summary>A house: wall, roof, door, one or two windows, perhaps a chimney.</summary>
internal sealed class House(ref RandomStream random) : IFigure
{
    private readonly Vector3 wall = Hsv(random.NextDouble(), random.Between(0.05, 0.45), random.Between(0.7, 1));
    private readonly Vector3 roof = Hsv(random.OneOf(0.0, 0.03, 0.07, 0.6, 0.35), random.Between(0.4, 0.8), random.Between(0.35, 0.75));
    private readonly Vector3 door = Hsv(random.NextDouble(), 0.7, random.Between(0.25, 0.6));
    private readonly Vector3 glass = Hsv(random.OneOf(0.15, 0.55, 0.58), random.Between(0.2, 0.5), random.Between(0.75, 1));
    private readonly float half = (float)random.Between(0.42, 0.66);
    private readonly float eaves = (float)random.Between(-0.25, 0.1);
    private readonly float side = random.Chance(0.5) ? 1 : -1;
    private readonly bool hasChimney = random.Chance(0.6);
    private readonly bool hasTwoWindows = random.Chance(0.5);

    public Surface At(Vector2 p, float blur)
    {
        var bottom = 0.74f;
        var (centre, height) = (new Vector2(0, (eaves + bottom) / 2), (bottom - eaves) / 2);
        var surface = new Surface(Rectangle(p, centre, new(half, height)), wall * (p.X * side > half * 0.55f ? 0.86f : 1));
        surface = surface.With(Rectangle(p, new(half * 0.45f * side, bottom - height * 0.55f), new(0.13f, height * 0.55f)), door, blur, inside: true);
        surface = Window(surface, p, new(-half * 0.45f * side, eaves + height * 0.75f), blur);
        surface = hasTwoWindows ? Window(surface, p, new(half * 0.45f * side, eaves + height * 0.5f), blur) : surface;
        if (hasChimney)
        {
            surface = surface.With(Rectangle(p, new(half * 0.55f * side, -0.5f), new(0.09f, 0.24f)), roof * 0.7f, blur);
        }
        var tiles = 0.88f + 0.12f * Coverage(MathF.Sin(p.Y * 26) * 0.04f, blur);
        return surface.With(Polygon(p, [new(-half - 0.16f, eaves + 0.04f), new(0, -0.86f), new(half + 0.16f, eaves + 0.04f)]), roof * tiles, blur);
    }

    private Surface Window(Surface surface, Vector2 p, Vector2 at, float blur)
    {
        surface = surface.With(Rectangle(p, at, new(0.15f, 0.15f)), new Vector3(0.95f), blur, inside: true);
        surface = surface.With(Rectangle(p, at, new(0.12f, 0.12f)), glass, blur, inside: true);
        var bars = Math.Min(Math.Abs(p.X - at.X), Math.Abs(p.Y - at.Y)) - 0.012f;
        var beyond = Math.Max(0, Rectangle(p, at, new(0.12f, 0.12f)));
        return surface.With(bars + 10 * beyond, new Vector3(0.95f), blur, inside: true);
    }
}

/// <summary>A star of four to seven points, with facets as if cut, or flat with a darker rim.</summary>
internal sealed class Star : IFigure
{
    private readonly Vector2[] corners;
    private readonly Vector3 color;
    private readonly bool hasFacets;
    private readonly int points;

    public Star(ref RandomStream random)
    {
        points = random.OneOf(4, 5, 5, 5, 6, 7);
        var inner = random.Between(0.36, 0.52);
        corners = new Vector2[2 * points];
        for (var i = 0; i < corners.Length; i++)
        {
            var (sin, cos) = MathF.SinCos(i * MathF.PI / points);
            corners[i] = new Vector2(sin, -cos) * (i % 2 == 0 ? 1 : (float)inner);
        }
        color = Hsv(random.Chance(0.4) ? random.Between(0.1, 0.17) : random.NextDouble(), random.Between(0.55, 0.95), random.Between(0.8, 1));
        hasFacets = random.Chance(0.6);
    }

    public Surface At(Vector2 p, float blur)
    {
        var distance = Polygon(p, corners);
        if (hasFacets)
        {
            var facet = MathF.Sin(MathF.Atan2(p.X, -p.Y) * points);
            return new Surface(distance, color * (0.8f + 0.22f * Math.Clamp(facet / Math.Max(blur, 0.02f), -1, 1)));
        }
        return new Surface(distance, Vector3.Lerp(color * 0.55f, color * (1.05f - 0.25f * p.Y), Coverage(distance + 0.09f, blur)));
    }
}

/// <summary>Things that are none of the classes: rings, sticks, slabs, triangles, crosses and crescents.</summary>
internal sealed class Clutter(ref RandomStream random) : IFigure
{
    private readonly int kind = random.Below(6);
    private readonly float thickness = (float)random.Between(0.1, 0.28);
    private readonly float shape = (float)random.Between(0.3, 0.8);
    private readonly Vector3 color = Hsv(random.NextDouble(), random.Between(0.1, 0.9), random.Between(0.3, 1));
    private readonly Vector3 other = Hsv(random.NextDouble(), random.Between(0.1, 0.9), random.Between(0.3, 1));

    public Surface At(Vector2 p, float blur)
    {
        var distance = kind switch
        {
            0 => Math.Abs(p.Length() - (1 - thickness)) - thickness,
            1 => Segment(p, new(-0.85f, 0), new(0.85f, 0), thickness * 0.6f),
            2 => Rectangle(p, Vector2.Zero, new(0.9f, shape * 0.5f), thickness * 0.5f),
            3 => Polygon(p, [new(-0.9f, shape), new(0.9f, shape * 0.7f), new(shape - 0.5f, -0.8f)]),
            4 => Math.Min(Rectangle(p, Vector2.Zero, new(0.9f, thickness)), Rectangle(p, Vector2.Zero, new(thickness, 0.9f))),
            _ => Math.Max(p.Length() - 0.95f, -Circle(p, new(shape, 0), 0.8f)),
        };
        return new Surface(distance, Vector3.Lerp(color, other, Math.Clamp(0.5f + p.X * 0.5f, 0, 1)));
    }
}
