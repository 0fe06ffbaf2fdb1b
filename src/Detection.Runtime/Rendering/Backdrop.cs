// Backgrounds of the rendered data set: a gradient, clouds of noise, perhaps a pattern.
using System.Numerics;

namespace Detection.Runtime;

/// <summary>A background, evaluated point by point.</summary>
internal sealed class Backdrop
{
    private readonly Vector3 from, to, mark;
    private readonly Vector2 direction;
    private readonly float clouds, cloudSize, patternScale, patternStrength, turn;
    private readonly int pattern;
    private readonly uint salt;

    public Backdrop(ref RandomStream random)
    {
        var hue = random.NextDouble();
        from = Shapes.Hsv(hue, random.Between(0.05, 0.6), random.Between(0.35, 1));
        to = Shapes.Hsv((hue + random.Between(-0.2, 0.2) + 1) % 1, random.Between(0.05, 0.6), random.Between(0.35, 1));
        mark = Shapes.Hsv(random.NextDouble(), random.Between(0.1, 0.6), random.Between(0.2, 1));
        turn = (float)random.Between(0, Math.Tau);
        direction = Shapes.Turned(Vector2.UnitX, turn);
        clouds = (float)random.Between(0.05, 0.4);
        cloudSize = (float)random.Between(12, 60);
        pattern = random.Below(5);
        patternScale = (float)random.Between(8, 40);
        patternStrength = (float)random.Between(0.1, 0.4);
        salt = (uint)random.Next();
    }

    /// <param name="p">In pixels.</param>
    /// <param name="size">Of the image, in pixels.</param>
    public Vector3 At(Vector2 p, Vector2 size)
    {
        var along = Math.Clamp(0.5f + Vector2.Dot(p - size / 2, direction) / size.Length(), 0, 1);
        var color = Vector3.Lerp(from, to, along);
        var q = Shapes.Turned(p, turn) / patternScale;
        var marked = pattern switch
        {
            0 => Shapes.Coverage(MathF.Sin(q.X * MathF.Tau) * 0.16f, 1.5f / patternScale),
            1 => MathF.Floor(q.X) % 2 == 0 ^ MathF.Floor(q.Y) % 2 == 0 ? 1 : 0,
            2 => Shapes.Coverage((new Vector2(q.X - MathF.Floor(q.X), q.Y - MathF.Floor(q.Y)) - new Vector2(0.5f)).Length() - 0.25f, 1.5f / patternScale),
            _ => 0f,
        };
        color = Vector3.Lerp(color, mark, marked * patternStrength);
        return color * (1 + clouds * (Noise(p / cloudSize) + 0.5f * Noise(p / cloudSize * 2.7f)));
    }

    // Value noise in -1..1, smooth between the points of a grid.
    private float Noise(Vector2 p)
    {
        var cell = new Vector2(MathF.Floor(p.X), MathF.Floor(p.Y));
        var f = p - cell;
        f = f * f * (new Vector2(3) - 2 * f);
        var (x, y) = ((int)cell.X, (int)cell.Y);
        var top = float.Lerp(Lattice(x, y), Lattice(x + 1, y), f.X);
        return float.Lerp(top, float.Lerp(Lattice(x, y + 1), Lattice(x + 1, y + 1), f.X), f.Y);
    }

    private float Lattice(int x, int y)
    {
        var h = unchecked((uint)x * 0x9E3779B1u ^ (uint)y * 0x85EBCA77u ^ salt);
        h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
        h = (h ^ (h >> 12)) * 0x297A2D39u;
        return ((h ^ (h >> 15)) >> 8) * (2f / (1 << 24)) - 1;
    }
}
