// Part of the OpenCvSharp4 stand-in: an axis-aligned rectangle of whole pixels; Right and Bottom are outside it.
namespace OpenCvSharp;

public record struct Rect(int X, int Y, int Width, int Height)
{
    public int X = X;
    public int Y = Y;
    public int Width = Width;
    public int Height = Height;

    public Rect(Point location, Size size)
        : this(location.X, location.Y, size.Width, size.Height)
    {
    }

    public int Left
    {
        readonly get => X;
        set => X = value;
    }

    public int Top
    {
        readonly get => Y;
        set => Y = value;
    }

    public readonly int Right => X + Width;

    public readonly int Bottom => Y + Height;

    public Point Location
    {
        readonly get => new(X, Y);
        set => (X, Y) = (value.X, value.Y);
    }

    public Size Size
    {
        readonly get => new(Width, Height);
        set => (Width, Height) = (value.Width, value.Height);
    }

    public readonly Point TopLeft => new(X, Y);

    public readonly Point BottomRight => new(Right, Bottom);

    public static Rect operator +(Rect rect, Point pt) => rect.Add(pt);

    public static Rect operator -(Rect rect, Point pt) => rect.Subtract(pt);

    public static Rect operator +(Rect rect, Size size) => rect.Add(size);

    public static Rect operator -(Rect rect, Size size) => rect.Subtract(size);

    public static Rect operator &(Rect a, Rect b) => Intersect(a, b);

    public static Rect operator |(Rect a, Rect b) => Union(a, b);

    public static Rect FromLTRB(int left, int top, int right, int bottom)
    {
        if (right < left)
        {
            throw new ArgumentException($"right ({right}) is less than left ({left}).", nameof(right));
        }

        return bottom >= top
            ? new Rect(left, top, right - left, bottom - top)
            : throw new ArgumentException($"bottom ({bottom}) is less than top ({top}).", nameof(bottom));
    }

    public static Rect Inflate(Rect rect, int x, int y)
    {
        rect.Inflate(x, y);
        return rect;
    }

    /// <summary>The common part; an empty rectangle at the origin when there is none.</summary>
    public static Rect Intersect(Rect a, Rect b)
    {
        int left = Math.Max(a.X, b.X), top = Math.Max(a.Y, b.Y);
        int right = Math.Min(a.Right, b.Right), bottom = Math.Min(a.Bottom, b.Bottom);
        return right >= left && bottom >= top ? new Rect(left, top, right - left, bottom - top) : default;
    }

    public static Rect Union(Rect a, Rect b)
    {
        int left = Math.Min(a.X, b.X), top = Math.Min(a.Y, b.Y);
        return new Rect(left, top, Math.Max(a.Right, b.Right) - left, Math.Max(a.Bottom, b.Bottom) - top);
    }

    public readonly Rect Add(Point pt) => this with { X = X + pt.X, Y = Y + pt.Y };

    public readonly Rect Subtract(Point pt) => this with { X = X - pt.X, Y = Y - pt.Y };

    public readonly Rect Add(Size size) => this with { Width = Width + size.Width, Height = Height + size.Height };

    public readonly Rect Subtract(Size size) => this with { Width = Width - size.Width, Height = Height - size.Height };

    public readonly bool Contains(int x, int y) => x >= X && y >= Y && x < Right && y < Bottom;

    public readonly bool Contains(Point pt) => Contains(pt.X, pt.Y);

    public readonly bool Contains(Rect rect) => rect.X >= X && rect.Y >= Y && rect.Right <= Right && rect.Bottom <= Bottom;

    public void Inflate(int width, int height) => this = new Rect(X - width, Y - height, Width + (2 * width), Height + (2 * height));

    public void Inflate(Size size) => Inflate(size.Width, size.Height);

    public readonly Rect Intersect(Rect rect) => Intersect(this, rect);

    public readonly bool IntersectsWith(Rect rect) => X < rect.Right && rect.X < Right && Y < rect.Bottom && rect.Y < Bottom;

    public readonly Rect Union(Rect rect) => Union(this, rect);
}
