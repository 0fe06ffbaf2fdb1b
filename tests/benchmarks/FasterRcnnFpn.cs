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

    public void Train()
    {
        model.train();
        ParameterGroups.HoldStatistics(model, Frozen);
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var group = batch.BySize()[0];
        var features = model.Extract(group.Images);
        var anchors = anchorSampling.Draw(model.AnchorsFor(features.Proposals!), group);
        var regions = model.Propose(features, group.Sizes, selection).Regions;
        var sample = regionSampling.Draw(regions, group);
        var parts = LossParts.Sum(proposalLoss.Compute(features.Proposals!, anchors), regionLoss.Compute(model.Classify(0, features, sample.Regions), sample));
        parts.Total.backward();
        optimizer.step();
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
