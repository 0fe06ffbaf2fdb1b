// The random streams: the numbers themselves are part of the promise, or training could not be repeated with the next version.
using Xunit;

namespace Detection.Runtime.Tests;

public sealed class RandomStreamTests
{
    [Fact]
    public void Streams_with_different_keys_share_nothing()
    {
        var seen = new HashSet<ulong>();
        for (var seed = -2; seed < 3; seed++)
        {
            for (var epoch = 0; epoch < 5; epoch++)
            {
                for (var position = 0; position < 50; position++)
                {
                    var random = new RandomStream(seed, epoch, position);
                    Assert.True(seen.Add(random.Next()) && seen.Add(random.Next()));
                }
            }
        }
    }

    [Fact]
    public void Numbers_are_even()
    {
        var random = new RandomStream(1);
        var counts = new int[10];
        for (var i = 0; i < 100_000; i++)
        {
            counts[random.Below(10)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        Assert.InRange(Enumerable.Range(0, 10_000).Average(_ => random.NextDouble()), 0.49, 0.51);
    }

    [Fact]
    public void A_permutation_has_every_number_once_and_every_place_is_likely()
    {
        var first = new int[5];
        for (var i = 0; i < 5_000; i++)
        {
            var random = new RandomStream(2, i);
            var order = random.Permutation(5);
            Assert.Equal([0, 1, 2, 3, 4], order.Order());
            first[order[0]]++;
        }
        Assert.All(first, count => Assert.InRange(count, 900, 1_100));
    }
}
