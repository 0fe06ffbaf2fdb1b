// torch: joining tensors, grids and functions of several tensors.
namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => tensors.Count > 0
        ? Aten.Call("aten::cat", AtenArg.List(tensors), dim)
        : throw new ArgumentException("There is no tensor to join.", nameof(tensors));

    public static Tensor cat(Tensor[] tensors, long dim = 0) => cat((IList<Tensor>)tensors, dim);
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors.ToArray(), dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Aten.Call("aten::stack", AtenArg.List(tensors), dim);
    public static Tensor hstack(IList<Tensor> tensors) => Aten.Call("aten::hstack", AtenArg.List(tensors));
    public static Tensor hstack(params Tensor[] tensors) => Aten.Call("aten::hstack", tensors);
    public static Tensor hstack(IEnumerable<Tensor> tensors) => Aten.Call("aten::hstack", AtenArg.List(tensors));
    public static Tensor vstack(IList<Tensor> tensors) => Aten.Call("aten::vstack", AtenArg.List(tensors));
    public static Tensor vstack(Tensor[] tensors) => Aten.Call("aten::vstack", tensors);
    public static Tensor dstack(IList<Tensor> tensors) => Aten.Call("aten::dstack", AtenArg.List(tensors));
    public static Tensor dstack(params Tensor[] tensors) => Aten.Call("aten::dstack", tensors);
    public static Tensor column_stack(IList<Tensor> tensors) => Aten.Call("aten::column_stack", AtenArg.List(tensors));
    public static Tensor column_stack(params Tensor[] tensors) => Aten.Call("aten::column_stack", tensors);
    public static Tensor block_diag(params Tensor[] tensors) => Aten.Call("aten::block_diag", tensors);

    /// <summary>The coordinates of a grid; "ij" varies the first axis along the first dimension, "xy" along the second.</summary>
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") =>
        Aten.CallMany("aten::meshgrid.indexing", AtenArg.List(tensors), AtenArg.Named("indexing", indexing));

    public static Tensor cartesian_prod(IList<Tensor> tensors) => Aten.Call("aten::cartesian_prod", AtenArg.List(tensors));
    public static Tensor cartesian_prod(params Tensor[] tensors) => Aten.Call("aten::cartesian_prod", tensors);
    public static Tensor combinations(Tensor input, int r = 2, bool with_replacement = false) =>
        Aten.Call("aten::combinations", input, r, with_replacement);

    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => Aten.CallMany("aten::broadcast_tensors", tensors);

    /// <summary>The shape that tensors of the given shapes have together.</summary>
    public static Size broadcast_shapes(params long[][] shapes)
    {
        var rank = shapes.Max(s => s.Length);
        var result = new long[rank];
        Array.Fill(result, 1);
        foreach (var shape in shapes)
        {
            for (var i = 1; i <= shape.Length; i++)
            {
                ref var extent = ref result[rank - i];
                var given = shape[^i];
                if (given != 1 && extent != 1 && extent != given)
                    throw new ArgumentException($"Shapes do not broadcast: {extent} and {given} in dimension {rank - i}.");
                extent = given == 1 ? extent : given;
            }
        }
        return new Size(result);
    }

    /// <summary>The indices where the condition holds, one tensor for each dimension.</summary>
    public static Tensor[] where(Tensor condition)
    {
        if (condition.dtype != ScalarType.Bool)
            throw new ArgumentException("The condition to 'where' must be a boolean tensor.");
        return Aten.CallMany("aten::where", condition);
    }

    public static Tensor einsum(string equation, params Tensor[] tensors) => Aten.Call("aten::einsum", equation, tensors);

    public static Tensor chain_matmul(params Tensor[] matrices) => Aten.Call("aten::linalg_multi_dot", matrices);

    public static Tensor cdist(
        Tensor x1, Tensor x2, double p = 2.0, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) =>
        Aten.Call("aten::cdist", x1, x2, p, (long)compute_mode);

    public static Tensor gather(Tensor input, long dim, Tensor index, bool sparse_grad = false) =>
        Aten.Call("aten::gather", input, dim, index, AtenArg.Named("sparse_grad", sparse_grad));

    public static Tensor index_reduce(Tensor input, long dim, Tensor index, Tensor source, Reduce reduce, bool include_self = true) =>
        Aten.Call("aten::index_reduce", input, dim, index, source, reduce.ToString(), AtenArg.Named("include_self", include_self));

    public static Tensor movedim(Tensor input, long source, long destination) => input.movedim([source], [destination]);

    public static Tensor moveaxis(Tensor input, long source, long destination) => movedim(input, source, destination);

    public static Tensor searchsorted(
        Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        Aten.Call("aten::searchsorted.Tensor", sorted_sequence, values, AtenArg.Named("out_int32", out_int32),
            AtenArg.Named("right", right), AtenArg.Named("sorter", sorter));

    public static Tensor searchsorted(Tensor sorted_sequence, Scalar values, bool out_int32, bool right, Tensor? sorter) =>
        Aten.Call("aten::searchsorted.Scalar", sorted_sequence, values, AtenArg.Named("out_int32", out_int32),
            AtenArg.Named("right", right), AtenArg.Named("sorter", sorter));

    public static Tensor tril_indices(
        long row, long col, long offset = 0L, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Aten.Call("aten::tril_indices", row, col, offset, AtenArg.Named("dtype", dtype), AtenArg.Named("device", Place(device)));

    public static Tensor triu_indices(
        long row, long col, long offset = 0L, ScalarType dtype = ScalarType.Int64, Device? device = null) =>
        Aten.Call("aten::triu_indices", row, col, offset, AtenArg.Named("dtype", dtype), AtenArg.Named("device", Place(device)));

    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    public static Tensor real(Tensor input) => input.real;

    public static Tensor imag(Tensor input) => input.imag;

    public static bool is_tensor(object obj) => obj is Tensor;

    public static bool is_complex(Tensor input) => is_complex(input.dtype);

    public static bool is_floating_point(Tensor input) => is_floating_point(input.dtype);

    public static bool is_nonzero(Tensor input) => input.is_nonzero();

    public static long numel(Tensor input) => input.numel();

    public static ScalarType result_type(Tensor tensor1, Tensor tensor2) =>
        (ScalarType)Aten.CallScalar("aten::result_type.Tensor", tensor1, tensor2).ToInt32();

    public static bool can_cast(ScalarType from, ScalarType to) => Aten.CallBool("aten::can_cast", from, to);

    public static ScalarType promote_types(ScalarType type1, ScalarType type2) =>
        (ScalarType)Aten.CallScalar("aten::promote_types", type1, type2).ToInt32();
}
