// What a tensor knows about itself, and tensors over foreign memory. Part of aten_bridge.cpp.
#pragma once

#include "handles.h"

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
