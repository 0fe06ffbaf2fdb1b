// Faster R-CNN over a ResNet-50 feature pyramid with torchvision's classes: image to detections, and steps of training.
using Detection.Models.Rcnn;
using Detection.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Benchmarks;

internal sealed class FasterRcnnFpn : IDetectorWorkload
{
    // What a picture of 640 x 480 becomes: 800 x 1066, padded to a multiple of 32.
    private const int Rows = 800, Columns = 1088;
    private const int Objects = 8;

    // As the spec's own training, and torchvision's from ImageNet's weights.
    private static readonly string[] Frozen = ["backbone.conv1", "backbone.res2*", "backbone.*norm*"];

    private readonly FasterRcnnResNet50FpnTorchvision model = new();
    private readonly RgbImage picture;
    private readonly TrainingBatch batch = new(randn(1, 3, Rows, Columns), Truth());
    private readonly ProposalSelection selection = FasterRcnnResNet50FpnTorchvision.DetectionHead.Proposals!.Selection with { Candidates = 2000, Keep = 2000 };
    private readonly AnchorSampling anchorSampling = new() { AllowedBorder = null };
    private readonly RegionSampling regionSampling = new() { PerImage = 512 };
    private readonly ProposalLoss proposalLoss;
    private readonly RegionLoss regionLoss;
    private readonly torch.optim.Optimizer optimizer;

    private FasterRcnnFpn(string folder)
    {
        DetectorComparison.LoadWeights(model, FasterRcnnResNet50FpnTorchvision.ModelCard, folder);
        picture = DetectorComparison.PictureIn(folder);
        proposalLoss = new ProposalLoss(selection.Coder) { Beta = 1.0 / 9 };
        regionLoss = new RegionLoss(new RegionTargets(model.Head.Stages[0].Coder, Classes: 90)) { ScoreActivation = model.Head.ScoreActivation, Beta = 1.0 / 9 };
        ParameterGroups.Freeze(model, Frozen);
        optimizer = optim.SGD(ParameterGroups.ForSgd(model, learningRate: 1e-5, weightDecay: 1e-4, momentum: 0.9), learningRate: 1e-5);
    }

    public static DetectorComparison Comparison { get; } = new(
        "faster-rcnn-fpn", "Faster R-CNN ResNet-50-FPN", 1, "faster_rcnn_fpn.py", [$"{Rows}", $"{Columns}"], ["proposals", "boxes"],
        folder => new FasterRcnnFpn(folder));

    public void Infer()
    {
        model.eval();
        model.Detect([picture]);
    }

    public void Train() => Train(new Sections());

    public string Profile()
    {
        var inference = new Sections();
        model.eval();
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            var input = new ImagePreprocessor(model.Card.Input, model.Card.Preprocessing).ToTensor([picture], Rows, Columns);
            inference.End("image");
            var features = model.Extract(input);
            inference.End("network and proposals' heads");
            var regions = model.Propose(features, [new BatchImage(Rows, Columns - 22)]).Regions;
            inference.End("proposals");
            model.Classify(0, features, regions);
            inference.End("regions");
        }
        Infer();
        inference.End("all of it");
        var training = new Sections();
        Train(training);
        return $"{inference}; {training}";
    }

    private void Train(Sections sections)
    {
        model.train();
        ParameterGroups.HoldStatistics(model, Frozen);
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var group = batch.BySize()[0];
        var features = model.Extract(group.Images);
        sections.End("network and proposals' heads");
        var anchors = anchorSampling.Draw(model.AnchorsFor(features.Proposals!), group);
        var parts = proposalLoss.Compute(features.Proposals!, anchors);
        var regions = model.Propose(features, group.Sizes, selection).Regions;
        sections.End("proposals");
        var sample = regionSampling.Draw(regions, group);
        parts = LossParts.Sum(parts, regionLoss.Compute(model.Classify(0, features, sample.Regions), sample));
        sections.End("regions");
        parts.Total.backward();
        sections.End("backward");
        optimizer.step();
        sections.End("update");
    }

    public string Boxes()
    {
        model.eval();
        return $"{model.Propose([picture])[0].Length} proposals, {model.Detect([picture])[0].Objects.Length} boxes";
    }

    public void Dispose()
    {
        optimizer.Dispose();
        batch.Images.Dispose();
        model.Dispose();
    }

    // Boxes as fractions of the image, of the sizes that the peer draws in pixels.
    private static GroundTruth Truth()
    {
        var random = new Random(2);
        float[] boxes = [.. Enumerable.Range(0, Objects).SelectMany(_ =>
        {
            var (x, y) = (200 + random.NextSingle() * (Columns - 400), 200 + random.NextSingle() * (Rows - 400));
            var (w, h) = (40 + random.NextSingle() * 320, 40 + random.NextSingle() * 320);
            return new[] { (x - w / 2) / Columns, (y - h / 2) / Rows, (x + w / 2) / Columns, (y + h / 2) / Rows };
        })];
        return new GroundTruth([boxes], [[.. Enumerable.Range(0, Objects)]]);
    }
}
