// The life of a tensor: owners, aliases, finalisers, threads.
using System.Runtime.CompilerServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class LifetimeTests
{
    [Fact]
    public void A_disposed_tensor_is_invalid_and_says_so()
    {
        var tensor = ones(1);
        tensor.Dispose();
        tensor.Dispose();
        Assert.True(tensor.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => tensor.Handle);
        Assert.Throws<InvalidOperationException>(() => tensor + 1);
    }

    [Fact]
    public void An_alias_keeps_the_data_alive()
    {
        var original = ones(2);
        using var alias = original.alias();
        alias.add_(1);
        Expect.Row(original, 2, 2);
        original.Dispose();
        Expect.Row(alias, 2, 2);
    }

    [Fact]
    public void The_finaliser_frees_forgotten_tensors()
    {
        var before = Tensor.TotalCount;
        Forget(100);
        for (var i = 0; i < 50 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(Tensor.TotalCount <= before, $"{Tensor.TotalCount - before} of 100 tensors are still alive");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(int count)
        {
            for (var i = 0; i < count; i++)
                _ = zeros(16);
        }
    }

    [Fact]
    public void Forgotten_tensors_may_be_finalised_while_others_compute()
    {
        var stop = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        using var sum = zeros(4);
        for (var i = 0; i < 3000; i++)
            sum.add_(ones(4) + i - i);
        Volatile.Write(ref stop, true);
        collector.Join();
        Expect.Row(sum, 3000, 3000, 3000, 3000);
    }

    [Fact]
    public void Several_threads_compute_independently()
    {
        var results = new double[4];
        var threads = Enumerable.Range(0, results.Length).Select(id => new Thread(() =>
        {
            using var scope = NewDisposeScope();
            using var none = no_grad();
            var total = zeros(1, ScalarType.Float64);
            for (var i = 0; i < 500; i++)
                total = total + full(1, id + 1, ScalarType.Float64).mul(2);
            results[id] = total.item<double>();
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal([1000, 2000, 3000, 4000], results);
    }

    [Fact]
    public void The_native_handle_can_be_handed_over()
    {
        var first = ones(3);
        var handle = first.DecoupleFromNativeHandle();
        Assert.True(first.IsInvalid);
        using var second = Tensor.UnsafeCreateTensor(handle);
        Expect.Row(second, 1, 1, 1);
    }

    [Fact]
    public void A_buffer_is_shared_with_the_tensor_over_it()
    {
        var array = new float[] { 1, 2, 3, 4 };
        using var tensor = frombuffer(array, ScalarType.Float32, count: 2, offset: 1);
        Expect.Row(tensor, 2, 3);
        tensor.add_(10);
        Assert.Equal([1, 12, 13, 4], array);
    }

    [Fact]
    public void A_tensor_made_of_an_array_is_a_copy_of_it()
    {
        var array = new float[] { 1, 2 };
        using var tensor = torch.tensor(array);
        array[0] = 5;
        Expect.Row(tensor, 1, 2);
    }
}
