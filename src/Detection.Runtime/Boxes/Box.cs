// One box, as a value.
namespace Detection.Runtime;

/// <summary>An axis-parallel box in pixels of an image; x grows to the right, y downwards, the image spans [0, width] x [0, height].</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
public readonly record struct Box(float X1, float Y1, float X2, float Y2)
{
    /// <summary>X2 - X1, in pixels.</summary>
    public float Width => X2 - X1;

    /// <summary>Y2 - Y1, in pixels.</summary>
    public float Height => Y2 - Y1;

    /// <summary>Area in square pixels; 0 for an inverted box.</summary>
    public float Area => Math.Max(Width, 0) * Math.Max(Height, 0);

    /// <summary>Intersection over union with another box; 0 when neither has an area.</summary>
    public float Iou(Box other)
    {
        var width = Math.Min(X2, other.X2) - Math.Max(X1, other.X1);
        var height = Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1);
        var common = Math.Max(width, 0) * Math.Max(height, 0);
        var union = Area + other.Area - common;
        return union > 0 ? common / union : 0;
    }
}
