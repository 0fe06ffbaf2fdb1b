// Region operators and non-maximum suppression beside torchvision's, on maps and boxes of the same sizes.
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Benchmarks;

internal static class RegionOperators
{
    private const double Scale = 1.0 / 16;

    public static void Run(int rounds)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        NativeHeap.KeepFreedMemory();
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var regions = tensor([.. Boxes(random, 300, 50, 400).Chunk(4).SelectMany(box => box.Prepend(0f))], [300, 5]);
        var cases = new List<(string Name, Action Step)>();
        foreach (var count in new[] { 1000, 6000, 12000 })
        {
            // Proposals come in heaps around objects.
            var centres = Boxes(random, 40, 60, 300).Chunk(4).ToArray();
            float[] values = [.. Enumerable.Range(0, count).SelectMany(_ => centres[random.Next(40)].Select(v => v + 25 * Normal(random)))];
            var (boxes, scores) = (tensor(values, [count, 4]), rand(count));
            cases.Add(($"nms {count}", () => NonMaximumSuppression.Keep(boxes, scores, 0.7).Dispose()));
        }
        foreach (var (name, channels, pooling) in new (string, long, RegionPooling)[]
        {
            ("max", 512, new RoiMaxPooling(7, 7)),
            ("align", 512, new RoiAlign(7, 7)),
            ("psroi", 1029, new PositionSensitiveRoiPooling(7, 7, PositionSensitiveBins.Torchvision)),
            ("psalign", 490, new PositionSensitiveRoiAlign(7, 7, PositionSensitiveSamples.Torchvision)),
        })
        {
            var map = rand(1, channels, 38, 63);
            cases.Add((name, () =>
            {
                using var none = no_grad();
                pooling.Pool(map, regions, Scale).Dispose();
            }));
            cases.Add(($"{name} backward", () =>
            {
                using var step = NewDisposeScope();
                var leaf = map.detach().requires_grad_();
                var result = pooling.Pool(leaf, regions, Scale);
                result.backward([ones_like(result)]);
            }));
        }
        using var peer = PythonPeer.Start("regions.py", threads);
        Console.WriteLine($"region operators, 300 regions of 50 to 400 pixels, map 38 x 63, 7 x 7, {threads} threads, {rounds} rounds{(peer is null ? "" : $"; PyTorch {peer.Version}")}");
        Console.WriteLine(SideBySide.Header);
        foreach (var (name, step) in cases)
        {
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = -3; round < rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                step();
                var seconds = watch.Elapsed.TotalSeconds;
                var other = peer?.Seconds(name);
                if (round >= 0)
                {
                    ours.Add(seconds);
                    theirs.AddRange(other is { } value ? [value] : []);
                }
            }
            Console.WriteLine(SideBySide.Row(Title(name), [.. ours.Select(t => 1000 * t)], [.. theirs.Select(t => 1000 * t)], "ms"));
        }
    }

    private static string Title(string name)
    {
        var words = name.Split(' ');
        var backward = words is [_, "backward"] ? ", forward and backward" : "";
        return words[0] switch
        {
            "nms" => $"non-maximum suppression of {int.Parse(words[1], CultureInfo.InvariantCulture).ToString("#,0", CultureInfo.InvariantCulture)} boxes",
            "max" => "RoI max pooling, 512 channels" + backward,
            "align" => "RoIAlign, 512 channels" + backward,
            "psroi" => "PSRoI pooling, 1,029 channels" + backward,
            _ => "PSRoIAlign, 490 channels" + backward,
        };
    }

    private static float[] Boxes(Random random, int count, float smallest, float largest) => [.. Enumerable.Range(0, count).SelectMany(_ =>
    {
        var (w, h) = (smallest + random.NextSingle() * (largest - smallest), smallest + random.NextSingle() * (largest - smallest));
        var (x, y) = (random.NextSingle() * (1000 - w), random.NextSingle() * (600 - h));
        return new[] { x, y, x + w, y + h };
    })];

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
