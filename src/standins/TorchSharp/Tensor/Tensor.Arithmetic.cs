// torch.Tensor: elementwise arithmetic, out of place and in place.
namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a division rounds: not at all, towards zero or down.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    public partial class Tensor
    {
        public Tensor add(Tensor target) => Aten.Call("aten::add.Tensor", this, target);
        public Tensor add(Tensor target, Scalar alpha) => Aten.Call("aten::add.Tensor", this, target, AtenArg.Named("alpha", alpha));
        public Tensor add(Scalar scalar) => Aten.Call("aten::add.Scalar", this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => Aten.Call("aten::add.Scalar", this, scalar, alpha);
        public Tensor add_(Tensor target) => InPlace("aten::add_.Tensor", this, target);
        public Tensor add_(Tensor target, Scalar alpha) => InPlace("aten::add_.Tensor", this, target, AtenArg.Named("alpha", alpha));
        public Tensor add_(Scalar scalar) => InPlace("aten::add_.Scalar", this, scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => InPlace("aten::add_.Scalar", this, scalar, alpha);
        public Tensor sub(Tensor target) => Aten.Call("aten::sub.Tensor", this, target);
        public Tensor sub(Scalar target) => Aten.Call("aten::sub.Scalar", this, target);
        public Tensor sub_(Tensor target) => InPlace("aten::sub_.Tensor", this, target);
        public Tensor sub_(Scalar target) => InPlace("aten::sub_.Scalar", this, target);
        public Tensor subtract(Scalar target) => Aten.Call("aten::subtract.Scalar", this, target);
        public Tensor subtract(Tensor target) => Aten.Call("aten::subtract.Tensor", this, target);
        public Tensor subtract_(Scalar target) => InPlace("aten::subtract_.Scalar", this, target);
        public Tensor subtract_(Tensor target) => InPlace("aten::subtract_.Tensor", this, target);
        public Tensor mul(Tensor target) => Aten.Call("aten::mul.Tensor", this, target);
        public Tensor mul(Scalar target) => Aten.Call("aten::mul.Scalar", this, target);
        public Tensor mul_(Tensor target) => InPlace("aten::mul_.Tensor", this, target);
        public Tensor mul_(Scalar target) => InPlace("aten::mul_.Scalar", this, target);
        public Tensor multiply(Tensor target) => Aten.Call("aten::multiply.Tensor", this, target);
        public Tensor multiply(Scalar target) => Aten.Call("aten::multiply.Scalar", this, target);
        public Tensor true_divide(Tensor other) => Aten.Call("aten::true_divide.Tensor", this, other);
        public Tensor true_divide(Scalar other) => Aten.Call("aten::true_divide.Scalar", this, other);
        public Tensor true_divide_(Tensor other) => InPlace("aten::true_divide_.Tensor", this, other);
        public Tensor true_divide_(Scalar other) => InPlace("aten::true_divide_.Scalar", this, other);
        public Tensor floor_divide(Tensor other) => Aten.Call("aten::floor_divide", this, other);
        public Tensor floor_divide(Scalar other) => Aten.Call("aten::floor_divide.Scalar", this, other);
        public Tensor floor_divide_(Tensor other) => InPlace("aten::floor_divide_.Tensor", this, other);
        public Tensor floor_divide_(Scalar other) => InPlace("aten::floor_divide_.Scalar", this, other);
        public Tensor pow(Tensor exponent) => Aten.Call("aten::pow.Tensor_Tensor", this, exponent);
        public Tensor pow_(Tensor exponent) => InPlace("aten::pow_.Tensor", this, exponent);
        public Tensor pow(Scalar exponent) => Aten.Call("aten::pow.Tensor_Scalar", this, exponent);
        public Tensor pow_(Scalar exponent) => InPlace("aten::pow_.Scalar", this, exponent);
        public Tensor float_power(Tensor target) => Aten.Call("aten::float_power.Tensor_Tensor", this, target);
        public Tensor float_power_(Tensor target) => InPlace("aten::float_power_.Tensor", this, target);
        public Tensor fmod(Tensor target) => Aten.Call("aten::fmod.Tensor", this, target);
        public Tensor fmod_(Tensor target) => InPlace("aten::fmod_.Tensor", this, target);
        public Tensor fmod(Scalar scalar) => Aten.Call("aten::fmod.Scalar", this, scalar);
        public Tensor fmod_(Scalar scalar) => InPlace("aten::fmod_.Scalar", this, scalar);
        public Tensor remainder(Tensor target) => Aten.Call("aten::remainder.Tensor", this, target);
        public Tensor remainder_(Tensor target) => InPlace("aten::remainder_.Tensor", this, target);
        public Tensor remainder(Scalar scalar) => Aten.Call("aten::remainder.Scalar", this, scalar);
        public Tensor remainder_(Scalar scalar) => InPlace("aten::remainder_.Scalar", this, scalar);
        public Tensor neg() => Aten.Call("aten::neg", this);
        public Tensor neg_() => InPlace("aten::neg_", this);
        public Tensor negative() => Aten.Call("aten::negative", this);
        public Tensor positive() => Aten.Call("aten::positive", this);
        public Tensor abs() => Aten.Call("aten::abs", this);
        public Tensor abs_() => InPlace("aten::abs_", this);
        public Tensor absolute() => Aten.Call("aten::absolute", this);
        public Tensor absolute_() => InPlace("aten::absolute_", this);
        public Tensor sign() => Aten.Call("aten::sign", this);
        public Tensor sign_() => InPlace("aten::sign_", this);
        public Tensor sgn() => Aten.Call("aten::sgn", this);
        public Tensor sgn_() => InPlace("aten::sgn_", this);
        public Tensor signbit() => Aten.Call("aten::signbit", this);
        public Tensor copysign(Tensor other) => Aten.Call("aten::copysign.Tensor", this, other);
        public Tensor copysign_(Tensor other) => InPlace("aten::copysign_.Tensor", this, other);
        public Tensor square() => Aten.Call("aten::square", this);
        public Tensor sqrt() => Aten.Call("aten::sqrt", this);
        public Tensor sqrt_() => InPlace("aten::sqrt_", this);
        public Tensor rsqrt() => Aten.Call("aten::rsqrt", this);
        public Tensor rsqrt_() => InPlace("aten::rsqrt_", this);
        public Tensor reciprocal() => Aten.Call("aten::reciprocal", this);
        public Tensor reciprocal_() => InPlace("aten::reciprocal_", this);
        public Tensor lerp(Tensor end, Tensor weight) => Aten.Call("aten::lerp.Tensor", this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => InPlace("aten::lerp_.Tensor", this, end, weight);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Aten.Call("aten::addcmul", this, tensor1, tensor2, AtenArg.Named("value", value));
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            InPlace("aten::addcmul_", this, tensor1, tensor2, AtenArg.Named("value", value));
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Aten.Call("aten::addcdiv", this, tensor1, tensor2, AtenArg.Named("value", value));
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Aten.Call("aten::addcdiv", this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            InPlace("aten::addcdiv_", this, tensor1, tensor2, AtenArg.Named("value", value));
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => InPlace("aten::addcdiv_", this, tensor1, tensor2);
        public Tensor hypot(Tensor other) => Aten.Call("aten::hypot", this, other);
        public Tensor gcd(Tensor other) => Aten.Call("aten::gcd", this, other);
        public Tensor gcd_(Tensor other) => InPlace("aten::gcd_", this, other);
        public Tensor lcm(Tensor other) => Aten.Call("aten::lcm", this, other);
        public Tensor lcm_(Tensor other) => InPlace("aten::lcm_", this, other);
        public Tensor ldexp(Tensor other) => Aten.Call("aten::ldexp.Tensor", this, other);
        public Tensor ldexp_(Tensor other) => InPlace("aten::ldexp_", this, other);
        public Tensor floor() => Aten.Call("aten::floor", this);
        public Tensor floor_() => InPlace("aten::floor_", this);
        public Tensor ceil() => Aten.Call("aten::ceil", this);
        public Tensor ceil_() => InPlace("aten::ceil_", this);
        public Tensor trunc() => Aten.Call("aten::trunc", this);
        public Tensor trunc_() => InPlace("aten::trunc_", this);
        public Tensor fix() => Aten.Call("aten::fix", this);
        public Tensor fix_() => InPlace("aten::fix_", this);
        public Tensor frac() => Aten.Call("aten::frac", this);
        public Tensor frac_() => InPlace("aten::frac_", this);
        public (Tensor Mantissa, Tensor Exponent) frexp() => Pair("aten::frexp.Tensor", this);
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Aten.Call("aten::clamp", this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Aten.Call("aten::clamp.Tensor", this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace("aten::clamp_", this, min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => InPlace("aten::clamp_.Tensor", this, min, max);
        public Tensor clip(Scalar? min = null, Scalar? max = null) => Aten.Call("aten::clip", this, min, max);
        public Tensor clamp_min(Scalar min) => Aten.Call("aten::clamp_min", this, min);
        public Tensor clamp_min_(Scalar min) => InPlace("aten::clamp_min_", this, min);
        public Tensor clamp_max(Scalar max) => Aten.Call("aten::clamp_max", this, max);
        public Tensor clamp_max_(Scalar max) => InPlace("aten::clamp_max_", this, max);
        public Tensor maximum(Tensor other) => Aten.Call("aten::maximum", this, other);
        public Tensor minimum(Tensor other) => Aten.Call("aten::minimum", this, other);
        public Tensor fmax(Tensor other) => Aten.Call("aten::fmax", this, other);
        public Tensor fmin(Tensor other) => Aten.Call("aten::fmin", this, other);
        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) =>
            Aten.Call("aten::nan_to_num", this, nan, posinf, neginf);
        public Tensor nan_to_num_(double nan = 0d, double? posinf = null, double? neginf = null) =>
            InPlace("aten::nan_to_num_", this, nan, posinf, neginf);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Aten.Call("aten::div.Tensor", this, target)
            : Aten.Call("aten::div.Tensor_mode", this, target, rounding_mode.ToString());

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Aten.Call("aten::div.Scalar", this, target)
            : Aten.Call("aten::div.Scalar_mode", this, target, rounding_mode.ToString());

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? InPlace("aten::div_.Tensor", this, target)
            : InPlace("aten::div_.Tensor_mode", this, target, rounding_mode.ToString());

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? InPlace("aten::div_.Scalar", this, target)
            : InPlace("aten::div_.Scalar_mode", this, target, rounding_mode.ToString());

        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);
        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);

        public Tensor round(long decimals = 0L) => decimals == 0
            ? Aten.Call("aten::round", this)
            : Aten.Call("aten::round.decimals", this, AtenArg.Named("decimals", decimals));

        public Tensor round_(long decimals = 0L) => decimals == 0
            ? InPlace("aten::round_", this)
            : InPlace("aten::round_.decimals", this, AtenArg.Named("decimals", decimals));
    }
}
