// Training steps of the small SSD for blood cells beside one of the same structure built from torchvision's parts: forward, matching, mining,
// loss, backward, clipping and update on a batch of eight images in memory.
using System.Diagnostics;
using Detection.Models.Ssd;
using Detection.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Benchmarks;

internal static class TrainingStep
{
    private const int Batch = 8;
    private const int Objects = 12;

    public static void Run(int rounds)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        NativeHeap.KeepFreedMemory();
        using var model = new BloodCellsSsd();
        model.train();
        using var optimizer = optim.SGD(ParameterGroups.ForSgd(model, learningRate: 0.02, weightDecay: 5e-4, momentum: 0.9), learningRate: 0.02);
        var (matcher, mining, loss) = (new ArgmaxMatcher(), new HardNegativeMining(), new MultiBoxLoss(new SmoothL1BoxLoss(), coder: model.Head.Coder));
        using var images = rand(Batch, 3, 224, 224);
        var truth = Truth();

        void Step()
        {
            using var scope = NewDisposeScope();
            using var output = model.call(images);
            var parts = loss.Compute(output, matcher.Match(model.AnchorsFor(output), truth, model.Head.Coder), mining);
            optimizer.zero_grad();
            parts.Total.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 10);
            optimizer.step();
        }

        for (var i = 0; i < 3; i++)
        {
            Step();
        }

        using var peer = PythonPeer.Start("ssd_step.py", threads);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            Step();
            ours.Add(watch.Elapsed.TotalSeconds);
            if (peer is not null)
            {
                theirs.Add(peer.Seconds());
            }
        }

        Console.WriteLine($"small SSD, {BloodCellsSsd.ParameterCount} parameters, {threads} threads, {rounds} rounds{(peer is null ? "" : $"; PyTorch {peer.Version}")}");
        Console.WriteLine(SideBySide.Header);
        Console.WriteLine(SideBySide.Row($"small SSD over MobileNet v1, {Batch}x3x224x224: training step", ours, theirs, "s"));
    }

    // Boxes as fractions of the image, of the sizes that the peer draws in pixels.
    private static GroundTruth Truth()
    {
        var random = new Random(2);
        var boxes = new float[Batch][];
        for (var image = 0; image < Batch; image++)
        {
            boxes[image] = [.. Enumerable.Range(0, Objects).SelectMany(_ =>
            {
                var (x, y) = ((random.NextSingle() * 160) + 32, (random.NextSingle() * 160) + 32);
                var (w, h) = ((random.NextSingle() * 30) + 15, (random.NextSingle() * 30) + 15);
                return new[] { (x - w) / 224, (y - h) / 224, (x + w) / 224, (y + h) / 224 };
            })];
        }

        return new GroundTruth(boxes, [.. boxes.Select(_ => Enumerable.Range(0, Objects).Select(i => i % 3).ToArray())]);
    }
}
