// Operator calls by schema name through the boxed dispatcher. Part of aten_bridge.cpp.
#pragma once

#include "handles.h"

namespace {

enum Type : uint8_t { tOther, tTensor, tInt, tFloat, tBool, tNumber, tInts, tFloats, tBools, tTensors, tOptionalTensors };

struct Parameter { Type type; bool optional; int32_t fixed; c10::IValue fallback; bool has_fallback; std::string name; };

struct Operator {
    c10::OperatorHandle handle;
    std::string name;
    std::vector<Parameter> parameters;
};

Type classify(const c10::TypePtr& type) {
    switch (type->kind()) {
        case c10::TypeKind::TensorType: return tTensor;
        case c10::TypeKind::IntType: case c10::TypeKind::SymIntType: return tInt;
        case c10::TypeKind::FloatType: return tFloat;
        case c10::TypeKind::BoolType: return tBool;
        case c10::TypeKind::NumberType: return tNumber;
        case c10::TypeKind::ListType: {
            auto element = type->containedType(0);
            if (element->kind() == c10::TypeKind::OptionalType) return tOptionalTensors;
            switch (classify(element)) {
                case tTensor: return tTensors;
                case tInt: return tInts;
                case tFloat: return tFloats;
                case tBool: return tBools;
                default: return tOther;
            }
        }
        default: return tOther;
    }
}

Operator* describe(const c10::OperatorHandle& handle, std::string name) {
    auto op = new Operator{handle, std::move(name), {}};
    for (const auto& argument : handle.schema().arguments()) {
        auto type = argument.type();
        bool optional = type->kind() == c10::TypeKind::OptionalType;
        if (optional) type = type->containedType(0);
        auto fallback = argument.default_value();
        auto fixed = argument.N();
        op->parameters.push_back({classify(type), optional, fixed ? *fixed : 0,
            fallback ? *fallback : c10::IValue(), bool(fallback), argument.name()});
    }
    return op;
}

double as_double(const Arg& arg) {
    double value;
    std::memcpy(&value, &arg.payload, sizeof value);
    return value;
}

[[noreturn]] void mismatch(const Operator& op, const Parameter& parameter) {
    TORCH_CHECK(false, op.name, ": the value given for '", parameter.name, "' does not fit its type");
}

c10::IValue number(const Operator& op, const Parameter& parameter, const Arg& arg) {
    switch (arg.kind) {
        case kInt: return arg.payload;
        case kDouble: return as_double(arg);
        case kBool: return arg.payload != 0;
        case kComplex: {
            auto parts = reinterpret_cast<const double*>(arg.payload);
            return c10::Scalar(c10::complex<double>(parts[0], parts[1]));
        }
        default: mismatch(op, parameter);
    }
}

c10::IValue convert(const Operator& op, const Parameter& parameter, const Arg& arg) {
    auto words = reinterpret_cast<const int64_t*>(arg.payload);
    auto handles = reinterpret_cast<Impl* const*>(arg.payload);
    if (arg.kind == kNone && parameter.type != tTensor) {
        if (!parameter.optional) mismatch(op, parameter);
        return c10::IValue();
    }
    switch (parameter.type) {
        case tTensor:
            if (arg.kind == kTensorArg) return tensor(reinterpret_cast<Impl*>(arg.payload));
            if (arg.kind == kNone) return parameter.optional ? c10::IValue() : c10::IValue(at::Tensor());
            mismatch(op, parameter);
        case tInt:
            if (arg.kind == kInt || arg.kind == kBool) return arg.payload;
            mismatch(op, parameter);
        case tFloat:
            if (arg.kind == kDouble) return as_double(arg);
            if (arg.kind == kInt || arg.kind == kBool) return static_cast<double>(arg.payload);
            mismatch(op, parameter);
        case tBool:
            if (arg.kind == kBool || arg.kind == kInt) return arg.payload != 0;
            mismatch(op, parameter);
        case tNumber:
            return number(op, parameter, arg);
        case tInts:
            if (arg.kind == kInts) return c10::IValue(c10::IntArrayRef(words, arg.count));
            if (arg.kind == kInt) return c10::IValue(std::vector<int64_t>(std::max(parameter.fixed, 1), arg.payload));
            mismatch(op, parameter);
        case tFloats: {
            if (arg.kind != kDoubles) mismatch(op, parameter);
            auto begin = reinterpret_cast<const double*>(arg.payload);
            return c10::IValue(std::vector<double>(begin, begin + arg.count));
        }
        case tBools: {
            if (arg.kind != kBools) mismatch(op, parameter);
            c10::List<bool> list;
            list.reserve(arg.count);
            for (int i = 0; i < arg.count; i++) list.push_back(words[i] != 0);
            return list;
        }
        case tTensors: {
            if (arg.kind != kTensors) mismatch(op, parameter);
            c10::List<at::Tensor> list;
            list.reserve(arg.count);
            for (int i = 0; i < arg.count; i++) list.push_back(tensor(handles[i]));
            return list;
        }
        case tOptionalTensors: {
            if (arg.kind != kTensors) mismatch(op, parameter);
            c10::List<OptionalTensor> list;
            list.reserve(arg.count);
            for (int i = 0; i < arg.count; i++)
                list.push_back(handles[i] ? OptionalTensor(tensor(handles[i])) : OptionalTensor());
            return list;
        }
        default: break;
    }
    switch (arg.kind) {
        case kText: return std::string(reinterpret_cast<const char*>(arg.payload));
        case kDeviceArg: return c10::Device(static_cast<c10::DeviceType>(static_cast<int32_t>(arg.payload)),
                                            static_cast<c10::DeviceIndex>(arg.payload >> 32));
        case kGenerator: return *reinterpret_cast<at::Generator*>(arg.payload);
        case kInt: return arg.payload;
        default: mismatch(op, parameter);
    }
}

void put(c10::IValue value) {
    if (value.isTensor()) return put(std::move(value).toTensor());
    if (value.isTensorList()) {
        for (const at::Tensor& element : value.toTensorVector()) put(element);
        return;
    }
    Result result{kNone, 0, 0, 0};
    if (value.isInt()) result = {kInt, 0, value.toInt(), 0};
    else if (value.isBool()) result = {kBool, 0, value.toBool(), 0};
    else if (value.isDouble()) {
        auto number = value.toDouble();
        result.kind = kDouble;
        std::memcpy(&result.payload, &number, sizeof number);
    } else if (value.isComplexDouble()) {
        auto number = value.toComplexDouble();
        double parts[] = {number.real(), number.imag()};
        result.kind = kComplex;
        std::memcpy(&result.payload, parts, sizeof parts);
    }
    results.push_back(result);
}

}  // namespace

EXPORT const char* dg_error() { return last_error.c_str(); }

EXPORT int64_t dg_error_managed() {
    auto id = last_managed;
    last_managed = 0;
    return id;
}

EXPORT Operator* dg_find(const char* name, const char* overload) {
    return guarded<Operator*>(nullptr, [&]() -> Operator* {
        auto full = *overload ? std::string(name) + "." + overload : std::string(name);
        auto found = c10::Dispatcher::singleton().findSchema({name, overload});
        TORCH_CHECK(found.has_value(), "libtorch ", TORCH_VERSION, " has no operator ", full);
        return describe(*found, std::move(full));
    });
}

EXPORT int dg_arity(Operator* op) { return static_cast<int>(op->parameters.size()); }
EXPORT const char* dg_parameter(Operator* op, int index) { return op->parameters[index].name.c_str(); }

EXPORT int dg_call(Operator* op, const Arg* args, int count, Result** out) {
    return guarded(-1, [&] {
        static thread_local torch::jit::Stack pooled;
        torch::jit::Stack stack = std::move(pooled);  // moved out, so that a nested call takes a fresh one
        stack.clear();
        for (size_t i = 0; i < op->parameters.size(); i++) {
            const auto& parameter = op->parameters[i];
            if (static_cast<int>(i) < count && args[i].kind != kDefault) {
                stack.push_back(convert(*op, parameter, args[i]));
            } else {
                TORCH_CHECK(parameter.has_fallback || parameter.optional, op->name, ": missing argument '", parameter.name, "'");
                stack.push_back(parameter.fallback);
            }
        }
        op->handle.callBoxed(&stack);
        results.clear();
        for (auto& value : stack) put(std::move(value));
        stack.clear();
        pooled = std::move(stack);
        *out = results.data();
        return static_cast<int>(results.size());
    });
}
