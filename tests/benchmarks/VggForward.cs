// VGG-16 forward passes, batch of one, beside PyTorch on the same libtorch with the same number of threads.
using System.Diagnostics;
using Detection.Models.Backbones;
using Detection.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Benchmarks;

internal static class VggForward
{
    public static void Run(int rounds)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        NativeHeap.KeepFreedMemory();
        using var model = new Vgg16Classifier();
        model.eval();
        using var gradients = no_grad();
        using var image = rand(1, 3, 224, 224);
        model.call(image).Dispose();
        using var peer = PythonPeer.Start("vgg16.py", threads);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            model.call(image).Dispose();
            ours.Add(watch.Elapsed.TotalSeconds);
            if (peer is not null)
            {
                theirs.Add(peer.Seconds());
            }
        }

        Console.WriteLine($"VGG-16, {threads} threads, {rounds} rounds{(peer is null ? "" : $"; PyTorch {peer.Version}")}");
        Console.WriteLine(SideBySide.Header);
        Console.WriteLine(SideBySide.Row("VGG-16 classifier, 1x3x224x224: forward pass", ours, theirs, "s"));
    }
}
