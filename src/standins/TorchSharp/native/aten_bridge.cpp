// The bridge between the managed side and libtorch: operator calls by schema name through the boxed dispatcher,
// tensor handles, autograd, custom autograd nodes, random generators. Compiled once per libtorch, at first use.
//
// Handles are at::TensorImpl* with one reference owned by the holder. An export that can fail returns a negative
// code or a null pointer and leaves its message in dg_error(); no C++ exception ever crosses into managed code.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/api/include/torch/cuda.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using torch::autograd::variable_list;

enum Kind : int32_t {
    kDefault, kNone, kTensorArg, kInt, kDouble, kBool, kInts, kDoubles, kBools, kTensors, kComplex, kText, kDeviceArg, kGenerator
};

struct Arg { int32_t kind; int32_t count; int64_t payload; };
struct Result { int32_t kind; int32_t reserved; int64_t payload; int64_t second; };

struct Meta {
    const int64_t* sizes;
    const int64_t* strides;
    int64_t elements;
    void* data;
    int64_t storage_offset;
    int32_t dimensions, element_size, scalar_type, device_type, device_index, flags;
};

// c10::optional became std::optional: take whichever this libtorch speaks.
template <template <class> class O, class T> O<at::Tensor> optional_tensor(O<T>);
using OptionalTensor = decltype(optional_tensor(std::declval<const c10::Argument&>().N()));

// ---- errors ---------------------------------------------------------------------------------------------------

thread_local std::string last_error;
thread_local int64_t last_managed = 0;
thread_local std::vector<Result> results;

// An exception of a managed callback on its way through the autograd engine; `id` names it on the managed side.
struct ManagedError : std::runtime_error {
    int64_t id;
    explicit ManagedError(int64_t id) : std::runtime_error("exception in a managed autograd function"), id(id) {}
};

// ---- process exit ---------------------------------------------------------------------------------------------
// Static destructors of libtorch must not run under the feet of a thread that is still inside it. Once closing, other
// threads that want in sleep for ever (the process is ending), and dg_close waits for those inside to come out.

std::atomic<int> inside{0};
std::atomic<bool> closing{false};
std::atomic<std::thread::id> closer{};
thread_local int depth = 0;

struct Gate {
    Gate() {
        if (depth++ > 0) return;
        inside.fetch_add(1);
        if (closing.load() && closer.load() != std::this_thread::get_id()) {
            inside.fetch_sub(1);
            for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
        }
    }
    ~Gate() { if (--depth == 0) inside.fetch_sub(1); }
};

template <class R, class F> R guarded(R failure, F body) {
    Gate gate;
    try {
        return body();
    } catch (const ManagedError& e) {
        last_managed = e.id;
        last_error = e.what();
    } catch (const c10::Error& e) {
        last_error = e.what_without_backtrace();
    } catch (const std::exception& e) {
        last_error = e.what();
    } catch (...) {
        last_error = "unknown C++ exception";
    }
    return failure;
}

template <class F> int status(F body) {
    return guarded(-1, [&] { body(); return 0; });
}

// ---- handles --------------------------------------------------------------------------------------------------

using Impl = c10::TensorImpl;
using Pointer = c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>;

at::Tensor tensor(Impl* handle) {
    return handle ? at::Tensor(Pointer::reclaim_copy(handle)) : at::Tensor();
}

Impl* give(at::Tensor value) {
    return value.defined() ? value.unsafeReleaseTensorImpl() : nullptr;
}

variable_list tensors(Impl** handles, int count) {
    variable_list list;
    list.reserve(count);
    for (int i = 0; i < count; i++) list.push_back(tensor(handles[i]));
    return list;
}

void put(at::Tensor value) {
    auto handle = give(std::move(value));
    results.push_back({handle ? kTensorArg : kNone, 0, reinterpret_cast<int64_t>(handle), 0});
}

int give_all(variable_list list, Result** out) {
    results.clear();
    for (auto& value : list) put(std::move(value));
    *out = results.data();
    return static_cast<int>(results.size());
}

// ---- operators ------------------------------------------------------------------------------------------------

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

// ---- tensors --------------------------------------------------------------------------------------------------

EXPORT Impl* dg_tensor_alias(Impl* handle) { return give(tensor(handle)); }

EXPORT void dg_tensor_release(Impl* handle) {
    // The finaliser comes through here, and the runtime waits for it at exit: it must neither sleep nor touch libtorch then.
    if (closing.load()) return;
    guarded(0, [&] { Pointer::reclaim(handle); return 0; });
}

EXPORT int dg_tensor_meta(Impl* handle, Meta* meta) {
    return status([&] {
        auto value = tensor(handle);
        *meta = {};
        meta->dimensions = static_cast<int32_t>(value.dim());
        meta->sizes = value.sizes().data();
        meta->elements = value.numel();
        meta->scalar_type = static_cast<int32_t>(value.scalar_type());
        meta->element_size = static_cast<int32_t>(value.element_size());
        meta->device_type = static_cast<int32_t>(value.device().type());
        meta->device_index = value.device().index();
        meta->flags = (value.requires_grad() ? 1 : 0) | (value.is_leaf() ? 2 : 0);
        if (value.layout() != c10::kStrided) {
            meta->flags |= 8;
            return;
        }
        meta->strides = value.strides().data();
        meta->storage_offset = value.storage_offset();
        if (value.has_storage()) meta->data = value.data_ptr();
        if (value.is_contiguous()) meta->flags |= 4;
    });
}

EXPORT int64_t dg_tensor_numel(Impl* handle) { return handle->numel(); }
EXPORT int dg_tensor_ndim(Impl* handle) { return static_cast<int>(handle->dim()); }
EXPORT int dg_tensor_dtype(Impl* handle) { return static_cast<int>(c10::typeMetaToScalarType(handle->dtype())); }

EXPORT int dg_tensor_set_requires_grad(Impl* handle, int value) {
    return status([&] { tensor(handle).set_requires_grad(value != 0); });
}

EXPORT int dg_tensor_grad(Impl* handle, Impl** grad) {
    return status([&] { *grad = give(tensor(handle).grad()); });
}

EXPORT int dg_tensor_set_grad(Impl* handle, Impl* grad) {
    return status([&] { tensor(handle).mutable_grad() = tensor(grad); });
}

EXPORT Impl* dg_tensor_from_data(void* data, const int64_t* sizes, int dimensions, int dtype, void (*deleter)(void*), void* state) {
    return guarded<Impl*>(nullptr, [&] {
        return give(at::from_blob(data, c10::IntArrayRef(sizes, dimensions), [deleter, state](void*) { if (deleter) deleter(state); },
            at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype))));
    });
}

// ---- autograd -------------------------------------------------------------------------------------------------

EXPORT int dg_backward(Impl** roots, int count, Impl** gradients, int gradient_count, int retain, int create, Impl** inputs, int input_count) {
    return status([&] {
        torch::autograd::backward(tensors(roots, count), tensors(gradients, gradient_count), retain != 0, create != 0,
            tensors(inputs, input_count));
    });
}

EXPORT int dg_grad(Impl** outputs, int count, Impl** inputs, int input_count, Impl** gradients, int gradient_count,
                   int retain, int create, int allow_unused, Result** out) {
    return guarded(-1, [&] {
        return give_all(torch::autograd::grad(tensors(outputs, count), tensors(inputs, input_count),
            tensors(gradients, gradient_count), retain != 0, create != 0, allow_unused != 0), out);
    });
}

EXPORT int dg_grad_mode() { return c10::GradMode::is_enabled(); }
EXPORT void dg_set_grad_mode(int enabled) { c10::GradMode::set_enabled(enabled != 0); }
EXPORT int dg_is_inference() { return c10::InferenceMode::is_enabled(); }
EXPORT c10::InferenceMode* dg_inference_enter(int enabled) { return new c10::InferenceMode(enabled != 0); }
EXPORT void dg_inference_leave(c10::InferenceMode* guard) { delete guard; }
EXPORT int dg_anomaly() { return torch::autograd::AnomalyMode::is_enabled(); }
EXPORT int dg_anomaly_check_nan() { return torch::autograd::AnomalyMode::should_check_nan(); }

EXPORT int dg_set_anomaly(int enabled, int check_nan) {
    return status([&] { torch::autograd::AnomalyMode::set_enabled(enabled != 0, check_nan != 0); });
}

// ---- custom autograd functions --------------------------------------------------------------------------------

namespace {

// backward(state, gradients, n, out, m): takes over the n gradients (null: undefined), gives m back; 0 or the id of an exception.
using BackwardCallback = int64_t (*)(void* state, Impl** gradients, int count, Impl** out, int out_count);
// release(state, last): what was saved may go; with last != 0 the node itself is gone.
using ReleaseCallback = void (*)(void* state, int last);

struct ManagedNode : torch::autograd::Node {
    BackwardCallback on_backward;
    ReleaseCallback on_release;
    void* state;

    ~ManagedNode() override { if (!closing.load()) on_release(state, 1); }

    variable_list apply(variable_list&& gradients) override {
        std::vector<Impl*> in, out(num_outputs(), nullptr);
        for (auto& gradient : gradients) in.push_back(give(std::move(gradient)));
        auto error = on_backward(state, in.data(), static_cast<int>(in.size()), out.data(), static_cast<int>(out.size()));
        variable_list list;
        for (auto handle : out) list.push_back(handle ? at::Tensor(Pointer::reclaim(handle)) : at::Tensor());
        if (error) throw ManagedError(error);
        return list;
    }

    void release_variables() override { on_release(state, 0); }
    std::string name() const override { return "ManagedFunction"; }
};

using SharedNode = std::shared_ptr<ManagedNode>;

std::unordered_set<Impl*> as_set(Impl** handles, int count) { return {handles, handles + count}; }

variable_list convert_outputs(std::vector<OptionalTensor> wrapped) {
    variable_list list;
    for (auto& value : wrapped) list.push_back(value.has_value() ? *value : at::Tensor());
    return list;
}

// Newer versions of libtorch take more arguments here (none of which a managed function uses).
template <auto wrap, class... A> variable_list wrap_outputs(const A&... args) {
    torch::autograd::_jvp_fn_t jvp = [](const variable_list&, const variable_list&) -> variable_list {
        TORCH_CHECK(false, "forward-mode differentiation is not implemented for a managed function");
    };
    std::unordered_set<Impl*> nothing;
    auto view_as_self = [](at::Tensor x) { return x.view_as(x); };
    if constexpr (std::is_invocable_v<decltype(wrap), const A&..., decltype(jvp)>)
        return convert_outputs(wrap(args..., jvp));
    else if constexpr (std::is_invocable_v<decltype(wrap), const A&..., decltype(jvp), decltype(nothing)>)
        return convert_outputs(wrap(args..., jvp, nothing));
    else if constexpr (std::is_invocable_v<decltype(wrap), const A&..., decltype(jvp), decltype(nothing), decltype(view_as_self)>)
        return convert_outputs(wrap(args..., jvp, nothing, view_as_self));
    else
        return convert_outputs(wrap(args..., jvp, nothing, view_as_self, false));
}

}  // namespace

EXPORT SharedNode* dg_node_new(BackwardCallback on_backward, ReleaseCallback on_release, void* state) {
    return guarded<SharedNode*>(nullptr, [&] {
        auto node = SharedNode(new ManagedNode(), torch::autograd::deleteNode);
        node->on_backward = on_backward;
        node->on_release = on_release;
        node->state = state;
        return new SharedNode(std::move(node));
    });
}

EXPORT void* dg_node_raw(SharedNode* node) { return node->get(); }

EXPORT void dg_node_release(SharedNode* node) {
    guarded(0, [&] { delete node; return 0; });
}

EXPORT int dg_node_connect(SharedNode* node, Impl** inputs, int count) {
    return status([&] {
        (*node)->set_next_edges(torch::autograd::collect_next_edges(tensors(inputs, count)));
        (*node)->clear_input_metadata();
    });
}

EXPORT int dg_node_wrap(SharedNode* node, Impl** inputs, int input_count, Impl** constant, int constant_count,
                        Impl** dirty, int dirty_count, Impl** outputs, int output_count, int executable, Result** out) {
    return guarded(-1, [&] {
        std::vector<OptionalTensor> raw;
        for (int i = 0; i < output_count; i++) raw.push_back(outputs[i] ? OptionalTensor(tensor(outputs[i])) : OptionalTensor());
        std::shared_ptr<torch::autograd::Node> owner;
        if (executable) owner = *node;
        // What forward changed in place counts as changed for everybody who saved it.
        for (int i = 0; i < dirty_count; i++) dirty[i]->bump_version();
        return give_all(wrap_outputs<&torch::autograd::_wrap_outputs>(tensors(inputs, input_count), as_set(constant, constant_count),
            as_set(dirty, dirty_count), c10::ArrayRef<OptionalTensor>(raw), owner), out);
    });
}

EXPORT torch::autograd::SavedVariable* dg_saved_new(Impl* handle, torch::autograd::Node* node) {
    return guarded<torch::autograd::SavedVariable*>(nullptr, [&] {
        auto value = tensor(handle);
        bool is_output = value.grad_fn().get() == node;
        return new torch::autograd::SavedVariable(std::move(value), is_output);
    });
}

EXPORT int dg_saved_unpack(torch::autograd::SavedVariable* saved, torch::autograd::Node* node, Impl** out) {
    return status([&] { *out = give(saved->unpack(node ? node->shared_from_this() : nullptr)); });
}

EXPORT void dg_saved_release(torch::autograd::SavedVariable* saved) {
    if (closing.load()) return;
    guarded(0, [&] { delete saved; return 0; });
}

// ---- random numbers -------------------------------------------------------------------------------------------

EXPORT at::Generator* dg_generator_new(uint64_t seed, int device_type, int device_index) {
    return guarded<at::Generator*>(nullptr, [&] {
        auto device = c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
        auto generator = device.is_cpu() ? at::make_generator<at::CPUGeneratorImpl>(seed) : at::globalContext().defaultGenerator(device).clone();
        generator.set_current_seed(seed);
        return new at::Generator(generator);
    });
}

EXPORT at::Generator* dg_generator_default(int device_type, int device_index) {
    return guarded<at::Generator*>(nullptr, [&] {
        return new at::Generator(at::globalContext().defaultGenerator(
            c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index))));
    });
}

EXPORT void dg_generator_release(at::Generator* generator) {
    if (!closing.load()) delete generator;
}

EXPORT int dg_generator_set_seed(at::Generator* generator, uint64_t seed) {
    return status([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_current_seed(seed);
    });
}

EXPORT int dg_generator_current_seed(at::Generator* generator, uint64_t* seed) {
    return status([&] { *seed = generator->current_seed(); });
}

EXPORT Impl* dg_generator_state(at::Generator* generator) {
    return guarded<Impl*>(nullptr, [&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        return give(generator->get_state());
    });
}

EXPORT int dg_generator_set_state(at::Generator* generator, Impl* state) {
    return status([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_state(tensor(state));
    });
}

EXPORT int dg_manual_seed(uint64_t seed) {
    return status([&] { at::manual_seed(seed); });
}

// ---- the machine ----------------------------------------------------------------------------------------------

EXPORT const char* dg_version() { return TORCH_VERSION; }
EXPORT int dg_num_threads() { return at::get_num_threads(); }
EXPORT int dg_set_num_threads(int count) { return status([&] { at::set_num_threads(count); }); }
EXPORT int dg_num_interop_threads() { return at::get_num_interop_threads(); }
EXPORT int dg_set_num_interop_threads(int count) { return status([&] { at::set_num_interop_threads(count); }); }
EXPORT int dg_cuda_is_available() { return guarded(-1, [] { return static_cast<int>(torch::cuda::is_available()); }); }
EXPORT int dg_cudnn_is_available() { return guarded(-1, [] { return static_cast<int>(torch::cuda::cudnn_is_available()); }); }
EXPORT int dg_cuda_device_count() { return guarded(-1, [] { return static_cast<int>(torch::cuda::device_count()); }); }
EXPORT int dg_cuda_synchronize(int64_t device) { return status([&] { torch::cuda::synchronize(device); }); }

EXPORT int dg_cuda_manual_seed(uint64_t seed, int all) {
    return status([&] { if (all) torch::cuda::manual_seed_all(seed); else torch::cuda::manual_seed(seed); });
}

namespace {
// A bool became an enumeration whose first value means allowed.
template <class T> int enabled(T value) {
    if constexpr (std::is_enum_v<T>) return static_cast<int>(value) == 0; else return value;
}
}  // namespace

EXPORT int dg_flag(int which) {
    return guarded(-1, [&]() -> int {
        auto& context = at::globalContext();
        switch (which) {
            case 0: return context.allowTF32CuBLAS();
            case 1: return enabled(context.allowFP16ReductionCuBLAS());
            case 2: return context.allowTF32CuDNN();
            default: TORCH_CHECK(false, "unknown flag");
        }
    });
}

EXPORT int dg_set_flag(int which, int value) {
    return status([&] {
        auto& context = at::globalContext();
        switch (which) {
            case 0: context.setAllowTF32CuBLAS(value != 0); break;
            case 1: context.setAllowFP16ReductionCuBLAS(value != 0); break;
            case 2: context.setAllowTF32CuDNN(value != 0); break;
            default: TORCH_CHECK(false, "unknown flag");
        }
    });
}

EXPORT void dg_close() {
    closer.store(std::this_thread::get_id());
    closing.store(true);
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (inside.load() > (depth > 0 ? 1 : 0) && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}
