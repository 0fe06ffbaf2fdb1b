// Random generators, threads, CUDA and leaving the process. Part of aten_bridge.cpp.
#pragma once

#include "handles.h"

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
