// SSD300 over VGG-16 with torchvision's classes: image to detections, and steps of training.
using Detection.Models.Ssd;
using Detection.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Benchmarks;

internal sealed class Ssd300 : IDetectorWorkload
{
    private const int Batch = 4;
    private const int Objects = 8;

    private readonly Ssd300Vgg16Torchvision model = new();
    private readonly RgbImage picture;
    private readonly Tensor images = rand(Batch, 3, 300, 300).mul_(255).sub_(120);
    private readonly GroundTruth truth = Truth();
    private readonly ArgmaxMatcher matcher = new();
    private readonly HardNegativeMining mining = new();
    private readonly MultiBoxLoss loss;
    private readonly torch.optim.Optimizer optimizer;

    private Ssd300(string folder)
    {
        DetectorComparison.LoadWeights(model, Ssd300Vgg16Torchvision.ModelCard, folder);
        picture = DetectorComparison.PictureIn(folder);
        loss = new MultiBoxLoss(new SmoothL1BoxLoss(), coder: model.Head.Coder);
        optimizer = optim.SGD(ParameterGroups.ForSgd(model, learningRate: 1e-5, weightDecay: 5e-4, momentum: 0.9), learningRate: 1e-5);
    }

    public static DetectorComparison Comparison { get; } = new(
        "ssd300", "SSD300-VGG16", Batch, "ssd300.py", [$"{Batch}"], ["boxes"], folder => new Ssd300(folder));

    public void Infer() => Found();

    public void Train() => Train(new Sections());

    public string Profile()
    {
        var inference = new Sections();
        model.eval();
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            var input = new ImagePreprocessor(model.Card.Input, model.Card.Preprocessing).ToTensor([picture]);
            inference.End("image");
            model.call(input);
            inference.End("network");
        }
        Found();
        inference.End("all of it");
        var training = new Sections();
        Train(training);
        return $"{inference}; {training}";
    }

    private void Train(Sections sections)
    {
        model.train();
        using var scope = NewDisposeScope();
        using var output = model.call(images);
        sections.End("forward");
        var parts = loss.Compute(output, matcher.Match(model.AnchorsFor(output), truth, model.Head.Coder), mining);
        sections.End("matching and loss");
        optimizer.zero_grad();
        parts.Total.backward();
        sections.End("backward");
        optimizer.step();
        sections.End("update");
    }

    public string Boxes() => $"{Found()} boxes";

    public void Dispose()
    {
        optimizer.Dispose();
        images.Dispose();
        model.Dispose();
    }

    private int Found()
    {
        model.eval();
        return model.Detect([picture])[0].Objects.Length;
    }

    // Boxes as fractions of the image, of the sizes that the peer draws in pixels.
    private static GroundTruth Truth()
    {
        var random = new Random(2);
        return new GroundTruth(
            [.. Enumerable.Range(0, Batch).Select(_ => Enumerable.Range(0, Objects).SelectMany(_ =>
            {
                var (x, y) = (50 + random.NextSingle() * 200, 50 + random.NextSingle() * 200);
                var (w, h) = (20 + random.NextSingle() * 80, 20 + random.NextSingle() * 80);
                return new[] { (x - w / 2) / 300, (y - h / 2) / 300, (x + w / 2) / 300, (y + h / 2) / 300 };
            }).ToArray())],
            [.. Enumerable.Range(0, Batch).Select(_ => Enumerable.Range(0, Objects).ToArray())]);
    }
}
