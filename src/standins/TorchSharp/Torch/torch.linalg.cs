// torch.linalg: decompositions, norms and inverses.
namespace TorchSharp;

public static partial class torch
{
    public static partial class linalg
    {
        public static Tensor cholesky(Tensor input) => Aten.Call("aten::linalg_cholesky", input);

        public static Tensor cross(Tensor input, Tensor other, long dim = -1) =>
            Aten.Call("aten::linalg_cross", input, other, AtenArg.Named("dim", dim));

        public static Tensor det(Tensor input) => Aten.Call("aten::linalg_det", input);

        public static (Tensor, Tensor) slogdet(Tensor input) => Two("aten::linalg_slogdet", input);

        public static (Tensor, Tensor) eig(Tensor input) => Two("aten::linalg_eig", input);

        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Two("aten::linalg_eigh", input, UPLO.ToString());

        public static Tensor eigvals(Tensor input) => Aten.Call("aten::linalg_eigvals", input);

        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Aten.Call("aten::linalg_eigvalsh", input, UPLO.ToString());

        public static Tensor inv(Tensor input) => Aten.Call("aten::linalg_inv", input);

        public static Tensor matrix_exp(Tensor input) => Aten.Call("aten::linalg_matrix_exp", input);

        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[]? dims = null, bool keepdim = false) =>
            Aten.Call("aten::linalg_matrix_norm.str_ord", input, ord, dims ?? [-2, -1], keepdim);

        public static Tensor matrix_norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) =>
            Aten.Call("aten::linalg_matrix_norm", input, ord, dims ?? [-2, -1], keepdim);

        public static Tensor multi_dot(IList<Tensor> tensors) => Aten.Call("aten::linalg_multi_dot", AtenArg.List(tensors));

        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) =>
            Aten.Call("aten::linalg_norm.ord_str", input, ord, dims, keepdim);

        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) =>
            Aten.Call("aten::linalg_norm", input, ord, dims, keepdim);

        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) =>
            Aten.Call("aten::linalg_norm", input, ord, dims, keepdim);

        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) =>
            Aten.Call("aten::linalg_norm", input, AtenArg.None, dims, keepdim);

        public static Tensor solve(Tensor A, Tensor B, bool left = true) =>
            Aten.Call("aten::linalg_solve", A, B, AtenArg.Named("left", left));

        /// <summary>The singular value decomposition; full matrices or as narrow as the smaller extent.</summary>
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true)
        {
            var parts = Aten.CallMany("aten::linalg_svd", input, fullMatrices);
            return (parts[0], parts[1], parts[2]);
        }

        public static Tensor svdvals(Tensor input) => Aten.Call("aten::linalg_svdvals", input);

        public static Tensor vector_norm(Tensor input, double ord = 2d, long[]? dims = null, bool keepdim = false) =>
            Aten.Call("aten::linalg_vector_norm", input, ord, dims, keepdim);

        private static (Tensor, Tensor) Two(string op, params ReadOnlySpan<AtenArg> args)
        {
            var results = Aten.CallMany(op, args);
            return (results[0], results[1]);
        }
    }
}
