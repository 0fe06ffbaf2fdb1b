// Extents against brute force: evaluation, the period law, first difference and first-below over random chains of layers.
using Detection.Spec.Shapes;
using FsCheck;
using FsCheck.Fluent;

namespace Detection.Spec.Tests;

public class ExtentTests
{
    private const int Cases = 150;

    /// <summary>A layer that changes the size: a window, or an upsampling when it has no kernel.</summary>
    public sealed record Layer(int Kernel, int Stride, int Padding, int Dilation, bool Ceil, int Factor)
    {
        public Window Window => new(Kernel, Stride, Padding, Padding, Dilation, Ceil ? WindowRounding.Ceil : WindowRounding.Floor);

        public Extent Over(Extent extent) => Factor > 1 ? extent.Then(y => y * Factor, 1, Factor) : Window.Over(extent);

        // PyTorch's rules, written down a second time and differently: positions are counted one by one.
        public long Step(long size)
        {
            if (Factor > 1)
            {
                return size * Factor;
            }

            var (count, reach) = (0L, ((Kernel - 1L) * Dilation) + 1);
            for (var start = -(long)Padding; ; start += Stride)
            {
                var fits = start + reach <= size + Padding;
                var begins = Ceil && start < size && start + reach - (Stride - 1) <= size + Padding;
                if (!fits && !begins)
                {
                    return count;
                }

                count++;
            }
        }
    }

    private static Gen<Layer> Layers =>
        from kernel in Gen.Choose(1, 7)
        from stride in Gen.Choose(1, 4)
        from padding in Gen.Choose(0, kernel / 2)
        from dilation in Gen.Choose(1, 3)
        from ceil in Gen.Elements(false, true)
        from factor in Gen.Frequency((5, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
        select new Layer(kernel, stride, padding, ceil ? 1 : dilation, ceil, factor);

    private static Gen<Layer[]> Chains => from length in Gen.Choose(0, 5) from chain in Gen.ArrayOf(Layers, length) select chain;

    private static Gen<SizeDomain> Domains =>
        from least in Gen.Choose(1, 80)
        from step in Gen.Elements(1, 1, 2, 3, 8, 16, 32)
        from width in Gen.Choose(0, 3000)
        from isOpen in Gen.Elements(true, false)
        select new SizeDomain((least + step - 1) / step * step, isOpen ? null : ((least + step - 1) / step * step) + width, step);

    private static Extent Of(Layer[] chain) => chain.Aggregate(Extent.Input, (extent, layer) => layer.Over(extent));

    private static long Stepwise(Layer[] chain, long size) => chain.Aggregate(size, (cells, layer) => layer.Step(cells));

    [Fact]
    public void An_extent_has_the_value_of_its_layers_one_after_another() =>
        Prop.ForAll(Chains.ToArbitrary(), chain =>
        {
            var extent = Of(chain);
            return Enumerable.Range(1, 400).All(size => extent.At(size) == Stepwise(chain, size));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void An_extent_repeats_with_its_period_and_slope_from_where_it_says() =>
        Prop.ForAll(Chains.ToArbitrary(), chain =>
        {
            var extent = Of(chain);
            return Enumerable.Range(0, 600).All(i => extent.At(extent.StableFrom + i + extent.Period) == extent.At(extent.StableFrom + i) + extent.Slope);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void An_extent_never_decreases() =>
        Prop.ForAll(Chains.ToArbitrary(), chain =>
        {
            var extent = Of(chain);
            return Enumerable.Range(0, 600).All(size => extent.At(size) <= extent.At(size + 1));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    // Chains that are often nearly equal: the second is the first with a layer changed, or the first down and up again.
    private static Gen<(Layer[], Layer[])> Pairs => Gen.OneOf(
        from a in Chains from b in Chains select (a, b),
        from a in Chains from index in Gen.Choose(0, 4) from other in Layers
        select (a, a.Select((l, i) => i == index ? other : l).ToArray()),
        from a in Chains from factor in Gen.Choose(2, 3)
        select (a, a.Append(new Layer(factor, factor, 0, 1, false, 1)).Append(new Layer(1, 1, 0, 1, false, factor)).ToArray()));

    [Fact]
    public void A_difference_is_found_exactly_where_brute_force_finds_the_first() =>
        Prop.ForAll(Pairs.ToArbitrary(), Domains.ToArbitrary(), (pair, domain) =>
        {
            var (a, b) = (Of(pair.Item1), Of(pair.Item2));
            var found = a.FirstDifference(b, domain);
            var brute = domain.UpTo(domain.Minimum + 4000).Cast<long?>().FirstOrDefault(x => a.At(x!.Value) != b.At(x!.Value));
            return found == b.FirstDifference(a, domain)
                && (found == brute || (brute is null && found > domain.Minimum + 4000 && a.At(found.Value) != b.At(found.Value)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2 * Cases));

    [Fact]
    public void Below_is_found_exactly_where_brute_force_finds_the_first() =>
        Prop.ForAll(Chains.Select(Of).ToArbitrary(), Domains.ToArbitrary(), Gen.Choose(0, 40).ToArbitrary(), (extent, domain, cells) =>
            extent.FirstBelow(cells, domain)
                == domain.UpTo(domain.Minimum + 4000).Cast<long?>().FirstOrDefault(x => extent.At(x!.Value) < cells))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void A_padded_window_that_keeps_the_size_is_the_extent_itself() =>
        Assert.Same(Extent.Input, new Window(3, 1, 1, 1).Over(new Window(5, 1, 4, 4, Dilation: 2).Over(Extent.Input)));

    [Fact]
    public void A_difference_far_beyond_the_first_sizes_is_found()
    {
        // floor(x / 1009) and floor(x / 1013), from one cell on: they part at 1009 * 253 = 255,277 at the latest.
        var (a, b) = (new Window(1, 1009).Over(Extent.Input), new Window(1, 1013).Over(Extent.Input));

        Assert.Equal(1010, a.FirstDifference(b, new SizeDomain(1, null, 1)));
        Assert.Null(a.FirstDifference(b, new SizeDomain(1, 1009, 1)));
    }

    [Fact]
    public void Unequal_slopes_are_a_difference_even_where_one_whole_period_agrees()
    {
        // One step in 64 pixels against none: equal for the first allowed sizes, never for all.
        var (a, b) = (new Window(1, 64).Over(Extent.Input), Extent.Constant(1));

        Assert.Equal(96, a.FirstDifference(b, new SizeDomain(32, null, 32)));
        Assert.Null(a.FirstDifference(b, new SizeDomain(32, 64, 32)));
    }

    [Fact]
    public void Sizes_that_repeat_too_late_to_be_compared_are_refused_in_bounded_time()
    {
        Extent Slow(params long[] strides) => strides.Aggregate(Extent.Input, (e, s) => new Window(1, s).Over(e.Then(y => checked(y * 61), 1, 61)));
        var (a, b) = (Slow(1009, 1013, 1019), Slow(1019, 1013, 1009));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var error = Record.Exception(() => a.FirstDifference(b, new SizeDomain(100_000, null, 1)));

        Assert.True(error is null or OverflowException);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_chain_too_long_for_the_stack_is_refused()
    {
        var extent = Extent.Input;

        Assert.Throws<OverflowException>(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                extent = new Window(3).Over(extent);
            }
        });
    }

    [Theory]
    [InlineData(64, 64, 1, "64")]
    [InlineData(32, null, 1, "at least 32")]
    [InlineData(32, null, 32, "at least 32, in steps of 32")]
    [InlineData(32, 96, 32, "32 to 96, in steps of 32")]
    public void A_domain_reads_as_words(int least, int? most, int step, string words) => Assert.Equal(words, new SizeDomain(least, most, step).ToString());
}
