// Random numbers: reproducible, in their range, independent of each other.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class RandomTests
{
    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var first = rand(5);
        manual_seed(7);
        Assert.True(rand(5).Equals(first));
        Assert.False(rand(5).Equals(first));
    }

    [Fact]
    public void A_saved_state_continues_where_it_was()
    {
        using var scope = NewDisposeScope();
        var state = random.get_rng_state();
        var first = randn(5);
        random.set_rng_state(state);
        Assert.True(randn(5).Equals(first));
    }

    [Fact]
    public void A_generator_is_independent_of_the_global_one()
    {
        using var scope = NewDisposeScope();
        using var mine = new Generator(3);
        using var twin = new Generator(3);
        manual_seed(1);
        var global = rand(4);
        manual_seed(1);
        var own = rand([4], generator: mine);
        Assert.True(rand(4).Equals(global));
        Assert.True(rand([4], generator: twin).Equals(own));
        Assert.Equal(3, mine.initial_seed());
    }

    [Fact]
    public void A_generator_state_can_be_saved_and_restored()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var state = generator.get_state();
        var first = randperm(20, generator: generator);
        generator.set_state(state);
        Assert.True(randperm(20, generator: generator).Equals(first));
    }

    [Fact]
    public void Draws_lie_in_their_range()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var uniform = zeros(2000).uniform_(-1, 3);
        Assert.InRange(uniform.min().ToSingle(), -1, -0.9);
        Assert.InRange(uniform.max().ToSingle(), 2.9, 3);
        var normal = zeros(20000).normal_(2, 0.5);
        Assert.InRange(normal.mean().ToSingle(), 1.98, 2.02);
        Assert.InRange(normal.std().ToSingle(), 0.48, 0.52);
        var integers = randint(3, 6, [500]);
        Assert.Equal(ScalarType.Int64, integers.dtype);
        Expect.Row(integers.unique().output, 3, 4, 5);
        Expect.Row(randperm(6).sort().Values, 0, 1, 2, 3, 4, 5);
        Assert.InRange(randint_int(2, 4), 2, 3);
        Assert.InRange(rand_float(), 0, 1);
    }

    [Fact]
    public void A_multinomial_never_draws_what_has_no_weight()
    {
        using var scope = NewDisposeScope();
        var drawn = tensor(new float[] { 0, 1, 0, 2 }).multinomial(2);
        Expect.Row(drawn.sort().Values, 1, 3);
    }
}
