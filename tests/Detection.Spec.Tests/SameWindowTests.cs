// TensorFlow's SAME against its definition, and the claim that a plain padding does the same against every allowed size.
using Detection.Spec.Shapes;
using FsCheck;
using FsCheck.Fluent;

namespace Detection.Spec.Tests;

public class SameWindowTests
{
    private const int Cases = 300;

    private static Gen<SameWindow> Windows =>
        from kernel in Gen.Choose(1, 7)
        from stride in Gen.Choose(1, 4)
        from dilation in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
        select new SameWindow(kernel, stride, dilation);

    private static Gen<(Extent Extent, SizeDomain Domain)> Inputs =>
        from stride in Gen.Elements(1, 2, 3)
        from factor in Gen.Elements(1, 1, 2)
        from least in Gen.Choose(1, 20)
        from step in Gen.Elements(1, 1, 2, 4, 6)
        from width in Gen.Elements(0, 0, 7, 200, int.MaxValue)
        let extent = new Window(3, stride, 1, 1).Over(Extent.Input)
        let first = (least + step - 1) / step * step
        select (factor == 1 ? extent : extent.Then(y => y * factor, 1, factor), new SizeDomain(first, width == int.MaxValue ? null : first + width, step));

    // Positions of the first tap of every window, as TensorFlow's documentation gives them.
    private static long[] Positions(SameWindow window, long size)
    {
        var count = (long)Math.Ceiling((double)size / window.Stride);
        var total = Math.Max(((count - 1) * window.Stride) + ((window.Kernel - 1) * window.Dilation) + 1 - size, 0);
        return [.. Enumerable.Range(0, (int)count).Select(i => (i * window.Stride) - (long)Math.Floor(total / 2.0))];
    }

    [Fact]
    public void A_plain_padding_is_given_only_if_its_windows_lie_where_those_of_same_do() =>
        Prop.ForAll((from w in Windows from i in Inputs from c in Gen.Elements(false, true) select (w, i, c)).ToArbitrary(), test =>
        {
            var (window, (extent, domain), ceil) = test;
            return window.Symmetric(extent, domain, ceil ? WindowRounding.Ceil : WindowRounding.Floor) is not { } plain
                || domain.UpTo(domain.Minimum + 200).Select(extent.At).All(size =>
                    Positions(window, size).SequenceEqual(Enumerable.Range(0, (int)plain.Count(size)).Select(i => (i * plain.Stride) - plain.PaddingBefore)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void A_plain_padding_that_fits_every_size_is_found() =>
        Prop.ForAll((from w in Windows from i in Inputs select (w, i)).ToArbitrary(), test =>
        {
            var (window, (extent, domain)) = test;
            var sizes = domain.UpTo(domain.Minimum + 200).Select(extent.At).Distinct().ToArray();
            var fits = Enumerable.Range(0, 12).Any(p =>
                sizes.All(size => Positions(window, size).SequenceEqual(Enumerable.Range(0, (int)(size + (2 * p) - ((window.Kernel - 1) * window.Dilation) - 1 < 0 ? 0
                    : ((size + (2 * p) - ((window.Kernel - 1) * window.Dilation) - 1) / window.Stride) + 1)).Select(i => (i * window.Stride) - p))));
            return fits == (window.Symmetric(extent, domain, WindowRounding.Floor) is not null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void An_extent_of_same_windows_has_a_cell_for_every_stride_begun() =>
        Prop.ForAll((from w in Windows from i in Inputs select (w, i)).ToArbitrary(), test =>
        {
            var (window, (extent, domain)) = test;
            var over = window.Over(extent);
            return domain.UpTo(domain.Minimum + 300).All(size => over.At(size) == Positions(window, extent.At(size)).Length);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
}
