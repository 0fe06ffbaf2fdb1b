// The memory that the compiler foretells, against what the C library says is allocated while a model runs.
using System.Runtime.InteropServices;
using Detection.Models.Backbones;
using Detection.Models.Ssd;
using Detection.Spec.Compilation;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Models.Tests;

public sealed class MemoryTests
{
    private const int Batch = 4;

    private const int MostPasses = 8;

    // Handles and headers of blocks: some hundred bytes for each tensor. One map too many or too few is hundreds of kilobytes.
    private const long Small = 64 * 1024;

    [SkippableTheory]
    [InlineData("squeezenet-1.0", 25)]
    [InlineData("mobilenet-v1", 54)]
    [InlineData("ultraface-slim-320", 60)]
    public void What_is_allocated_behind_every_layer_is_what_the_compiler_says_is_alive(string name, int fewestLayers)
    {
        Skip.IfNot(CanCount(), "counts with glibc's mallinfo2");
        var compiled = ModelSpecs.Compile(name);
        var memory = compiled.MemoryAt(compiled.Input.Height, compiled.Input.Width);
        using var gradients = no_grad();
        var (model, run) = Create(name);
        using var disposed = model;
        model.eval();

        // The first pass builds what libraries keep. The runtime's own threads allocate and free, too, now and then: a layer counts as
        // foretold when it was so in one of the passes behind it.
        Measure(model, run, compiled);
        var open = memory.Operators.ToDictionary(o => o.Path, o => Batch * o.Bytes);
        var layers = 0;
        var last = new Dictionary<string, long>();
        for (var pass = 0; pass < MostPasses && (layers == 0 || last.Count > 0); pass++)
        {
            var measured = Measure(model, run, compiled);
            layers = Math.Max(layers, measured.Keys.Count(memory.Operators.Select(o => o.Path).Contains));
            last = measured.Where(m => open.ContainsKey(m.Key)).ToDictionary(m => m.Key, m => m.Value);
            foreach (var path in last.Keys.Where(path => Math.Abs(last[path] - open[path]) < Small).ToArray())
            {
                open.Remove(path);
                last.Remove(path);
            }
        }

        Assert.InRange(layers, fewestLayers, int.MaxValue);
        Assert.All(last, layer => Assert.Fail($"{layer.Key}: foretold {open[layer.Key]}, measured {layer.Value}"));
    }

    [Fact]
    public void Generated_constants_are_the_compilers()
    {
        var compiled = ModelSpecs.Compile("mobilenet-v1");
        var memory = compiled.MemoryAt(224, 224);

        Assert.Equal((memory.WeightBytes, memory.PeakBytes), (MobileNetV1.WeightBytes, MobileNetV1.PeakActivationBytes));
        Assert.Equal(memory.BytesFor(16), MobileNetV1.ModelCard.InferenceBytes(16));
        Assert.Equal((8, 16, 32), (MobileNetV1.Strides.C3, MobileNetV1.Strides.C4, MobileNetV1.Strides.C5));
        Assert.Equal((43, 219, 315), (MobileNetV1.ReceptiveFields.C3, MobileNetV1.ReceptiveFields.C4, MobileNetV1.ReceptiveFields.C5));
        Assert.Equal(8, UltraFaceSlim320.Strides.Stride8);
    }

    private static (nn.Module Model, Action<Tensor> Run) Create(string name)
    {
        switch (name)
        {
            case "squeezenet-1.0":
                var squeezenet = new SqueezeNet();
                return (squeezenet, images => squeezenet.call(images).Dispose());
            case "mobilenet-v1":
                var mobilenet = new MobileNetV1();
                return (mobilenet, images => mobilenet.call(images).Dispose());
            default:
                var ultraface = new UltraFaceSlim320();
                return (ultraface, images => ultraface.call(images).Dispose());
        }
    }

    // Bytes behind each layer beyond those before the pass, by path.
    private static Dictionary<string, long> Measure(nn.Module model, Action<Tensor> run, CompiledModel compiled)
    {
        var measured = new Dictionary<string, long>();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Allocated();
        using var images = rand(Batch, compiled.Input.Channels, compiled.Input.Height, compiled.Input.Width);
        var hooks = model.named_modules()
            .Where(part => part.module is nn.Module<Tensor, Tensor>)
            .Select(part => ((nn.Module<Tensor, Tensor>)part.module).register_forward_hook((_, _, output) =>
            {
                measured[part.name] = Allocated() - before;
                return output;
            }))
            .ToArray();
        run(images);
        foreach (var hook in hooks)
        {
            hook.remove();
        }
        return measured;
    }

    private static bool CanCount()
    {
        try
        {
            return Allocated() > 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static long Allocated()
    {
        var info = ReadHeap();
        return (long)(info.Used + info.Mapped);
    }

    // malloc.h, struct mallinfo2.
    [StructLayout(LayoutKind.Sequential)]
    private struct HeapInfo
    {
        public nuint Arena, FreeBlocks, FastBlocks, MappedBlocks, Mapped, Unused, FastFree, Used, Free, Top;
    }

    [DllImport("libc.so.6", EntryPoint = "mallinfo2")]
    private static extern HeapInfo ReadHeap();
}
