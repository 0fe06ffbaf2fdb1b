// Functions with a backward written in C#.
using System.Runtime.CompilerServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using AutogradContext = TorchSharp.torch.autograd.AutogradContext;

namespace TorchSharpTests;

public class CustomFunctionTests
{
    [Fact]
    public void Forward_and_backward_of_a_function_are_used()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2, 3 }, requires_grad: true);
        var y = Cube.apply(x);
        Assert.True(y.requires_grad);
        Expect.Row(y, 1, 8, 27);
        (y * 2).sum().backward();
        Expect.Row(x.grad!, 6, 24, 54);
    }

    [Fact]
    public void Functions_can_be_chained_and_mixed_with_operators()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2f, requires_grad: true);
        Cube.apply(Cube.apply(x) + 1).backward();
        Expect.Values(x.grad!, [], 3 * 81 * 12);
    }

    [Fact]
    public void A_function_of_several_tensors_and_numbers_gets_each_its_gradient()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2 }, requires_grad: true);
        var b = tensor(new float[] { 3, 4 }, requires_grad: true);
        var outputs = SumAndScaledProduct.apply(a, 10.0, b);
        Expect.Row(outputs[0], 4, 6);
        Expect.Row(outputs[1], 30, 80);
        outputs[1].sum().backward();
        // The first output was not used: its gradient arrives as zeros.
        Expect.Row(a.grad!, 30, 40);
        Expect.Row(b.grad!, 10, 20);
    }

    [Fact]
    public void An_input_without_gradient_is_left_out()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2 }, requires_grad: true);
        var b = tensor(new float[] { 3, 4 });
        SumAndScaledProduct.apply(a, 1.0, b)[1].sum().backward();
        Expect.Row(a.grad!, 3, 4);
        Assert.Null(b.grad);
    }

    [Fact]
    public void Without_recording_only_forward_runs()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2f, requires_grad: true);
        using var none = no_grad();
        var y = Cube.apply(x);
        Assert.False(y.requires_grad);
        Expect.Values(y, [], 8);
    }

    [Fact]
    public void An_output_can_be_saved_for_backward()
    {
        using var scope = NewDisposeScope();
        var x = tensor(1f, requires_grad: true);
        Exponential.apply(x).backward();
        Expect.Values(x.grad!, [], Math.E);
    }

    [Fact]
    public void Backward_computes_with_graph_for_second_derivatives()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2f, requires_grad: true);
        var first = autograd.grad([Cube.apply(x)], [x], retain_graph: true, create_graph: true)[0];
        Expect.Values(autograd.grad([first], [x])[0], [], 12);
    }

    [Fact]
    public void What_a_graph_saved_is_freed_with_it()
    {
        var before = Tensor.TotalCount;
        BuildAndDrop(50);
        for (var i = 0; i < 50 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(Tensor.TotalCount <= before, $"{Tensor.TotalCount - before} tensors are still alive");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void BuildAndDrop(int times)
        {
            using var x = ones(8, requires_grad: true);
            for (var i = 0; i < times; i++)
                _ = Cube.apply(x);
        }
    }

    private sealed class Cube : autograd.SingleTensorFunction<Cube>
    {
        public override string Name => nameof(Cube);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            return x.pow(3);
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            var x = ctx.get_saved_variables()[0];
            return [grad_output * 3 * x.square()];
        }
    }

    private sealed class Exponential : autograd.SingleTensorFunction<Exponential>
    {
        public override string Name => nameof(Exponential);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var y = ((Tensor)vars[0]).exp();
            ctx.save_for_backward([y]);
            return y;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output) =>
            [grad_output * ctx.get_saved_variables()[0]];
    }

    private sealed class SumAndScaledProduct : autograd.MultiTensorFunction<SumAndScaledProduct>
    {
        public override string Name => nameof(SumAndScaledProduct);

        public override List<Tensor> forward(AutogradContext ctx, params object[] vars)
        {
            var (a, scale, b) = ((Tensor)vars[0], (double)vars[1], (Tensor)vars[2]);
            ctx.save_for_backward([a, b]);
            ctx.save_data("scale", scale);
            return [a + b, a * b * scale];
        }

        public override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var saved = ctx.get_saved_variables();
            var product = grad_outputs[1] * (double)ctx.get_data("scale")!;
            return [grad_outputs[0] + (product * saved[1]), null!, grad_outputs[0] + (product * saved[0])];
        }
    }
}
