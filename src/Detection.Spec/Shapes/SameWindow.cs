// TensorFlow's SAME: as many windows as strides fit, padding as it takes, the smaller half of it on the top and left.
// That is not a fixed padding: it changes with the size. Where it does not, plain symmetric padding computes the same and is faster.
namespace Detection.Spec.Shapes;

/// <summary>A window along one axis, padded as TensorFlow's SAME does.</summary>
/// <param name="Kernel">Cells in the window.</param>
/// <param name="Stride">Distance of neighbouring windows.</param>
/// <param name="Dilation">Distance of neighbouring taps.</param>
public readonly record struct SameWindow(long Kernel, long Stride, long Dilation = 1)
{
    private long Span => ((Kernel - 1) * Dilation) + 1;

    /// <summary>Number of windows over <paramref name="size"/> cells: ceil(size / stride).</summary>
    public long Count(long size) => (size + Stride - 1) / Stride;

    /// <summary>Cells added before the first of <paramref name="size"/> cells; behind the last come as many or one more.</summary>
    public long PaddingBefore(long size) => Math.Max(((Count(size) - 1) * Stride) + Span - size, 0) / 2;

    /// <summary>Number of windows over an extent, as a function of the input.</summary>
    public Extent Over(Extent extent) => Stride == 1 ? extent : extent.Then(Count, period: Stride, slope: 1, stableFrom: 0);

    /// <summary>
    /// The window with the same padding on both sides that has its taps at the same cells for every allowed size, or null when there is none or it cannot be decided.
    /// </summary>
    public Window? Symmetric(Extent extent, SizeDomain domain, WindowRounding rounding)
    {
        if (extent.Remainders(Stride, domain) is not { } remainders)
        {
            return null;
        }

        // The padding depends on the size by its remainder alone; a whole stride stands for none left over.
        var (stride, self) = (Stride, this);
        var before = remainders.Select(r => self.PaddingBefore(r == 0 ? stride : r)).Distinct().ToArray();
        if (before.Length != 1)
        {
            return null;
        }

        try
        {
            var window = new Window(Kernel, Stride, before[0], before[0], Dilation, rounding);
            return window.Over(extent).FirstDifference(Over(extent), domain) is null ? window : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
