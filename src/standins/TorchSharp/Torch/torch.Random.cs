// torch: random numbers.
namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds libtorch's generators of all devices.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long seed() => random.seed();

    public static long initial_seed() => random.initial_seed();

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    /// <summary>The global generator of the CPU.</summary>
    public static partial class random
    {
        public static long seed()
        {
            using var generator = Generator.Default;
            return generator.seed();
        }

        public static long initial_seed()
        {
            using var generator = Generator.Default;
            return generator.initial_seed();
        }

        public static Generator manual_seed(long seed)
        {
            Native.Check(Native.dg_manual_seed(unchecked((ulong)seed)));
            return Generator.Default;
        }

        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }

    /// <summary>Integers from [low, high).</summary>
    public static Tensor randint(
        long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        Aten.Call("aten::randint.low_generator", low, high, size.Shape, generator,
            AtenArg.Named("dtype", dtype ?? ScalarType.Int64), AtenArg.Named("device", Place(device))).requires_grad_(requires_grad);

    public static Tensor randint(
        long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator);

    public static Tensor randint(
        long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        randint(0, high, new Size(size), dtype, device, requires_grad, generator);

    public static Tensor randint(
        long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        randint(low, high, new Size(size), dtype, device, requires_grad, generator);

    public static Tensor randint(
        int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        randint(low, high, new Size(size), dtype, device, requires_grad, generator);

    public static Tensor randint(
        int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        randint(0, high, new Size(size), dtype, device, requires_grad, generator);

    public static bool randint_bool(Generator? generator = null) => randint_long(0, 2, generator) == 1;

    public static int randint_int(int high, Generator? generator = null) => (int)randint_long(0, high, generator);

    public static int randint_int(int low, int high, Generator? generator = null) => (int)randint_long(low, high, generator);

    public static long randint_long(long high, Generator? generator = null) => randint_long(0, high, generator);

    public static long randint_long(long low, long high, Generator? generator = null)
    {
        using var drawn = randint(low, high, Size.Empty, generator: generator);
        return drawn.item<long>();
    }

    public static double rand_float(Generator? generator = null)
    {
        using var drawn = rand([], ScalarType.Float64, generator: generator);
        return drawn.item<double>();
    }

    public static double randn_float(Generator? generator = null)
    {
        using var drawn = randn([], ScalarType.Float64, generator: generator);
        return drawn.item<double>();
    }

    /// <summary>The integers from 0 to n - 1 in random order.</summary>
    public static Tensor randperm(
        long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        Aten.Call("aten::randperm.generator", n, AtenArg.Named("generator", generator),
            AtenArg.Named("dtype", dtype ?? ScalarType.Int64), AtenArg.Named("device", Place(device))).requires_grad_(requires_grad);

    public static Tensor normal(Tensor mean, Tensor std, Generator? generator = null)
    {
        using var standard = randn(mean.shape, device: std.device, generator: generator);
        using var scaled = standard * std;
        return scaled + mean;
    }

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    public static Tensor poisson(Tensor input, Generator? generator = null) => input.poisson(generator);

    public static Tensor normal(
        double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        randn(size.ToArray(), dtype, device, generator: generator).mul_(std).add_(mean).requires_grad_(requires_grad);
}
