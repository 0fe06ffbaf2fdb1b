// torch.Tensor: selecting, gathering, scattering and masking.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor index_select(long dim, Tensor index) => Aten.Call("aten::index_select", this, dim, index);
        public Tensor select(long dim, long index) => Aten.Call("aten::select.int", this, dim, index);
        public Tensor take(Tensor index) => Aten.Call("aten::take", this, index);
        public Tensor take_along_dim(Tensor indices) => Aten.Call("aten::take_along_dim", this, indices);
        public Tensor take_along_dim(Tensor indices, long dim) => Aten.Call("aten::take_along_dim", this, indices, dim);
        public Tensor argwhere() => Aten.Call("aten::argwhere", this);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Aten.Call("aten::index_add", this, dim, index, source, AtenArg.Named("alpha", alpha));
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            InPlace("aten::index_add_", this, dim, index, source, AtenArg.Named("alpha", alpha));
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Aten.Call("aten::index_copy", this, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => InPlace("aten::index_copy_", this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) =>
            Aten.Call("aten::index_fill.int_Scalar", this, dim, index, value);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            InPlace("aten::index_fill_.int_Scalar", this, dim, index, value);
        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.Call("aten::masked_fill.Scalar", this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => InPlace("aten::masked_fill_.Scalar", this, mask, value);
        public Tensor masked_scatter(Tensor mask, Tensor value) => Aten.Call("aten::masked_scatter", this, mask, value);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => InPlace("aten::masked_scatter_", this, mask, value);
        public Tensor masked_select(Tensor mask) => Aten.Call("aten::masked_select", this, mask);
        public Tensor gather(long dim, Tensor index) => Aten.Call("aten::gather", this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.Call("aten::scatter.src", this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => InPlace("aten::scatter_.src", this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Aten.Call("aten::scatter_add", this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => InPlace("aten::scatter_add_", this, dim, index, src);
        public Tensor nonzero() => Aten.Call("aten::nonzero", this);

        public Tensor take_along_dim(IEnumerable<long> indices)
        {
            using var index = torch.tensor(indices.ToArray());
            return take_along_dim(index);
        }

        public Tensor take_along_dim(IEnumerable<long> indices, long dim)
        {
            using var index = torch.tensor(indices.ToArray());
            return take_along_dim(index, dim);
        }

        /// <summary>One tensor of indices for each dimension.</summary>
        public IList<Tensor> nonzero_as_list()
        {
            using var indices = nonzero();
            return indices.chunk(indices.shape[1], dim: 1);
        }

        /// <summary>This tensor's elements where the condition holds, those of y elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y)
        {
            if (condition.dtype != ScalarType.Bool)
                throw new ArgumentException("The condition to 'where' must be a boolean tensor.");
            return Aten.Call("aten::where.self", condition, this, y);
        }

        public Tensor slice(long dim, long start, long finish, long step) =>
            Aten.Call("aten::slice.Tensor", this, dim, start, finish, step);

        public Tensor select_scatter(Tensor src, long dim, long index) => Aten.Call("aten::select_scatter", this, src, dim, index);

        public Tensor diagonal_scatter(Tensor src, long offset = 0L, long dim1 = 0L, long dim2 = 1L) =>
            Aten.Call("aten::diagonal_scatter", this, src, offset, dim1, dim2);

        public Tensor slice_scatter(Tensor src, long dim = 0L, long? start = null, long? end = null, long step = 1L) =>
            Aten.Call("aten::slice_scatter", this, src, dim, start, end, step);

        public Tensor bincount(Tensor? weights, long minlength = 0) => Aten.Call("aten::bincount", this, weights, minlength);
    }
}
