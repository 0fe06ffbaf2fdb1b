// Random numbers that are the same on every machine and .NET version, one independent stream per key (SplitMix64: Steele, Lea and Flood 2014).
namespace Detection.Runtime;

/// <summary>A stream of random numbers that depends on its seed and key alone.</summary>
internal struct RandomStream
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private ulong state;

    /// <param name="seed">Seed of the run.</param>
    /// <param name="key">What the stream is for: epoch, position, purpose.</param>
    public RandomStream(long seed, params ReadOnlySpan<long> key)
    {
        state = Mix((ulong)seed + GoldenGamma);
        foreach (var part in key)
        {
            // Not symmetric in what came before and the part: seed 3 in epoch 3 must not meet seed 4 in epoch 4.
            state = Mix((state + GoldenGamma) * 0xD1342543DE82EF95 + (ulong)part);
        }
    }

    public ulong Next() => Mix(state += GoldenGamma);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 .. count - 1.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>True with this probability; always takes one number from the stream.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>One of the options.</summary>
    public T OneOf<T>(params ReadOnlySpan<T> options) => options[Below(options.Length)];

    /// <summary>0 .. count - 1 in random order (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = Below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
