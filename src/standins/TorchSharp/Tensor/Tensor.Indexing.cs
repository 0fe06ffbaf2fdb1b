// torch.Tensor: reading and writing through the indexer, with Python's rules.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, Singles([i1]), false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, Singles([i1, i2]), false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => index_put_(value, Singles([i1, i2, i3]), false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(i1, i2, i3, i4);
            set => index_put_(value, Singles([i1, i2, i3, i4]), false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => index(i1, i2, i3, i4, i5);
            set => index_put_(value, Singles([i1, i2, i3, i4, i5]), false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => index(i1, i2, i3, i4, i5, i6);
            set => index_put_(value, Singles([i1, i2, i3, i4, i5, i6]), false);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Singles(indices));
            set => index_put_(value, Singles(indices));
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, tensors) = View(indices);
            if (tensors is null)
                return view;
            using var _ = Temporary(view, tensors);
            return Aten.Call("aten::index.Tensor", view, tensors);
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            if (accumulate && !indices.Any(i => i.kind == TensorIndex.Kind.Tensor))
                throw new ArgumentException("Accumulating needs tensors among the indices.", nameof(indices));
            var (view, tensors) = View(indices);
            using var _ = Temporary(view, tensors);
            if (tensors is not null)
            {
                using var same = value.device_type == view.device_type ? value.alias() : value.to(view.device);
                using var typed = same.to_type(view.dtype);
                Aten.CallVoid("aten::index_put_", view, tensors, typed, accumulate);
            }
            else
            {
                using var fitted = DropLeadingOnes(value, view);
                Aten.CallVoid("aten::copy_", view, fitted);
            }
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var number = torch.full([], value, dtype, device);
            return index_put_(number, indices, false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        private static TensorIndex[] Singles(long[] indices) => Array.ConvertAll(indices, i => TensorIndex.Single(i));

        /// <summary>
        /// Applies numbers, slices and new axes as views; what is left are index tensors, one for each dimension that has one
        /// (null: all of that dimension). The caller owns the view.
        /// </summary>
        private (Tensor View, Tensor?[]? Tensors) View(TensorIndex[] indices)
        {
            var named = indices.Sum(Consumes);
            if (named > Dimensions)
                throw new ExternalException($"too many indices for tensor of dimension {Dimensions}");

            var view = alias();
            List<Tensor?>? tensors = null;
            var dim = 0;
            void Replace(Tensor next)
            {
                view.Dispose();
                view = next;
            }
            try
            {
                foreach (var index in indices)
                {
                    switch (index.kind)
                    {
                        case TensorIndex.Kind.Single:
                            Replace(view.select(dim, index.start.GetValueOrDefault()));
                            break;
                        case TensorIndex.Kind.Slice:
                            Replace(view.SliceBy(dim++, index));
                            break;
                        case TensorIndex.Kind.Ellipsis:
                            dim += (int)(Dimensions - named);
                            break;
                        case TensorIndex.Kind.None or TensorIndex.Kind.Null:
                            Replace(view.unsqueeze(dim++));
                            break;
                        case TensorIndex.Kind.Bool:
                            Replace(view.unsqueeze(dim));
                            Place(ref tensors, dim++, torch.full([1], index.start != 0, ScalarType.Bool, device));
                            break;
                        default:
                            // The same native tensor under an owner of its own, so that all of the list may be disposed.
                            var consumed = (int)Consumes(index);
                            if (consumed == 0)
                                Replace(view.unsqueeze(dim));
                            Place(ref tensors, dim, consumed == 0 ? index.tensor!.reshape(1) : Own(index.tensor!));
                            dim += Math.Max(consumed, 1);
                            break;
                    }
                }
            }
            catch
            {
                view.Dispose();
                tensors?.ForEach(t => t?.Dispose());
                throw;
            }
            return (view, tensors?.ToArray());
        }

        // A mask of k dimensions stands for k dimensions; a mask without dimensions adds one instead, as a bool does.
        private static long Consumes(TensorIndex index) => index.kind switch
        {
            TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
            TensorIndex.Kind.Tensor => index.tensor!.dtype is ScalarType.Bool or ScalarType.Byte ? index.tensor.Dimensions : 1,
            _ => 0,
        };

        private static void Place(ref List<Tensor?>? tensors, int dim, Tensor tensor)
        {
            tensors ??= [];
            while (tensors.Count < dim)
                tensors.Add(null);
            tensors.Add(tensor);
        }

        private Tensor SliceBy(long dim, TensorIndex index) => Aten.Call("aten::slice.Tensor", this, dim,
            index.start ?? 0, index.stop ?? long.MaxValue, index.step ?? 1);

        // libtorch takes 32-bit indices from 2.x on only.
        private static Tensor Own(Tensor index) => index.dtype == ScalarType.Int32 ? index.to_type(ScalarType.Int64) : index.alias();

        // Python lets [1, 1, 3] be assigned to a place of shape [3].
        private static Tensor DropLeadingOnes(Tensor value, Tensor place)
        {
            var shape = value.shape;
            var skip = 0;
            while (shape.Length - skip > place.Dimensions && shape[skip] == 1)
                skip++;
            return skip == 0 ? value.alias() : value.reshape(shape[skip..]);
        }

        private static Temporaries Temporary(Tensor view, Tensor?[]? tensors) => new(view, tensors);

        private readonly struct Temporaries(Tensor view, Tensor?[]? tensors) : IDisposable
        {
            public void Dispose()
            {
                view.Dispose();
                foreach (var tensor in tensors ?? [])
                    tensor?.Dispose();
            }
        }
    }
}
