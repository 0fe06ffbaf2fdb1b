// Shapes as signed distances: the vocabulary that the figures of the rendered data set are drawn with.
using System.Numerics;

namespace Detection.Runtime;

/// <summary>What a figure is at a point.</summary>
/// <param name="Distance">To the outline, in the figure's units; negative inside.</param>
/// <param name="Color">Red, green and blue, 0..1.</param>
internal readonly record struct Surface(float Distance, Vector3 Color)
{
    /// <summary>This shape with another painted on top of it.</summary>
    /// <param name="distance">To the outline of the other.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="blur">Width of the soft edge, in the figure's units.</param>
    /// <param name="inside">The other is a mark on this shape: it shows only inside.</param>
    public Surface With(float distance, Vector3 color, float blur, bool inside = false)
    {
        var mixed = Vector3.Lerp(Color, color, Shapes.Coverage(distance, blur));
        return inside ? this with { Color = mixed } : new Surface(Math.Min(Distance, distance), mixed);
    }
}

/// <summary>Signed distances; exact where it matters little, good to a few percent elsewhere.</summary>
internal static class Shapes
{
    /// <summary>How much of a pixel lies inside, 0..1.</summary>
    /// <param name="distance">Of its centre from the outline.</param>
    /// <param name="blur">Width of the edge: a pixel for a sharp one.</param>
    public static float Coverage(float distance, float blur) => Math.Clamp(0.5f - distance / blur, 0, 1);

    public static float Circle(Vector2 p, Vector2 centre, float radius) => (p - centre).Length() - radius;

    public static float Ellipse(Vector2 p, Vector2 centre, Vector2 radii) => (((p - centre) / radii).Length() - 1) * Math.Min(radii.X, radii.Y);

    public static float Rectangle(Vector2 p, Vector2 centre, Vector2 half, float rounding = 0)
    {
        var q = Vector2.Abs(p - centre) - half + new Vector2(rounding);
        return Vector2.Max(q, Vector2.Zero).Length() + Math.Min(Math.Max(q.X, q.Y), 0) - rounding;
    }

    public static float Segment(Vector2 p, Vector2 a, Vector2 b, float radius)
    {
        var along = Math.Clamp(Vector2.Dot(p - a, b - a) / (b - a).LengthSquared(), 0, 1);
        return (p - a - along * (b - a)).Length() - radius;
    }

    /// <summary>Distance from a polygon's edges, signed by the even-odd rule.</summary>
    public static float Polygon(Vector2 p, ReadOnlySpan<Vector2> corners)
    {
        var (nearest, inside) = (float.MaxValue, false);
        for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
        {
            var (a, b) = (corners[i], corners[j]);
            var along = Math.Clamp(Vector2.Dot(p - a, b - a) / (b - a).LengthSquared(), 0, 1);
            nearest = Math.Min(nearest, (p - a - along * (b - a)).LengthSquared());
            inside ^= (a.Y > p.Y) != (b.Y > p.Y) && p.X < (b.X - a.X) * (p.Y - a.Y) / (b.Y - a.Y) + a.X;
        }
        return inside ? -MathF.Sqrt(nearest) : MathF.Sqrt(nearest);
    }

    public static Vector2 Turned(Vector2 p, float angle)
    {
        var (sin, cos) = MathF.SinCos(angle);
        return new Vector2(cos * p.X - sin * p.Y, sin * p.X + cos * p.Y);
    }

    /// <summary>A colour from hue, saturation and value, each 0..1.</summary>
    public static Vector3 Hsv(double hue, double saturation, double value)
    {
        float Channel(double shift)
        {
            var k = (shift + hue * 6) % 6;
            return (float)(value - value * saturation * Math.Max(0, Math.Min(Math.Min(k, 4 - k), 1)));
        }
        return new Vector3(Channel(5), Channel(3), Channel(1));
    }
}
