// torch.Tensor: reductions, cumulative sums and order.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor all() => Aten.Call("aten::all", this);
        public Tensor all(long dim, bool keepdim = false) => Aten.Call("aten::all.dim", this, dim, keepdim);
        public Tensor any() => Aten.Call("aten::any", this);
        public Tensor any(long dim, bool keepdim = false) => Aten.Call("aten::any.dim", this, dim, keepdim);
        public Tensor amax(params long[] dims) => Aten.Call("aten::amax", this, dims);
        public Tensor amin(params long[] dims) => Aten.Call("aten::amin", this, dims);
        public Tensor argmax() => Aten.Call("aten::argmax", this);
        public Tensor argmax(long dim, bool keepdim = false) => Aten.Call("aten::argmax", this, dim, keepdim);
        public Tensor argmin() => Aten.Call("aten::argmin", this);
        public Tensor argmin(long dim, bool keepdim = false) => Aten.Call("aten::argmin", this, dim, keepdim);
        public Tensor prod(ScalarType? type = null) => Aten.Call("aten::prod", this, AtenArg.Named("dtype", type));
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) =>
            Aten.Call("aten::prod.dim_int", this, dim, keepdim, AtenArg.Named("dtype", type));
        public Tensor logcumsumexp(long dim) => Aten.Call("aten::logcumsumexp", this, dim);
        public Tensor cumsum(long dim, ScalarType? type = null) => Aten.Call("aten::cumsum", this, dim, AtenArg.Named("dtype", type));
        public Tensor cumprod(long dim, ScalarType? type = null) => Aten.Call("aten::cumprod", this, dim, AtenArg.Named("dtype", type));
        public (Tensor values, Tensor indexes) cummax(long dim) => Pair("aten::cummax", this, dim);
        public (Tensor values, Tensor indexes) cummin(long dim) => Pair("aten::cummin", this, dim);
        public Tensor median() => Aten.Call("aten::median", this);
        public Tensor nanmedian() => Aten.Call("aten::nanmedian", this);
        public Tensor nansum() => Aten.Call("aten::nansum", this);
        public (Tensor values, Tensor indices) mode(long dim = -1L, bool keepdim = false) => Pair("aten::mode", this, dim, keepdim);
        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) =>
            Pair("aten::kthvalue", this, k, dim, keepdim);
        public Tensor msort() => Aten.Call("aten::msort", this);
        public Tensor dist(Tensor other, float p = 2.0f) => Aten.Call("aten::dist", this, other, p);
        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) =>
            Aten.Call("aten::diff", this, n, dim, prepend, append);
        public Tensor trapezoid(double dx = 1, long dim = -1) =>
            Aten.Call("aten::trapezoid.dx", this, AtenArg.Named("dx", dx), AtenArg.Named("dim", dim));
        public Tensor trapezoid(Tensor x, long dim = -1) => Aten.Call("aten::trapezoid.x", this, x, AtenArg.Named("dim", dim));
        public Tensor cumulative_trapezoid(double dx = 1, long dim = -1) =>
            Aten.Call("aten::cumulative_trapezoid.dx", this, AtenArg.Named("dx", dx), AtenArg.Named("dim", dim));
        public Tensor cumulative_trapezoid(Tensor x, long dim = -1) =>
            Aten.Call("aten::cumulative_trapezoid.x", this, x, AtenArg.Named("dim", dim));
        public Tensor renorm(float p, long dim, float maxnorm) => Aten.Call("aten::renorm", this, p, dim, maxnorm);
        public Tensor cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null) =>
            Aten.Call("aten::cov", this, AtenArg.Named("correction", correction),
                AtenArg.Named("fweights", fweights), AtenArg.Named("aweights", aweights));
        public Tensor corrcoef() => Aten.Call("aten::corrcoef", this);

        public Tensor sum(ScalarType? type = null) => Aten.Call("aten::sum", this, AtenArg.Named("dtype", type));

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            Aten.Call("aten::sum.dim_IntList", this, dim, keepdim, AtenArg.Named("dtype", type));

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum(new[] { dim }, keepdim, type);
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum(new[] { dim0, dim1 }, keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) =>
            sum(new[] { dim0, dim1, dim2 }, keepdim, type);

        public Tensor mean() => Aten.Call("aten::mean", this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Aten.Call("aten::mean.dim", this, dimensions, keepdim, AtenArg.Named("dtype", type));

        public Tensor nanmean(int? dim = null, bool keepdim = false, ScalarType? dtype = null) =>
            Aten.Call("aten::nanmean", this, dim is { } d ? new[] { (long)d } : null, keepdim, AtenArg.Named("dtype", dtype));

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => Extreme("aten::amax", dims, keepdim, @out);
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amax(dims.ToArray(), keepdim, @out);
        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => Extreme("aten::amin", dims, keepdim, @out);
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amin(dims.ToArray(), keepdim, @out);

        public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false) =>
            Pair("aten::aminmax", this, AtenArg.Named("dim", dim), AtenArg.Named("keepdim", keepdim));

        public Tensor max() => Aten.Call("aten::max", this);
        public Tensor max(Tensor other) => Aten.Call("aten::max.other", this, other);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Pair("aten::max.dim", this, dim, keepdim);
        public Tensor min() => Aten.Call("aten::min", this);
        public Tensor min(Tensor other) => Aten.Call("aten::min.other", this, other);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Pair("aten::min.dim", this, dim, keepdim);

        public Tensor logsumexp(long dim, bool keepdim = false) => Aten.Call("aten::logsumexp", this, new[] { dim }, keepdim);

        public Tensor norm(float p = 2.0f) => Aten.Call("aten::norm.Scalar", this, p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) =>
            Aten.Call("aten::norm.ScalarOpt_dim", this, p, new[] { (long)dim }, keepdim);

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.Call("aten::quantile", this, q, dim, keepdim);
        public Tensor nanquantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.Call("aten::nanquantile", this, q, dim, keepdim);

        public Tensor count_nonzero(long[]? dims = null) => dims is { Length: > 0 }
            ? Aten.Call("aten::count_nonzero.dim_IntList", this, dims)
            : Aten.Call("aten::count_nonzero", this);

        public Tensor std(bool unbiased = true) => Aten.Call("aten::std", this, unbiased);
        public Tensor var(bool unbiased = true) => Aten.Call("aten::var", this, unbiased);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(Aten.Call("aten::std.dim", this, dimensions, unbiased, keepdim), type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(Aten.Call("aten::var.dim", this, dimensions, unbiased, keepdim), type);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std(new[] { dim }, unbiased, keepdim, type);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var(new[] { dim }, unbiased, keepdim, type);

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std(dimensions.ToArray(), unbiased, keepdim, type);

        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var(dimensions.ToArray(), unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Pair("aten::std_mean", this, unbiased);

        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Pair("aten::std_mean.dim", this, dimensions, unbiased, keepdim);

        public (Tensor std, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Pair("aten::var_mean.dim", this, dimensions, unbiased, keepdim);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Pair("aten::topk", this, k, dim, largest, sorted);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => stable
            ? Pair("aten::sort.stable", this, true, dim, descending)
            : Pair("aten::sort", this, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Aten.Call("aten::argsort", this, dim, descending);

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(
            bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) =>
            Unique(return_inverse, return_counts, dim is { } d
                ? Aten.CallMany("aten::unique_dim", this, d, sorted, return_inverse, return_counts)
                : Aten.CallMany("aten::_unique2", this, sorted, return_inverse, return_counts));

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique_consecutive(
            bool return_inverse = false, bool return_counts = false, int? dim = null) =>
            Unique(return_inverse, return_counts,
                Aten.CallMany("aten::unique_consecutive", this, return_inverse, return_counts, dim is { } d ? (long)d : AtenArg.None));

        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Aten.Call("aten::histc", this, bins, min, max);

        private Tensor Extreme(string op, long[] dims, bool keepdim, Tensor? result)
        {
            if (result is null)
                return Aten.Call(op, this, dims, keepdim);
            using var value = Aten.Call(op, this, dims, keepdim);
            result.set_(value);
            return result;
        }

        private static Tensor As(Tensor value, ScalarType? type) =>
            type is { } t && value.dtype != t ? value.to_type(t, disposeAfter: true) : value;

        private static (Tensor, Tensor?, Tensor?) Unique(bool inverse, bool counts, Tensor[] results)
        {
            if (!inverse)
                results[1]?.Dispose();
            if (!counts)
                results[2]?.Dispose();
            return (results[0], inverse ? results[1] : null, counts ? results[2] : null);
        }
    }
}
