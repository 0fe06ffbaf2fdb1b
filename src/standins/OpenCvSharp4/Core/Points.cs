// Part of the OpenCvSharp4 stand-in: points, in pixels.
namespace OpenCvSharp;

public record struct Point(int X, int Y)
{
    public int X = X;
    public int Y = Y;

    public Point(double x, double y)
        : this((int)x, (int)y)
    {
    }

    public static Point operator +(Point pt) => pt;

    public static Point operator -(Point pt) => new(-pt.X, -pt.Y);

    public static Point operator +(Point p1, Point p2) => p1.Add(p2);

    public static Point operator -(Point p1, Point p2) => p1.Subtract(p2);

    public static Point operator *(Point pt, double scale) => pt.Multiply(scale);

    public static double Distance(Point p1, Point p2) => Math.Sqrt(Math.Pow((double)p2.X - p1.X, 2) + Math.Pow((double)p2.Y - p1.Y, 2));

    public static double DotProduct(Point p1, Point p2) => ((double)p1.X * p2.X) + ((double)p1.Y * p2.Y);

    public static double CrossProduct(Point p1, Point p2) => ((double)p1.X * p2.Y) - ((double)p2.X * p1.Y);

    public readonly Point Add(Point p) => new(X + p.X, Y + p.Y);

    public readonly Point Subtract(Point p) => new(X - p.X, Y - p.Y);

    public readonly Point Multiply(double scale) => new(X * scale, Y * scale);

    public readonly double DistanceTo(Point p) => Distance(this, p);

    public readonly double DotProduct(Point p) => DotProduct(this, p);

    public readonly double CrossProduct(Point p) => CrossProduct(this, p);
}

public record struct Point2f(float X, float Y)
{
    public float X = X;
    public float Y = Y;

    public readonly Point ToPoint() => new((int)X, (int)Y);

    public static Point2f FromPoint(Point point) => new(point.X, point.Y);

    public static explicit operator Point(Point2f self) => self.ToPoint();

    public static implicit operator Point2f(Point point) => FromPoint(point);

    public static Point2f operator +(Point2f pt) => pt;

    public static Point2f operator -(Point2f pt) => new(-pt.X, -pt.Y);

    public static Point2f operator +(Point2f p1, Point2f p2) => p1.Add(p2);

    public static Point2f operator -(Point2f p1, Point2f p2) => p1.Subtract(p2);

    public static Point2f operator *(Point2f pt, double scale) => pt.Multiply(scale);

    public static double Distance(Point2f p1, Point2f p2) => Math.Sqrt(Math.Pow((double)p2.X - p1.X, 2) + Math.Pow((double)p2.Y - p1.Y, 2));

    public static double DotProduct(Point2f p1, Point2f p2) => ((double)p1.X * p2.X) + ((double)p1.Y * p2.Y);

    public static double CrossProduct(Point2f p1, Point2f p2) => ((double)p1.X * p2.Y) - ((double)p2.X * p1.Y);

    public readonly Point2f Add(Point2f p) => new(X + p.X, Y + p.Y);

    public readonly Point2f Subtract(Point2f p) => new(X - p.X, Y - p.Y);

    public readonly Point2f Multiply(double scale) => new((float)(X * scale), (float)(Y * scale));

    public readonly double DistanceTo(Point2f p) => Distance(this, p);

    public readonly double DotProduct(Point2f p) => DotProduct(this, p);

    public readonly double CrossProduct(Point2f p) => CrossProduct(this, p);
}

public record struct Point2d(double X, double Y)
{
    public double X = X;
    public double Y = Y;

    public readonly Point ToPoint() => new((int)X, (int)Y);

    public static Point2d FromPoint(Point point) => new(point.X, point.Y);

    public static explicit operator Point(Point2d self) => self.ToPoint();

    public static implicit operator Point2d(Point point) => FromPoint(point);

    public static Point2d operator +(Point2d pt) => pt;

    public static Point2d operator -(Point2d pt) => new(-pt.X, -pt.Y);

    public static Point2d operator +(Point2d p1, Point2d p2) => p1.Add(p2);

    public static Point2d operator -(Point2d p1, Point2d p2) => p1.Subtract(p2);

    public static Point2d operator *(Point2d pt, double scale) => pt.Multiply(scale);

    public static double Distance(Point2d p1, Point2d p2) => Math.Sqrt(Math.Pow((double)p2.X - p1.X, 2) + Math.Pow((double)p2.Y - p1.Y, 2));

    public static double DotProduct(Point2d p1, Point2d p2) => ((double)p1.X * p2.X) + ((double)p1.Y * p2.Y);

    public static double CrossProduct(Point2d p1, Point2d p2) => ((double)p1.X * p2.Y) - ((double)p2.X * p1.Y);

    public readonly Point2d Add(Point2d p) => new(X + p.X, Y + p.Y);

    public readonly Point2d Subtract(Point2d p) => new(X - p.X, Y - p.Y);

    public readonly Point2d Multiply(double scale) => new(X * scale, Y * scale);

    public readonly double DistanceTo(Point2d p) => Distance(this, p);

    public readonly double DotProduct(Point2d p) => DotProduct(this, p);

    public readonly double CrossProduct(Point2d p) => CrossProduct(this, p);
}
