// torch.Tensor: comparisons, logic and bits.
namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Aten.Call("aten::eq.Tensor", this, target);
        public Tensor eq_(Tensor target) => InPlace("aten::eq_.Tensor", this, target);
        public Tensor eq(Scalar target) => Aten.Call("aten::eq.Scalar", this, target);
        public Tensor eq_(Scalar target) => InPlace("aten::eq_.Scalar", this, target);
        public Tensor ne(Tensor target) => Aten.Call("aten::ne.Tensor", this, target);
        public Tensor ne_(Tensor target) => InPlace("aten::ne_.Tensor", this, target);
        public Tensor ne(Scalar target) => Aten.Call("aten::ne.Scalar", this, target);
        public Tensor ne_(Scalar target) => InPlace("aten::ne_.Scalar", this, target);
        public Tensor not_equal(Tensor target) => Aten.Call("aten::not_equal.Tensor", this, target);
        public Tensor not_equal_(Tensor target) => InPlace("aten::not_equal_.Tensor", this, target);
        public Tensor ge(Tensor target) => Aten.Call("aten::ge.Tensor", this, target);
        public Tensor ge_(Tensor target) => InPlace("aten::ge_.Tensor", this, target);
        public Tensor ge(Scalar target) => Aten.Call("aten::ge.Scalar", this, target);
        public Tensor ge_(Scalar target) => InPlace("aten::ge_.Scalar", this, target);
        public Tensor gt(Tensor target) => Aten.Call("aten::gt.Tensor", this, target);
        public Tensor gt_(Tensor target) => InPlace("aten::gt_.Tensor", this, target);
        public Tensor gt(Scalar target) => Aten.Call("aten::gt.Scalar", this, target);
        public Tensor gt_(Scalar target) => InPlace("aten::gt_.Scalar", this, target);
        public Tensor le(Tensor target) => Aten.Call("aten::le.Tensor", this, target);
        public Tensor le_(Tensor target) => InPlace("aten::le_.Tensor", this, target);
        public Tensor le(Scalar target) => Aten.Call("aten::le.Scalar", this, target);
        public Tensor le_(Scalar target) => InPlace("aten::le_.Scalar", this, target);
        public Tensor lt(Tensor target) => Aten.Call("aten::lt.Tensor", this, target);
        public Tensor lt_(Tensor target) => InPlace("aten::lt_.Tensor", this, target);
        public Tensor lt(Scalar target) => Aten.Call("aten::lt.Scalar", this, target);
        public Tensor lt_(Scalar target) => InPlace("aten::lt_.Scalar", this, target);
        public Tensor greater(Tensor target) => Aten.Call("aten::greater.Tensor", this, target);
        public Tensor greater_equal(Tensor target) => Aten.Call("aten::greater_equal.Tensor", this, target);
        public Tensor less(Tensor target) => Aten.Call("aten::less.Tensor", this, target);
        public Tensor less_equal(Tensor target) => Aten.Call("aten::less_equal.Tensor", this, target);
        public Tensor less_equal_(Tensor target) => InPlace("aten::less_equal_.Tensor", this, target);
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Aten.Call("aten::isclose", this, other, rtol, atol, nanEqual);
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Aten.CallBool("aten::allclose", this, target, rtol, atol, equal_nan);
        public Tensor isinf() => Aten.Call("aten::isinf", this);
        public Tensor isfinite() => Aten.Call("aten::isfinite", this);
        public Tensor isposinf() => Aten.Call("aten::isposinf", this);
        public Tensor isneginf() => Aten.Call("aten::isneginf", this);
        public Tensor isnan() => Aten.Call("aten::isnan", this);
        public Tensor isreal() => Aten.Call("aten::isreal", this);
        public Tensor logical_and(Tensor other) => Aten.Call("aten::logical_and", this, other);
        public Tensor logical_and_(Tensor other) => InPlace("aten::logical_and_", this, other);
        public Tensor logical_or(Tensor other) => Aten.Call("aten::logical_or", this, other);
        public Tensor logical_or_(Tensor other) => InPlace("aten::logical_or_", this, other);
        public Tensor logical_xor(Tensor other) => Aten.Call("aten::logical_xor", this, other);
        public Tensor logical_xor_(Tensor other) => InPlace("aten::logical_xor_", this, other);
        public Tensor logical_not() => Aten.Call("aten::logical_not", this);
        public Tensor logical_not_() => InPlace("aten::logical_not_", this);
        public Tensor bitwise_and(Tensor other) => Aten.Call("aten::bitwise_and.Tensor", this, other);
        public Tensor bitwise_and_(Tensor other) => InPlace("aten::bitwise_and_.Tensor", this, other);
        public Tensor bitwise_or(Tensor other) => Aten.Call("aten::bitwise_or.Tensor", this, other);
        public Tensor bitwise_or_(Tensor other) => InPlace("aten::bitwise_or_.Tensor", this, other);
        public Tensor bitwise_xor(Tensor other) => Aten.Call("aten::bitwise_xor.Tensor", this, other);
        public Tensor bitwise_xor_(Tensor other) => InPlace("aten::bitwise_xor_.Tensor", this, other);
        public Tensor bitwise_not() => Aten.Call("aten::bitwise_not", this);
        public Tensor bitwise_not_() => InPlace("aten::bitwise_not_", this);
        public Tensor bitwise_left_shift(Tensor other) => Aten.Call("aten::bitwise_left_shift.Tensor", this, other);
        public Tensor bitwise_left_shift_(Tensor other) => InPlace("aten::bitwise_left_shift_.Tensor", this, other);
        public Tensor bitwise_right_shift(Tensor other) => Aten.Call("aten::bitwise_right_shift.Tensor", this, other);
        public Tensor bitwise_right_shift_(Tensor other) => InPlace("aten::bitwise_right_shift_.Tensor", this, other);

        /// <summary>Element by element, like <see cref="eq(Tensor)"/>; for one answer see <see cref="Equals(Tensor)"/>.</summary>
        public Tensor equal(Tensor target) => eq(target);

        /// <summary>True when both tensors have the same shape and elements.</summary>
        public bool Equals(Tensor target) => Aten.CallBool("aten::equal", this, target);

        public Tensor isin(Tensor test_elements, bool assumeUnique = false, bool invert = false) =>
            Aten.Call("aten::isin.Tensor_Tensor", this, test_elements,
                AtenArg.Named("assume_unique", assumeUnique), AtenArg.Named("invert", invert));

        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) =>
            Aten.Call("aten::bucketize.Tensor", this, boundaries,
                AtenArg.Named("out_int32", outInt32), AtenArg.Named("right", right));
    }
}
