// Errors, process exit, tensor handles and the structures that both sides know. Part of aten_bridge.cpp.
#pragma once

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

}  // namespace
