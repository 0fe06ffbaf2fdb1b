// How many positions a sliding window has: the size rules of convolutions and poolings.
namespace Detection.Spec.Shapes;

/// <summary>How a window that does not fit evenly is counted.</summary>
public enum WindowRounding
{
    /// <summary>Windows lie inside the padded input.</summary>
    Floor,

    /// <summary>A last, partial window is added if it begins inside the input or its leading padding.</summary>
    Ceil,
}

/// <summary>A window along one axis.</summary>
/// <param name="Kernel">Cells in the window.</param>
/// <param name="Stride">Distance of neighbouring windows.</param>
/// <param name="PaddingBefore">Zeros before the first cell.</param>
/// <param name="PaddingAfter">Zeros behind the last cell.</param>
/// <param name="Dilation">Distance of neighbouring taps.</param>
/// <param name="Rounding">How a partial window is counted.</param>
public readonly record struct Window(
    long Kernel, long Stride = 1, long PaddingBefore = 0, long PaddingAfter = 0, long Dilation = 1, WindowRounding Rounding = WindowRounding.Floor)
{
    /// <summary>Cells from the first tap to the last.</summary>
    public long Span => ((Kernel - 1) * Dilation) + 1;

    /// <summary>Number of window positions over <paramref name="size"/> cells; zero or less when none fits.</summary>
    public long Count(long size)
    {
        // A partial window needs no whole one before it: three cells wide in steps of two, one fits over two cells.
        var room = size + PaddingBefore + PaddingAfter - Span + (Rounding == WindowRounding.Ceil ? Stride - 1 : 0);
        if (room < 0)
        {
            return 0;
        }

        var count = (room / Stride) + 1;
        return Rounding == WindowRounding.Ceil && (count - 1) * Stride >= size + PaddingBefore ? count - 1 : count;
    }

    /// <summary>Number of window positions over an extent, as a function of the input.</summary>
    public Extent Over(Extent extent) => Stride == 1 && PaddingBefore + PaddingAfter == Span - 1
        ? extent
        : extent.Then(Count, period: Stride, slope: 1, stableFrom: Math.Max(1, Span));
}
