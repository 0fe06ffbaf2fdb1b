// torch.Tensor: filling with and drawing random numbers.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            InPlace("aten::uniform_", this, from, to, AtenArg.Named("generator", generator));

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            InPlace("aten::normal_", this, mean, std, AtenArg.Named("generator", generator));

        public Tensor log_normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            InPlace("aten::log_normal_", this, mean, std, AtenArg.Named("generator", generator));

        public Tensor exponential_(double lambda = 1.0, Generator? generator = null) =>
            InPlace("aten::exponential_", this, lambda, AtenArg.Named("generator", generator));

        public Tensor cauchy_(double median = 0.0, double sigma = 1.0, Generator? generator = null) =>
            InPlace("aten::cauchy_", this, median, sigma, AtenArg.Named("generator", generator));

        public Tensor geometric_(double p, Generator? generator = null) =>
            InPlace("aten::geometric_", this, p, AtenArg.Named("generator", generator));

        /// <summary>Integers from the half-open interval.</summary>
        public Tensor random_(double from, double to, Generator? generator = null) =>
            InPlace("aten::random_.from", this, (long)from, (long)to, AtenArg.Named("generator", generator));

        public Tensor bernoulli(Generator? generator = null) =>
            Aten.Call("aten::bernoulli", this, AtenArg.Named("generator", generator));

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            InPlace("aten::bernoulli_.float", this, p, AtenArg.Named("generator", generator));

        public Tensor bernoulli_(Tensor p, Generator? generator = null) =>
            InPlace("aten::bernoulli_.Tensor", this, p, AtenArg.Named("generator", generator));

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Aten.Call("aten::multinomial", this, num_samples, replacement, AtenArg.Named("generator", generator));

        public Tensor poisson(Generator? generator = null) =>
            Aten.Call("aten::poisson", this, AtenArg.Named("generator", generator));

        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like("aten::rand_like", dtype, device, requires_grad);

        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Like("aten::randn_like", dtype, device, requires_grad);

        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            Aten.Call("aten::randint_like.low_dtype", this, low, high, AtenArg.Named("dtype", dtype), AtenArg.Named("device", device))
                .requires_grad_(requires_grad);
    }
}
