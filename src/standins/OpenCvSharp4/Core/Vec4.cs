// Part of the OpenCvSharp4 stand-in: a pixel of 4 channels, one struct for each element type (b, s, w, i, f, d: 8-bit to double).
namespace OpenCvSharp;

public struct Vec4b(byte item0, byte item1, byte item2, byte item3) : IEquatable<Vec4b>
{
    public byte Item0 = item0;
    public byte Item1 = item1;
    public byte Item2 = item2;
    public byte Item3 = item3;

    public byte this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            2 => Item2,
            3 => Item3,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec4b a, Vec4b b) => a.Equals(b);

    public static bool operator !=(Vec4b a, Vec4b b) => !a.Equals(b);

    public readonly void Deconstruct(out byte item0, out byte item1, out byte item2, out byte item3) => (item0, item1, item2, item3) = (Item0, Item1, Item2, Item3);

    public readonly bool Equals(Vec4b other) => Item0 == other.Item0 && Item1 == other.Item1 && Item2 == other.Item2 && Item3 == other.Item3;

    public override readonly bool Equals(object? obj) => obj is Vec4b other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1, Item2, Item3);

    public override readonly string ToString() => $"Vec4b ({Item0}, {Item1}, {Item2}, {Item3})";
}

public struct Vec4w(ushort item0, ushort item1, ushort item2, ushort item3) : IEquatable<Vec4w>
{
    public ushort Item0 = item0;
    public ushort Item1 = item1;
    public ushort Item2 = item2;
    public ushort Item3 = item3;

    public ushort this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            2 => Item2,
            3 => Item3,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec4w a, Vec4w b) => a.Equals(b);

    public static bool operator !=(Vec4w a, Vec4w b) => !a.Equals(b);

    public readonly void Deconstruct(out ushort item0, out ushort item1, out ushort item2, out ushort item3) => (item0, item1, item2, item3) = (Item0, Item1, Item2, Item3);

    public readonly bool Equals(Vec4w other) => Item0 == other.Item0 && Item1 == other.Item1 && Item2 == other.Item2 && Item3 == other.Item3;

    public override readonly bool Equals(object? obj) => obj is Vec4w other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1, Item2, Item3);

    public override readonly string ToString() => $"Vec4w ({Item0}, {Item1}, {Item2}, {Item3})";
}

public struct Vec4i(int item0, int item1, int item2, int item3) : IEquatable<Vec4i>
{
    public int Item0 = item0;
    public int Item1 = item1;
    public int Item2 = item2;
    public int Item3 = item3;

    public int this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            2 => Item2,
            3 => Item3,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec4i a, Vec4i b) => a.Equals(b);

    public static bool operator !=(Vec4i a, Vec4i b) => !a.Equals(b);

    public readonly void Deconstruct(out int item0, out int item1, out int item2, out int item3) => (item0, item1, item2, item3) = (Item0, Item1, Item2, Item3);

    public readonly bool Equals(Vec4i other) => Item0 == other.Item0 && Item1 == other.Item1 && Item2 == other.Item2 && Item3 == other.Item3;

    public override readonly bool Equals(object? obj) => obj is Vec4i other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1, Item2, Item3);

    public override readonly string ToString() => $"Vec4i ({Item0}, {Item1}, {Item2}, {Item3})";
}

public struct Vec4f(float item0, float item1, float item2, float item3) : IEquatable<Vec4f>
{
    public float Item0 = item0;
    public float Item1 = item1;
    public float Item2 = item2;
    public float Item3 = item3;

    public float this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            2 => Item2,
            3 => Item3,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec4f a, Vec4f b) => a.Equals(b);

    public static bool operator !=(Vec4f a, Vec4f b) => !a.Equals(b);

    public readonly void Deconstruct(out float item0, out float item1, out float item2, out float item3) => (item0, item1, item2, item3) = (Item0, Item1, Item2, Item3);

    public readonly bool Equals(Vec4f other) => Item0 == other.Item0 && Item1 == other.Item1 && Item2 == other.Item2 && Item3 == other.Item3;

    public override readonly bool Equals(object? obj) => obj is Vec4f other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1, Item2, Item3);

    public override readonly string ToString() => $"Vec4f ({Item0}, {Item1}, {Item2}, {Item3})";
}

public struct Vec4d(double item0, double item1, double item2, double item3) : IEquatable<Vec4d>
{
    public double Item0 = item0;
    public double Item1 = item1;
    public double Item2 = item2;
    public double Item3 = item3;

    public double this[int i]
    {
        readonly get => i switch
        {
            0 => Item0,
            1 => Item1,
            2 => Item2,
            3 => Item3,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static bool operator ==(Vec4d a, Vec4d b) => a.Equals(b);

    public static bool operator !=(Vec4d a, Vec4d b) => !a.Equals(b);

    public readonly void Deconstruct(out double item0, out double item1, out double item2, out double item3) => (item0, item1, item2, item3) = (Item0, Item1, Item2, Item3);

    public readonly bool Equals(Vec4d other) => Item0 == other.Item0 && Item1 == other.Item1 && Item2 == other.Item2 && Item3 == other.Item3;

    public override readonly bool Equals(object? obj) => obj is Vec4d other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1, Item2, Item3);

    public override readonly string ToString() => $"Vec4d ({Item0}, {Item1}, {Item2}, {Item3})";
}
