// Gradients.
using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class AutogradTests
{
    public static TheoryData<string, Func<Tensor, Tensor>, double[]> Gradients => new()
    {
        { "square", x => x.pow(2), [2, 4, 6] },
        { "exponential", x => x.exp(), [Math.E, Math.Exp(2), Math.Exp(3)] },
        { "product with itself", x => x * x, [2, 4, 6] },
        { "selection", x => x[1], [0, 1, 0] },
        { "selection twice", x => x[tensor(new long[] { 0, 0, 2 })], [2, 0, 1] },
        { "mask", x => x[x.gt(1.5)], [0, 1, 1] },
        { "maximum", x => x.max(), [0, 0, 1] },
        { "clamp", x => x.clamp(1.5, 2.5), [0, 1, 0] },
        { "conversion", x => x.to(ScalarType.Float64) * 3, [3, 3, 3] },
        { "matrix product", x => x.unsqueeze(0).matmul(x.unsqueeze(1)), [2, 4, 6] },
        { "subtraction from a number", x => 1 - x, [-1, -1, -1] },
    };

    [Theory, MemberData(nameof(Gradients))]
    public void Backward_gives_the_gradient(string name, Func<Tensor, Tensor> op, double[] expected)
    {
        using var scope = NewDisposeScope();
        Assert.NotEmpty(name);
        var x = tensor(new float[] { 1, 2, 3 }, requires_grad: true);
        op(x).sum().backward();
        Expect.Row(x.grad!, expected);
    }

    [Fact]
    public void Gradients_accumulate_until_they_are_cleared()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        x.sum().backward();
        x.sum().backward();
        Expect.Row(x.grad!, 2, 2);
        x.grad = null;
        Assert.Null(x.grad);
        x.sum().backward();
        Expect.Row(x.grad!, 1, 1);
    }

    [Fact]
    public void A_vector_needs_a_gradient_to_start_from()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        Assert.Throws<ExternalException>(() => (x * 2).backward());
        (x * 2).backward([tensor(new float[] { 1, 10 })]);
        Expect.Row(x.grad!, 2, 20);
    }

    [Fact]
    public void Autograd_grad_leaves_the_leaves_alone()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var unused = ones(1, requires_grad: true);
        var y = (x * 3).sum();
        var gradients = autograd.grad([y], [x, unused], allow_unused: true);
        Expect.Row(gradients[0], 3, 3);
        Assert.True(gradients[1] is null || gradients[1].IsInvalid);
        Assert.Null(x.grad);
    }

    [Fact]
    public void Second_derivatives_need_create_graph()
    {
        using var scope = NewDisposeScope();
        var x = tensor(3f, requires_grad: true);
        var first = autograd.grad([x.pow(3)], [x], retain_graph: true, create_graph: true)[0];
        Expect.Values(first, [], 27);
        Expect.Values(autograd.grad([first], [x])[0], [], 18);
    }

    [Fact]
    public void A_graph_is_gone_after_backward_unless_it_is_retained()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        var y = x.exp().sum();
        y.backward(retain_graph: true);
        y.backward();
        Assert.Throws<ExternalException>(() => y.backward());
    }

    [Fact]
    public void Nothing_is_recorded_under_no_grad()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }
        Assert.True((x * 2).requires_grad);
        Assert.False(x.detach().requires_grad);
    }

    [Fact]
    public void Inference_mode_ends_with_its_guard()
    {
        using var scope = NewDisposeScope();
        using (inference_mode())
            Assert.True(is_inference_mode_enabled());
        Assert.False(is_inference_mode_enabled());
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Grad_mode_belongs_to_its_thread()
    {
        using var none = no_grad();
        var elsewhere = false;
        var thread = new Thread(() => elsewhere = is_grad_enabled());
        thread.Start();
        thread.Join();
        Assert.True(elsewhere);
        Assert.False(is_grad_enabled());
    }

    [Fact]
    public void A_leaf_that_requires_grad_cannot_be_changed_in_place()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        Assert.Throws<ExternalException>(() => x.add_(1));
        using (no_grad())
            x.add_(1);
        Expect.Row(x, 2, 2);
    }

    [Fact]
    public void An_inner_tensor_keeps_its_gradient_on_request()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        var y = x * 2;
        y.retain_grad();
        (y * 5).sum().backward();
        Expect.Row(y.grad!, 5);
        Assert.True(x.is_leaf);
        Assert.False(y.is_leaf);
    }
}
