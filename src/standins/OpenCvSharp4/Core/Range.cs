// Part of the OpenCvSharp4 stand-in: a half-open range of rows or columns.
namespace OpenCvSharp;

public readonly record struct Range(int Start, int End)
{
    public readonly int Start = Start;
    public readonly int End = End;

    public static Range All => new(int.MinValue, int.MaxValue);
}
