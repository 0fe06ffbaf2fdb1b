// torch.nn.utils: limits on gradients, and parameters as one vector.
using System.Runtime.InteropServices;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales all gradients together so that their joint norm is at most <paramref name="max_norm"/>.</summary>
            /// <returns>The norm before scaling.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var noGrad = torch.no_grad();
                using var scope = torch.NewDisposeScope();
                var gradients = GradientsOf(tensors);
                if (gradients.Length == 0) return 0.0;

                // With p = 0 libtorch's C++ function counts the gradients.
                double total = gradients.Length;
                if (norm_type != 0)
                {
                    var norms = Aten.CallMany("aten::_foreach_norm.Scalar", gradients, norm_type);
                    total = Aten.Call(
                        "aten::linalg_vector_norm", Aten.Call("aten::stack", norms), norm_type).to(ScalarType.Float64).item<double>();
                }
                var factor = max_norm / (total + 1e-6);
                if (!(factor >= 1)) Aten.CallVoid("aten::_foreach_mul_.Scalar", gradients, factor);
                return total;
            }

            /// <summary>Clamps every gradient element to [-clip_value, clip_value].</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var noGrad = torch.no_grad();
                using var scope = torch.NewDisposeScope();
                foreach (var gradient in GradientsOf(tensors)) Aten.CallVoid("aten::clamp_", gradient, -clip_value, clip_value);
            }

            /// <summary>All values in one row, in order.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                var rows = tensors.Select(tensor => Aten.Call("aten::reshape", tensor, new[] { -1L })).ToArray();
                try
                {
                    return Aten.Call("aten::cat", rows);
                }
                finally
                {
                    foreach (var row in rows) row.Dispose();
                }
            }

            /// <summary>Copies the values of one row back into the parameters, in order.</summary>
            /// <exception cref="ExternalException">The row does not have exactly as many values as the parameters.</exception>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                var parameters = tensors.ToList();
                var wanted = parameters.Sum(parameter => parameter.numel());
                if (vec.numel() != wanted) throw new ExternalException(
                    $"The parameters take {wanted} values, the vector has {vec.numel()}.");
                using var noGrad = torch.no_grad();
                using var scope = torch.NewDisposeScope();
                long next = 0;
                foreach (var parameter in parameters)
                {
                    var count = parameter.numel();
                    var part = Aten.Call("aten::narrow", vec, 0, next, count);
                    Aten.CallVoid("aten::copy_", parameter, Aten.Call("aten::reshape", part, parameter.shape));
                    next += count;
                }
            }

            private static Tensor[] GradientsOf(IEnumerable<Parameter> parameters)
            {
                var gradients = new List<Tensor>();
                foreach (var parameter in parameters)
                {
                    if (parameter.grad is { } gradient) gradients.Add(gradient);
                }
                return gradients.ToArray();
            }
        }
    }
}
