// What a call through the binding costs: the sum of two one-element tensors, freed at once.
using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Benchmarks;

internal static class CallOverhead
{
    public static void Run(int rounds)
    {
        using var gradients = no_grad();
        using var a = ones(1);
        using var b = ones(1);
        const int calls = 100_000;
        var seconds = new List<double>();
        for (var round = -1; round < rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < calls; i++)
            {
                a.add(b).Dispose();
            }

            if (round >= 0)
            {
                seconds.Add(watch.Elapsed.TotalSeconds / calls);
            }
        }

        using var peer = PythonPeer.Start("add.py", 1);
        List<double> theirs = peer is null ? [] : [.. Enumerable.Range(0, rounds).Select(_ => peer.Seconds())];
        Console.WriteLine($"binding, {rounds} rounds{(peer is null ? "" : $"; PyTorch {peer.Version}")}");
        Console.WriteLine(SideBySide.Header);
        Console.WriteLine(SideBySide.Row("sum of two numbers, and its disposal", [.. seconds.Select(t => 1e6 * t)], [.. theirs.Select(t => 1e6 * t)], "us"));
    }
}
