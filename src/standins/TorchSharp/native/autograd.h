// Gradients, their modes, and graph nodes whose backward is managed code. Part of aten_bridge.cpp.
#pragma once

#include "handles.h"

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
