// Window counts against PyTorch 1.13: conv2d, and max_pool2d with ceil_mode off and on; 0 where PyTorch refuses the size.
using Detection.Spec.Shapes;

namespace Detection.Spec.Tests;

public class WindowTests
{
    private static readonly long[] Sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 28, 55, 111, 113, 224, 227];

    // Operator, kernel, stride, padding, dilation, and the output for each of the sizes.
    private static readonly (string Operator, long Kernel, long Stride, long Padding, long Dilation, long[] Counts)[] Reference =
    [
        ("conv", 1, 1, 0, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 28, 55, 111, 113, 224, 227]),
        ("conv", 1, 2, 0, 1, [1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 7, 14, 28, 56, 57, 112, 114]),
        ("conv", 3, 1, 0, 1, [0, 0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 26, 53, 109, 111, 222, 225]),
        ("conv", 3, 1, 1, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 28, 55, 111, 113, 224, 227]),
        ("conv", 3, 2, 1, 1, [1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 7, 14, 28, 56, 57, 112, 114]),
        ("conv", 3, 2, 0, 1, [0, 0, 1, 1, 2, 2, 3, 3, 4, 6, 6, 13, 27, 55, 56, 111, 113]),
        ("conv", 3, 1, 2, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 28, 55, 111, 113, 224, 227]),
        ("conv", 3, 1, 6, 6, [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 28, 55, 111, 113, 224, 227]),
        ("conv", 5, 2, 2, 1, [1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 7, 14, 28, 56, 57, 112, 114]),
        ("conv", 7, 2, 3, 1, [1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 7, 14, 28, 56, 57, 112, 114]),
        ("conv", 7, 2, 0, 1, [0, 0, 0, 0, 0, 0, 1, 1, 2, 4, 4, 11, 25, 53, 54, 109, 111]),
        ("conv", 3, 4, 1, 3, [0, 0, 0, 0, 1, 1, 1, 1, 2, 3, 3, 6, 13, 27, 28, 55, 56]),
        ("conv", 2, 2, 0, 1, [0, 1, 1, 2, 2, 3, 3, 4, 4, 6, 7, 14, 27, 55, 56, 112, 113]),
        ("conv", 4, 3, 2, 1, [1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 5, 10, 19, 38, 38, 75, 76]),
        ("floor", 2, 2, 0, 1, [0, 1, 1, 2, 2, 3, 3, 4, 4, 6, 7, 14, 27, 55, 56, 112, 113]),
        ("floor", 3, 2, 0, 1, [0, 0, 1, 1, 2, 2, 3, 3, 4, 6, 6, 13, 27, 55, 56, 111, 113]),
        ("floor", 3, 2, 1, 1, [1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 7, 14, 28, 56, 57, 112, 114]),
        ("floor", 3, 1, 1, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 28, 55, 111, 113, 224, 227]),
        ("floor", 2, 1, 0, 1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 27, 54, 110, 112, 223, 226]),
        ("floor", 5, 3, 2, 1, [1, 1, 1, 2, 2, 2, 3, 3, 3, 5, 5, 10, 19, 37, 38, 75, 76]),
        ("floor", 7, 4, 3, 1, [1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4, 7, 14, 28, 29, 56, 57]),
        ("ceil", 2, 2, 0, 1, [1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 7, 14, 28, 56, 57, 112, 114]),
        ("ceil", 3, 2, 0, 1, [0, 1, 1, 2, 2, 3, 3, 4, 4, 6, 7, 14, 27, 55, 56, 112, 113]),
        ("ceil", 3, 2, 1, 1, [1, 2, 2, 3, 3, 4, 4, 5, 5, 7, 8, 15, 28, 56, 57, 113, 114]),
        ("ceil", 3, 1, 1, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 28, 55, 111, 113, 224, 227]),
        ("ceil", 2, 3, 1, 1, [1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 5, 10, 19, 38, 38, 75, 76]),
        ("ceil", 5, 3, 2, 1, [1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 10, 19, 38, 39, 76, 77]),
        ("ceil", 7, 4, 3, 1, [1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 5, 8, 15, 29, 29, 57, 58]),
        ("ceil", 2, 4, 1, 1, [1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 8, 14, 28, 29, 57, 57]),
        ("ceil", 3, 4, 0, 1, [1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4, 7, 14, 28, 29, 56, 57]),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Reference.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_window_has_as_many_positions_as_in_PyTorch(int row)
    {
        var (op, kernel, stride, padding, dilation, counts) = Reference[row];
        var window = new Window(kernel, stride, padding, padding, dilation, op == "ceil" ? WindowRounding.Ceil : WindowRounding.Floor);

        Assert.Equal(counts, Sizes.Select(window.Count));
        Assert.Equal(counts, Sizes.Select(window.Over(Extent.Input).At));
    }

    [Theory]
    [InlineData(224, 0, 1, 112)]
    [InlineData(225, 1, 1, 113)]
    [InlineData(7, 2, 0, 4)]
    public void Uneven_padding_counts_on_its_own_side(long size, long before, long after, long positions) =>
        Assert.Equal(positions, new Window(3, 2, before, after).Count(size));
}
