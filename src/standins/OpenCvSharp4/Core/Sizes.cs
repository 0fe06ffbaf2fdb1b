// Part of the OpenCvSharp4 stand-in: sizes, in pixels.
namespace OpenCvSharp;

public record struct Size(int Width, int Height)
{
    public int Width = Width;
    public int Height = Height;

    public Size(double width, double height)
        : this((int)width, (int)height)
    {
    }

    public static explicit operator Size(Size2f size) => size.ToSize();
}

public record struct Size2f(float Width, float Height)
{
    public float Width = Width;
    public float Height = Height;

    public Size2f(double width, double height)
        : this((float)width, (float)height)
    {
    }

    public static implicit operator Size2f(Size size) => new(size.Width, size.Height);

    public readonly Size ToSize() => new((int)Width, (int)Height);
}
