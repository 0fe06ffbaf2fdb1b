// Random boxes for properties: corners on quarters of a pixel, so that sums and halves are exact in single precision.
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;

namespace Detection.Runtime.Tests;

internal static class BoxArbitrary
{
    public static Arbitrary<(short X1, short Y1, ushort W, ushort H)[]> Boxes { get; } = (
        from count in Gen.Choose(0, 60)
        from boxes in Box.ArrayOf(count)
        select boxes).ToArbitrary();

    // Close together, so that many overlap; some have no area; some are equal.
    private static Gen<(short X1, short Y1, ushort W, ushort H)> Box =>
        from x in Gen.Choose(-40, 80)
        from y in Gen.Choose(-40, 80)
        from w in Gen.Choose(0, 60)
        from h in Gen.Choose(0, 60)
        select ((short)x, (short)y, (ushort)w, (ushort)h);

    public static torch.Tensor ToTensor((short X1, short Y1, ushort W, ushort H)[] boxes) =>
        torch.tensor(ToFloats(boxes), [boxes.Length, 4]);

    public static float[] ToFloats((short X1, short Y1, ushort W, ushort H)[] boxes) =>
        [.. boxes.SelectMany(b => new[] { b.X1 / 4f, b.Y1 / 4f, (b.X1 + b.W) / 4f, (b.Y1 + b.H) / 4f })];
}
