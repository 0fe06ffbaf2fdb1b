// torch.Tensor: shapes, views and pieces.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor t() => Aten.Call("aten::t", this);
        public Tensor transpose(long dim0, long dim1) => Aten.Call("aten::transpose.int", this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => InPlace("aten::transpose_", this, dim0, dim1);
        public Tensor swapdims(long dim0, long dim1) => Aten.Call("aten::swapdims", this, dim0, dim1);
        public Tensor swapaxes(long dim0, long dim1) => Aten.Call("aten::swapaxes", this, dim0, dim1);
        public Tensor view_as(Tensor other) => Aten.Call("aten::view_as", this, other);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.Call("aten::flatten.using_ints", this, start_dim, end_dim);
        public Tensor unsqueeze(long dim) => Aten.Call("aten::unsqueeze", this, dim);
        public Tensor unsqueeze_(long dim) => InPlace("aten::unsqueeze_", this, dim);
        public Tensor ravel() => Aten.Call("aten::ravel", this);
        public Tensor tile(long[] reps) => Aten.Call("aten::tile", this, reps);
        public Tensor unfold(long dimension, long size, long step) => Aten.Call("aten::unfold", this, dimension, size, step);
        public Tensor narrow(long dim, long start, long length) => Aten.Call("aten::narrow", this, dim, start, length);
        public Tensor[] chunk(long chunks, long dim = 0L) => Aten.CallMany("aten::chunk", this, chunks, dim);
        public Tensor[] split(long size, int dim = 0) => Aten.CallMany("aten::split.Tensor", this, size, dim);
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Aten.CallMany("aten::split.sizes", this, sizes.ToArray(), dim);
        public Tensor[] split(long[] sizes, long dim = 0) => Aten.CallMany("aten::split.sizes", this, sizes, dim);
        public Tensor[] split(params long[] sizes) => Aten.CallMany("aten::split.sizes", this, sizes);
        public Tensor[] tensor_split(long size, long dim = 0L) => Aten.CallMany("aten::tensor_split.sections", this, size, dim);
        public Tensor[] tensor_split(long[] sizes, long dim = 0L) => Aten.CallMany("aten::tensor_split.indices", this, sizes, dim);
        public Tensor[] tensor_split(Tensor indices, long dim = 0L) =>
            Aten.CallMany("aten::tensor_split.tensor_indices_or_sections", this, indices, dim);
        public Tensor[] vsplit(long size) => Aten.CallMany("aten::vsplit.int", this, size);
        public Tensor[] vsplit(params long[] sizes) => Aten.CallMany("aten::vsplit.array", this, sizes);
        public Tensor[] hsplit(long size) => Aten.CallMany("aten::hsplit.int", this, size);
        public Tensor[] hsplit(params long[] sizes) => Aten.CallMany("aten::hsplit.array", this, sizes);
        public Tensor[] dsplit(long size) => Aten.CallMany("aten::dsplit.int", this, size);
        public Tensor[] dsplit(params long[] sizes) => Aten.CallMany("aten::dsplit.array", this, sizes);
        public Tensor fliplr() => Aten.Call("aten::fliplr", this);
        public Tensor flipud() => Aten.Call("aten::flipud", this);
        public Tensor roll(long[] shifts, long[] dims) => Aten.Call("aten::roll", this, shifts, dims);
        public Tensor roll(long[] shifts) => Aten.Call("aten::roll", this, shifts);
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) =>
            Aten.Call("aten::roll", this, shifts.ToArray(), dims.ToArray());
        public Tensor diag(long diagonal = 0) => Aten.Call("aten::diag", this, diagonal);
        public Tensor diag_embed(long offset = 0L, long dim1 = -2L, long dim2 = -1L) =>
            Aten.Call("aten::diag_embed", this, offset, dim1, dim2);
        public Tensor diagflat(long offset = 0) => Aten.Call("aten::diagflat", this, offset);
        public Tensor diagonal(long offset = 0L, long dim1 = 0L, long dim2 = 1L) =>
            Aten.Call("aten::diagonal", this, offset, dim1, dim2);
        public Tensor tril(long diagonal = 0) => Aten.Call("aten::tril", this, diagonal);
        public Tensor tril_(long diagonal = 0) => InPlace("aten::tril_", this, diagonal);
        public Tensor triu(long diagonal = 0) => Aten.Call("aten::triu", this, diagonal);
        public Tensor triu_(long diagonal = 0) => InPlace("aten::triu_", this, diagonal);
        public Tensor expand_as(Tensor other) => Aten.Call("aten::expand_as", this, other);
        public Tensor movedim(long[] source, long[] destination) => Aten.Call("aten::movedim.intlist", this, source, destination);
        public Tensor atleast_1d() => Aten.Call("aten::atleast_1d", this);
        public Tensor atleast_2d() => Aten.Call("aten::atleast_2d", this);
        public Tensor atleast_3d() => Aten.Call("aten::atleast_3d", this);
        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Aten.Call("aten::repeat_interleave.self_Tensor", this, repeats, dim, AtenArg.Named("output_size", output_size));
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Aten.Call("aten::repeat_interleave.self_int", this, repeats, dim, AtenArg.Named("output_size", output_size));

        public Tensor view(params long[] shape) => Aten.Call("aten::view", this, shape);
        public Tensor reshape(params long[] shape) => Aten.Call("aten::reshape", this, shape);
        public Tensor unflatten(long dim, params long[] sizes) => view(Unflattened(dim, sizes));
        public Tensor unflatten(long dim, Size sizes) => view(Unflattened(dim, sizes.Shape));

        public Tensor squeeze(long? dim = null) =>
            dim is { } d ? Aten.Call("aten::squeeze.dim", this, d) : Aten.Call("aten::squeeze", this);

        public Tensor squeeze_(long? dim = null) =>
            dim is { } d ? InPlace("aten::squeeze_.dim", this, d) : InPlace("aten::squeeze_", this);

        public Tensor permute(params long[] permutation) => Aten.Call("aten::permute", this, permutation);
        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());
        public Tensor moveaxis(long[] source, long[] destination) => movedim(source, destination);

        public Tensor expand(params long[] sizes) => Aten.Call("aten::expand", this, sizes);
        public Tensor expand(
            long[] sizes, bool isImplicit = false) =>
            Aten.Call("aten::expand", this, sizes, AtenArg.Named("implicit", isImplicit));
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => expand(sizes.ToArray(), isImplicit);
        public Tensor expand(Size sizes, bool isImplicit = false) => expand(sizes.Shape, isImplicit);
        public Tensor broadcast_to(params long[] shape) => expand(shape);
        public Tensor repeat(params long[] sizes) => Aten.Call("aten::repeat", this, sizes);
        public Tensor flip(params long[] dims) => Aten.Call("aten::flip", this, dims);
        public Tensor roll(long shifts, long? dims = null) => roll(new[] { shifts }, dims is { } d ? new[] { d } : []);
        public Tensor roll(
            (long, long) shifts, (long, long) dims) =>
            roll(new[] { shifts.Item1, shifts.Item2 }, new[] { dims.Item1, dims.Item2 });
        public Tensor rot90(long k = 1, (long, long)? dims = null) =>
            Aten.Call("aten::rot90", this, k, dims is { } d ? new[] { d.Item1, d.Item2 } : new[] { 0L, 1L });

        public Tensor view_as_complex() => Aten.Call("aten::view_as_complex", this);
        public Tensor view_as_real() => Aten.Call("aten::view_as_real", this);
        public Tensor channel_shuffle(long groups) => Aten.Call("aten::channel_shuffle", this, groups);
        public static Tensor block_diag(params Tensor[] tensors) => torch.block_diag(tensors);

        public Tensor[] unbind(long dimension = 0L) => Aten.CallMany("aten::unbind.int", this, dimension);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) =>
            Aten.Call("aten::as_strided", this, size, strides, storageOffset);

        /// <summary>The matrix transpose: the last two dimensions change places.</summary>
        public Tensor mT => transpose(-2, -1);

        /// <summary>The conjugate of the matrix transpose.</summary>
        public Tensor mH => Aten.Call("aten::mH", this);

        /// <summary>All dimensions in reverse order.</summary>
        public Tensor T => Aten.Call("aten::numpy_T", this);

        public Tensor H => Aten.Call("aten::matrix_H", this);

        public Tensor real => Aten.Call("aten::real", this);

        public Tensor imag => Aten.Call("aten::imag", this);

        private long[] Unflattened(long dim, long[] sizes)
        {
            var before = shape;
            var at = (int)(dim < 0 ? dim + before.Length : dim);
            return [.. before[..at], .. sizes, .. before[(at + 1)..]];
        }
    }
}
