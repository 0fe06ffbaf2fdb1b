// Part of the OpenCvSharp4 stand-in: a pixel of 2 channels, one struct for each element type (b, s, w, i, f, d: 8-bit to double).
namespace OpenCvSharp;

public struct Vec2b(byte item0, byte item1) : IEquatable<Vec2b>
{
    public byte Item0 = item0;
    public byte Item1 = item1;

    public byte this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec2b a, Vec2b b) => a.Equals(b);

    public static bool operator !=(Vec2b a, Vec2b b) => !a.Equals(b);

    public readonly void Deconstruct(out byte item0, out byte item1) => (item0, item1) = (Item0, Item1);

    public readonly bool Equals(Vec2b other) => Item0 == other.Item0 && Item1 == other.Item1;

    public override readonly bool Equals(object? obj) => obj is Vec2b other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1);

    public override readonly string ToString() => $"Vec2b ({Item0}, {Item1})";
}

public struct Vec2i(int item0, int item1) : IEquatable<Vec2i>
{
    public int Item0 = item0;
    public int Item1 = item1;

    public int this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec2i a, Vec2i b) => a.Equals(b);

    public static bool operator !=(Vec2i a, Vec2i b) => !a.Equals(b);

    public readonly void Deconstruct(out int item0, out int item1) => (item0, item1) = (Item0, Item1);

    public readonly bool Equals(Vec2i other) => Item0 == other.Item0 && Item1 == other.Item1;

    public override readonly bool Equals(object? obj) => obj is Vec2i other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1);

    public override readonly string ToString() => $"Vec2i ({Item0}, {Item1})";
}

public struct Vec2f(float item0, float item1) : IEquatable<Vec2f>
{
    public float Item0 = item0;
    public float Item1 = item1;

    public float this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec2f a, Vec2f b) => a.Equals(b);

    public static bool operator !=(Vec2f a, Vec2f b) => !a.Equals(b);

    public readonly void Deconstruct(out float item0, out float item1) => (item0, item1) = (Item0, Item1);

    public readonly bool Equals(Vec2f other) => Item0 == other.Item0 && Item1 == other.Item1;

    public override readonly bool Equals(object? obj) => obj is Vec2f other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1);

    public override readonly string ToString() => $"Vec2f ({Item0}, {Item1})";
}

public struct Vec2d(double item0, double item1) : IEquatable<Vec2d>
{
    public double Item0 = item0;
    public double Item1 = item1;

    public double this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec2d a, Vec2d b) => a.Equals(b);

    public static bool operator !=(Vec2d a, Vec2d b) => !a.Equals(b);

    public readonly void Deconstruct(out double item0, out double item1) => (item0, item1) = (Item0, Item1);

    public readonly bool Equals(Vec2d other) => Item0 == other.Item0 && Item1 == other.Item1;

    public override readonly bool Equals(object? obj) => obj is Vec2d other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1);

    public override readonly string ToString() => $"Vec2d ({Item0}, {Item1})";
}
