// Failures inside a managed backward. (TorchSharp itself lets such an exception run into native code, which ends the process.)
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using AutogradContext = TorchSharp.torch.autograd.AutogradContext;

namespace TorchSharpTests.StandIn;

public class CustomFunctionFailureTests
{
    [Fact]
    public void An_exception_in_backward_comes_out_of_backward_and_harms_nothing()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var error = Assert.Throws<FormatException>(() => Failing.apply(x * 2).sum().backward());
        Assert.Contains("on purpose", error.Message);
        x.sum().backward();
        Expect.Row(x.grad!, 1, 1);
    }

    [Fact]
    public void A_wrong_number_of_gradients_is_an_error()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var error = Assert.ThrowsAny<Exception>(() => Forgetful.apply(x, x).sum().backward());
        Assert.Contains("Forgetful", error.Message);
    }

    [Fact]
    public void Saved_tensors_are_gone_with_a_graph_that_was_not_retained()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = Saving.apply(x).sum();
        y.backward(retain_graph: true);
        y.backward();
        Assert.ThrowsAny<Exception>(() => y.backward());
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]) * 1;

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => throw new FormatException("on purpose");
    }

    private sealed class Forgetful : autograd.SingleTensorFunction<Forgetful>
    {
        public override string Name => nameof(Forgetful);

        public override Tensor forward(AutogradContext ctx, params object[] vars) => (Tensor)vars[0] + (Tensor)vars[1];

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) => [grad_output];
    }

    private sealed class Saving : autograd.SingleTensorFunction<Saving>
    {
        public override string Name => nameof(Saving);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0]]);
            return (Tensor)vars[0] * 2;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) =>
            [grad_output * ctx.get_saved_variables()[0]];
    }
}
