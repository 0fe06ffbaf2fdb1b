// A whole detector beside torchvision's with the same weights: inference, a step of training, and the peak of memory of each in a process of its own.
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime;
using TorchSharp;

namespace Detection.Benchmarks;

/// <summary>What one of our detectors does in a benchmark.</summary>
internal interface IDetectorWorkload : IDisposable
{
    /// <summary>Image to detections.</summary>
    void Infer();

    /// <summary>A step of training on a batch in memory.</summary>
    void Train();

    /// <summary>How many boxes went through it, so that a reader sees that both sides do the same.</summary>
    string Boxes();

    /// <summary>One inference and one step of training by their parts, in milliseconds.</summary>
    string Profile();
}

/// <summary>The milliseconds of the parts of a piece of work, one after the other.</summary>
internal sealed class Sections
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly List<string> texts = [];

    /// <summary>Ends a part.</summary>
    public void End(string part)
    {
        texts.Add(string.Create(CultureInfo.InvariantCulture, $"{part} {watch.Elapsed.TotalMilliseconds:0}"));
        watch.Restart();
    }

    public override string ToString() => string.Join(", ", texts);
}

/// <summary>A detector and its peer.</summary>
/// <param name="Name">Name of the benchmark.</param>
/// <param name="Title">First words of the rows.</param>
/// <param name="Batch">Images of a step of training.</param>
/// <param name="Script">The peer.</param>
/// <param name="Arguments">What the peer is told behind the number of threads and the folder.</param>
/// <param name="Counts">The peer's commands that count boxes.</param>
/// <param name="Create">Makes ours from the folder that holds the picture and the peer's weights.</param>
internal sealed record DetectorComparison(
    string Name, string Title, int Batch, string Script, string[] Arguments, string[] Counts, Func<string, IDetectorWorkload> Create)
{
    /// <summary>The picture that both look at; its pixels are blocks of random colours.</summary>
    public const int PictureHeight = 480, PictureWidth = 640;

    private const int MemoryUnits = 2;
    private const string PictureFile = "picture.raw";

    private static int Threads => Environment.ProcessorCount;

    public static RgbImage PictureIn(string folder) => new(PictureWidth, PictureHeight, File.ReadAllBytes(Path.Combine(folder, PictureFile)));

    /// <summary>Copies the peer's weights into ours; without a peer ours keeps what it was created with.</summary>
    public static void LoadWeights(TorchSharp.torch.nn.Module model, ModelCard card, string folder)
    {
        if (Path.Combine(folder, "weights.pth") is var path && File.Exists(path))
        {
            WeightLoader.LoadMapped(model, path, card.WeightMaps.Single(map => map.Name == "torchvision"));
        }
    }

    public void Run(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("detection-benchmark-").FullName;
        try
        {
            WritePicture(Path.Combine(folder, PictureFile));
            Time(folder, rounds);
            Memory(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>In a process of its own: does something and prints the peak.</summary>
    public void PrintPeak(string folder, string what)
    {
        Prepare();
        using var ours = Create(folder);
        for (var i = 0; i < MemoryUnits; i++)
        {
            (what == "inference" ? (Action)ours.Infer : ours.Train)();
        }
        Console.WriteLine(PeakMemory.OfThisProcess().ToString(CultureInfo.InvariantCulture));
    }

    private static void Prepare()
    {
        torch.set_num_threads(Threads);
        NativeHeap.KeepFreedMemory();
    }

    private PythonPeer? StartPeer(string folder) => PythonPeer.Start(Script, Threads, [folder, $"{PictureHeight}", $"{PictureWidth}", .. Arguments]);

    private void Time(string folder, int rounds)
    {
        Prepare();
        using var peer = StartPeer(folder);
        using var ours = Create(folder);
        Console.WriteLine($"{Title}, {Threads} threads, {rounds} rounds{(peer is null ? "" : $"; PyTorch {peer.Version}")}");
        Console.WriteLine($"  ours: {ours.Boxes()}");
        if (peer is not null)
        {
            Console.WriteLine($"  peer: {string.Join(", ", Counts.Select(count => $"{peer.Ask(count)} {count}"))}");
        }
        Console.WriteLine(SideBySide.Header);
        SideBySide.Time($"{Title}: image to detections", rounds, ours.Infer, peer, "inference");
        SideBySide.Time($"{Title}: training step, batch of {Batch}", rounds, ours.Train, peer, "training");
        Console.WriteLine($"  parts in ms, ours: {ours.Profile()}");
        if (peer is not null)
        {
            Console.WriteLine($"  parts in ms, peer: {peer.Ask("profile")}");
        }
    }

    private void Memory(string folder)
    {
        foreach (var what in new[] { "inference", "training" })
        {
            var ours = PeakMemory.OfProcess("memory-of", Name, what, folder);
            using var peer = StartPeer(folder);
            double[] theirs = [];
            if (peer is not null)
            {
                for (var i = 0; i < MemoryUnits; i++)
                {
                    peer.Seconds(what);
                }
                theirs = [double.Parse(peer.Ask("memory"), CultureInfo.InvariantCulture)];
            }
            Console.WriteLine(SideBySide.Row($"{Title}: peak memory, {what}", [ours], theirs, "MB"));
        }
    }

    private static void WritePicture(string path)
    {
        const int block = 16;
        var random = new Random(3);
        var colours = new byte[PictureHeight / block * (PictureWidth / block) * 3];
        random.NextBytes(colours);
        var pixels = new byte[PictureHeight * PictureWidth * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (row, column) = (i / 3 / PictureWidth / block, i / 3 % PictureWidth / block);
            pixels[i] = colours[(row * (PictureWidth / block) + column) * 3 + i % 3];
        }
        File.WriteAllBytes(path, pixels);
    }
}
