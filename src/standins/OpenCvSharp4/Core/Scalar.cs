// Part of the OpenCvSharp4 stand-in: four numbers, one for each channel; a colour in OpenCV's order blue, green, red.
namespace OpenCvSharp;

public record struct Scalar(double Val0, double Val1, double Val2, double Val3)
{
    public double Val0 = Val0;
    public double Val1 = Val1;
    public double Val2 = Val2;
    public double Val3 = Val3;

    public Scalar(double val0)
        : this(val0, 0, 0, 0)
    {
    }

    public Scalar(double val0, double val1)
        : this(val0, val1, 0, 0)
    {
    }

    public Scalar(double val0, double val1, double val2)
        : this(val0, val1, val2, 0)
    {
    }

    public double this[int i]
    {
        readonly get => i switch
        {
            0 => Val0,
            1 => Val1,
            2 => Val2,
            3 => Val3,
            _ => throw new ArgumentOutOfRangeException(nameof(i)),
        };
        set
        {
            switch (i)
            {
                case 0: Val0 = value; break;
                case 1: Val1 = value; break;
                case 2: Val2 = value; break;
                case 3: Val3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }

    public static explicit operator double(Scalar self) => self.Val0;

    public static explicit operator Scalar(double val) => new(val);

    public static explicit operator Scalar(Vec3b v) => FromVec3b(v);

    public static explicit operator Scalar(Vec3f v) => FromVec3f(v);

    public static explicit operator Scalar(Vec4f v) => FromVec4f(v);

    public static Scalar FromRgb(int r, int g, int b) => new(b, g, r);

    public static Scalar FromDouble(double val) => new(val);

    public static Scalar FromVec3b(Vec3b v) => new(v.Item0, v.Item1, v.Item2);

    public static Scalar FromVec3f(Vec3f v) => new(v.Item0, v.Item1, v.Item2);

    public static Scalar FromVec4f(Vec4f v) => new(v.Item0, v.Item1, v.Item2, v.Item3);

    public static Scalar All(double v) => new(v, v, v, v);

    public readonly double ToDouble() => Val0;

    public readonly Vec3b ToVec3b() => new((byte)Val0, (byte)Val1, (byte)Val2);

    public readonly Scalar Mul(Scalar it, double scale) =>
        new(Val0 * it.Val0 * scale, Val1 * it.Val1 * scale, Val2 * it.Val2 * scale, Val3 * it.Val3 * scale);

    public readonly Scalar Mul(Scalar it) => Mul(it, 1);

    public static readonly Scalar Black = FromRgb(0, 0, 0);
    public static readonly Scalar White = FromRgb(255, 255, 255);
    public static readonly Scalar Red = FromRgb(255, 0, 0);
    public static readonly Scalar Lime = FromRgb(0, 255, 0);
    public static readonly Scalar Green = FromRgb(0, 128, 0);
    public static readonly Scalar Blue = FromRgb(0, 0, 255);
    public static readonly Scalar Yellow = FromRgb(255, 255, 0);
    public static readonly Scalar Cyan = FromRgb(0, 255, 255);
    public static readonly Scalar Magenta = FromRgb(255, 0, 255);
    public static readonly Scalar Orange = FromRgb(255, 165, 0);
    public static readonly Scalar Gray = FromRgb(128, 128, 128);
    public static readonly Scalar LightGray = FromRgb(211, 211, 211);
    public static readonly Scalar DarkGray = FromRgb(169, 169, 169);
    public static readonly Scalar Pink = FromRgb(255, 192, 203);
    public static readonly Scalar Purple = FromRgb(128, 0, 128);
    public static readonly Scalar Brown = FromRgb(165, 42, 42);
    public static readonly Scalar Gold = FromRgb(255, 215, 0);
    public static readonly Scalar DeepSkyBlue = FromRgb(0, 191, 255);
    public static readonly Scalar LimeGreen = FromRgb(50, 205, 50);
    public static readonly Scalar OrangeRed = FromRgb(255, 69, 0);
    public static readonly Scalar Crimson = FromRgb(220, 20, 60);
    public static readonly Scalar Navy = FromRgb(0, 0, 128);
    public static readonly Scalar Teal = FromRgb(0, 128, 128);
    public static readonly Scalar Olive = FromRgb(128, 128, 0);
    public static readonly Scalar Violet = FromRgb(238, 130, 238);
    public static readonly Scalar Turquoise = FromRgb(64, 224, 208);
    public static readonly Scalar Tomato = FromRgb(255, 99, 71);
    public static readonly Scalar SteelBlue = FromRgb(70, 130, 180);
    public static readonly Scalar Salmon = FromRgb(250, 128, 114);
    public static readonly Scalar HotPink = FromRgb(255, 105, 180);
}
