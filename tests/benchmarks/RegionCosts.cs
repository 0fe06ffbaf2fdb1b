// What the structure of two-stage detectors decides about their speed: the cost of a region, of the image, of a factored layer, of a finer stride.
using System.Globalization;
using Detection.Models.LightHeadRcnn;
using Detection.Models.MetaArchitectures;
using Detection.Models.Rcnn;
using Detection.Models.RFcn;
using Detection.Models.Ssd;
using Detection.Runtime;
using Detection.Spec.Compilation;
using Detection.Spec.Resolution;
using TorchSharp;
using static TorchSharp.torch;
using RuntimeCard = Detection.Runtime.ModelCard;

namespace Detection.Benchmarks;

/// <summary>
/// The benchmark <c>region-costs [heads] [speed] [svd] [stride] [--svg FILE] [--regions 10,30,100]</c>: ours alone; weights are those that the models are created with.
/// </summary>
internal static class RegionCosts
{
    private static int[] counts = [10, 30, 100, 300, 1000, 2000];
    private static int rounds;

    private static readonly IModelCatalog[] Catalogs =
    [
        new Models.Rcnn.DetectionModels(), new Models.RFcn.DetectionModels(), new Models.LightHeadRcnn.DetectionModels(),
        new Models.MetaArchitectures.DetectionModels(), new Models.Ssd.DetectionModels(),
    ];

    private static readonly Dictionary<string, (long Image, long Region)> Counted = [];

    public static void Run(IReadOnlyList<string> arguments, int timedRounds)
    {
        set_num_threads(Environment.ProcessorCount);
        NativeHeap.KeepFreedMemory();
        using var gradients = no_grad();
        rounds = timedRounds;
        string? Option(string name) => arguments.SkipWhile(a => a != name).Skip(1).FirstOrDefault();
        var svg = Option("--svg") ?? Path.Combine("artifacts", "benchmarks", "region-costs.svg");
        if (Option("--regions") is { } list)
        {
            counts = [.. list.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        }
        string[] parts = [.. arguments.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];
        bool Wants(string part) => parts.Length == 0 || parts.Contains(part);
        if (Wants("heads"))
        {
            Heads(svg);
        }
        if (Wants("speed"))
        {
            Speed();
        }
        if (Wants("svd"))
        {
            Factored();
        }
        if (Wants("stride"))
        {
            Strides();
        }
    }

    // The networks over regions alone, on given regions.
    private static void Heads(string svg)
    {
        var curves = new List<(string Title, double Image, double[] Seconds)>();
        Console.WriteLine($"regions, {get_num_threads()} threads: seconds (10^9 multiply-adds)");
        Console.WriteLine($"| network | whole image | {string.Join(" | ", counts.Select(n => $"{Number(n)} regions"))} | a region more |");
        Console.WriteLine($"| --- | --- | {string.Join(" | ", counts.Select(_ => "---"))} | --- |");
        foreach (var (title, name) in new[]
        {
            ("Faster R-CNN ResNet-101", "faster-rcnn-resnet101-coco"), ("R-FCN ResNet-101", "r-fcn-resnet101-coco"),
            ("Light-Head R-CNN L", "light-head-rcnn-l"), ("Light-Head R-CNN S", "light-head-rcnn-s-800x1200"),
        })
        {
            var (image, region) = MultiplyAddsOf(name);
            using var scope = NewDisposeScope();
            using var model = Create<TwoStageDetector>(name);
            var input = Image(model.Card);
            // Once for the libraries to build what they keep.
            var features = model.Extract(input);
            model.Classify(0, features, Regions(counts[0], model.Card)).Dispose();
            var whole = SideBySide.Alternate(rounds, () => model.Extract(input).Dispose())[0];
            var seconds = counts.Select(count =>
            {
                using var own = NewDisposeScope();
                var regions = Regions(count, model.Card);
                return Statistics.At(SideBySide.Alternate(rounds, () => model.Classify(0, features, regions).Dispose())[0], 0.5);
            }).ToArray();
            var each = (seconds[^1] - seconds[0]) / (counts[^1] - counts[0]);
            string[] cells =
            [
                $"{SideBySide.Figure(Statistics.At(whole, 0.5))} ({Billions(image)})",
                .. counts.Select((count, i) => $"{SideBySide.Figure(seconds[i])} ({Billions(count * region)})"),
                $"{SideBySide.Figure(1000 * each)} ms",
            ];
            Console.WriteLine($"| {title}, {model.Card.Input.Height} x {model.Card.Input.Width} | {string.Join(" | ", cells)} |");
            curves.Add((title, Statistics.At(whole, 0.5), seconds));
        }
        RegionCostPlot.Write(svg, counts, curves);
        Console.WriteLine($"plot: {svg}");
    }

    // Image to detections; a threshold above the scores of networks that know nothing keeps suppression out of it.
    private static void Speed()
    {
        var picture = Picture(640, 480);
        var options = new DetectOptions { ScoreThreshold = 0.05f };
        (string Title, string Name, string Published)[] models =
        [
            ("Light-Head R-CNN S, 800/1200", "light-head-rcnn-s-800x1200", "95 fps"), ("Light-Head R-CNN S, 700/1100", "light-head-rcnn-s-700x1100", "102 fps"),
            ("SSD300 VGG-16", "ssd300-vgg16-coco", "58 fps"), ("SSD321 ResNet-101", "ssd321-resnet101-coco", "16 fps"),
            ("SSD MobileNet v1, 300", "ssd-mobilenet-v1-300", ""), ("R-FCN ResNet-101, 600/1000", "r-fcn-resnet101-coco", "6 fps (0.17 s)"),
            ("Light-Head R-CNN L, 800/1200", "light-head-rcnn-l", ""),
        ];
        var detectors = models.Select(m => Create<nn.Module>(m.Name)).ToArray();
        Action[] units = [.. detectors.Select(d => (Action)(() => ((IDetector)d).Detect([picture], options)))];
        SideBySide.Alternate(1, units);
        var seconds = SideBySide.Alternate(rounds, units);
        Console.WriteLine("an image of 640 x 480, detections included:");
        Console.WriteLine("| detector | 10^9 multiply-adds | seconds | images/s | against Light-Head R-CNN S, 700/1100 | published |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        for (var i = 0; i < models.Length; i++)
        {
            var median = Statistics.At(seconds[i], 0.5);
            Console.WriteLine($"| {models[i].Title} | {Billions(((IModel)detectors[i]).Card.MultiplyAdds)} | {SideBySide.Cell(seconds[i], "s")} | {SideBySide.Figure(1 / median)} | {SideBySide.Figure(median / Statistics.At(seconds[1], 0.5))} | {models[i].Published} |");
            detectors[i].Dispose();
        }
    }

    // Fast R-CNN with fc6 of rank 1,024 and fc7 of rank 256, and without.
    private static void Factored()
    {
        using var scope = NewDisposeScope();
        const string name = "fast-rcnn-vgg16-voc";
        using var full = Create<TwoStageDetector>(name);
        using var factored = Create<TwoStageDetector>(name + "-svd");
        var input = Image(full.Card);
        var (ofFull, ofFactored) = (full.Extract(input), factored.Extract(input));
        var whole = Statistics.At(SideBySide.Alternate(rounds, () => full.Extract(input).Dispose())[0], 0.5);
        Console.WriteLine($"Fast R-CNN VGG-16, {full.Card.Input.Height} x {full.Card.Input.Width}; the convolutions take {SideBySide.Figure(whole)} s ({Billions(MultiplyAddsOf(name).Image)}e9 multiply-adds):");
        Console.WriteLine("| regions | fc6 and fc7 whole, s (10^9) | of rank 1,024 and 256, s (10^9) | regions alone | image and regions |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var count in counts)
        {
            var regions = Regions(count, full.Card);
            var seconds = SideBySide.Alternate(
                rounds, () => full.Classify(0, ofFull, regions).Dispose(), () => factored.Classify(0, ofFactored, regions).Dispose());
            var (a, b) = (Statistics.At(seconds[0], 0.5), Statistics.At(seconds[1], 0.5));
            Console.WriteLine($"| {Number(count)} | {SideBySide.Figure(a)} ({Billions(count * MultiplyAddsOf(name).Region)}) | {SideBySide.Figure(b)} ({Billions(count * MultiplyAddsOf(name + "-svd").Region)}) | {SideBySide.Figure(b / a)} | {SideBySide.Figure((whole + b) / (whole + a))} |");
        }
        Console.WriteLine("published (about 2,000 regions, an image): 0.32 s and 0.22 s, 0.69");
    }

    // Faster R-CNN of the trade-off study over ResNet-101 with its stage 4 at stride 16 and 8.
    private static void Strides()
    {
        const string coarse = "tradeoff-faster-rcnn-resnet-101-600-300", fine = "tradeoff-faster-rcnn-resnet-101-stride8-600-300";
        using var scope = NewDisposeScope();
        using var at16 = Create<TwoStageDetector>(coarse);
        using var at8 = Create<TwoStageDetector>(fine);
        var input = Image(at16.Card);
        BatchImage[] images = [new BatchImage(at16.Card.Input.Height, at16.Card.Input.Width)];
        Console.WriteLine($"Faster R-CNN ResNet-101, {at16.Card.Input.Height} x {at16.Card.Input.Width}, proposals and regions included:");
        Console.WriteLine("| proposals | stride 16, s (10^9) | stride 8, s (10^9) | stride 8 / stride 16 | in multiply-adds |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var count in counts.Where(n => n <= 300))
        {
            void Pass(TwoStageDetector model)
            {
                using var own = NewDisposeScope();
                model.Infer(input, images, selection: model.Head.Proposals!.Selection with { Keep = count });
            }
            var seconds = SideBySide.Alternate(rounds, () => Pass(at16), () => Pass(at8));
            var (a, b) = (Statistics.At(seconds[0], 0.5), Statistics.At(seconds[1], 0.5));
            var (costA, costB) = (Total(coarse, count), Total(fine, count));
            Console.WriteLine($"| {Number(count)} | {SideBySide.Figure(a)} ({Billions(costA)}) | {SideBySide.Figure(b)} ({Billions(costB)}) | {SideBySide.Figure(b / a)} | {SideBySide.Figure((double)costB / costA)} |");
        }
        Console.WriteLine("published, trade-off study: stride 8 takes 1.63 times as long");

        static long Total(string name, int count)
        {
            var (image, region) = MultiplyAddsOf(name);
            return image + count * region;
        }
    }

    // What the compiler counts, once for an image and for each of its regions.
    private static (long Image, long Region) MultiplyAddsOf(string name)
    {
        if (Counted.TryGetValue(name, out var known))
        {
            return known;
        }
        var owner = Catalogs.First(catalog => catalog.Models.Any(m => m.Card.Name == name));
        var library = SpecLibrary.Parse(owner.Specs.Select(spec => new Spec.Resolution.SpecDocument(spec.Path, spec.Text)));
        var result = SpecCompiler.Compile(library.Find(name) ?? throw new InvalidOperationException($"There is no spec '{name}'."), library);
        var costs = (result.Model ?? throw new InvalidOperationException(string.Join(Environment.NewLine, result.Diagnostics))).Costs;
        return Counted[name] = (costs.Where(c => c.PerImage == 1).Sum(c => c.MultiplyAdds), costs.Where(c => c.PerImage > 1).Sum(c => c.MultiplyAdds / c.PerImage));
    }

    private static TModel Create<TModel>(string name)
        where TModel : nn.Module
    {
        var model = (TModel)Catalogs.SelectMany(catalog => catalog.Models).First(m => m.Card.Name == name).Create();
        model.eval();
        return model;
    }

    private static Tensor Image(RuntimeCard card) => randn(1, 3, card.Input.Height, card.Input.Width);

    // Of all sizes from a tenth of the image to half of it.
    private static Tensor Regions(int count, RuntimeCard card)
    {
        var random = new Random(1);
        var (height, width) = (card.Input.Height, card.Input.Width);
        float[] values = [.. Enumerable.Range(0, count).SelectMany(_ =>
        {
            var (w, h) = (width * (0.1f + 0.4f * random.NextSingle()), height * (0.1f + 0.4f * random.NextSingle()));
            var (x, y) = ((width - w) * random.NextSingle(), (height - h) * random.NextSingle());
            return new[] { 0, x, y, x + w, y + h };
        })];
        return tensor(values, [count, 5]);
    }

    private static RgbImage Picture(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        new Random(3).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    private static string Billions(long multiplyAdds) => SideBySide.Figure(multiplyAdds / 1e9);

    private static string Number(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
