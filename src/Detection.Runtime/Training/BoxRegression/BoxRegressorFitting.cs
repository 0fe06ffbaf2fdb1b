// The third stage of R-CNN's training: a regressor of boxes for each class, by ridge regression on the network's features.
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Fits the box head of a detector's last stage (Girshick et al., Rich feature hierarchies, appendix C, and its code): for each class a linear map from features, scaled
/// to a mean norm of 20, to the whitened targets of the regions that overlap an object of the class by more than 0.6. Scale and whitening are folded into
/// the head's weights, so that afterwards it is a linear layer as any other. A class without such regions leaves its boxes where they are.
/// </summary>
/// <param name="Layer">Path of the head, a linear layer on the features.</param>
/// <param name="Name">Name of its file in the output folder, without ending.</param>
public sealed record BoxRegressorFitting(string Layer, string Name = "boxes") : RegionFitting(Name)
{
    /// <summary>λ of the ridge regression.</summary>
    public double Penalty { get; init; } = 1000;

    /// <summary>A region counts for the object that it overlaps most, if by more than this.</summary>
    public double Overlap { get; init; } = 0.6;

    /// <summary>Mean norm that features are scaled to.</summary>
    public double Norm { get; init; } = 20;

    /// <summary>Images that the mean is taken over, drawn by the seed.</summary>
    public int NormImages { get; init; } = 200;

    /// <summary>Regions of each of them.</summary>
    public int NormRegions { get; init; } = 200;

    /// <inheritdoc/>
    public override string Settings => string.Create(CultureInfo.InvariantCulture, $"{Layer}, {Penalty}, {Overlap}, {Norm}, {NormImages}, {NormRegions}");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> TensorsOf(TwoStageDetector model)
    {
        var (weight, bias) = Head(model);
        return new Dictionary<string, Tensor> { ["weight"] = weight, ["bias"] = bias };
    }

    /// <inheritdoc/>
    public override void Fit(TwoStageDetector model, FittingData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (weight, bias) = Head(model);
        var (classes, coder) = (data.Dataset.ClassNames.Length, model.Head.Stages[^1].Coder);
        var scale = RegionFeatures.Scale(model, data, RegionFeature.OfBoxes, Norm, NormImages, NormRegions);
        var pairs = Enumerable.Range(0, data.Dataset.Samples.Length).SelectMany(image => Pairs(data, image)).ToArray();
        using var gradients = no_grad();
        weight.zero_();
        bias.zero_();
        // One box for all, or one for each class; the background's, where there is one, comes first and is never looked at.
        var boxes = (int)(bias.shape[0] / 4);
        var isOfEach = boxes == classes || boxes == classes + 1;
        var first = boxes - (isOfEach ? classes : 1);
        var features = (int)weight.shape[1];
        for (var c = 0; c < (isOfEach ? classes : 1); c++)
        {
            using var scope = NewDisposeScope();
            var own = pairs.Where(pair => !isOfEach || pair.Class == c).ToArray();
            if (own.Length == 0)
            {
                continue;
            }
            using var ridge = new RidgeRegression(features, 4);
            var targets = new List<Tensor>();
            foreach (var ofImage in own.GroupBy(pair => pair.Image))
            {
                data.Cancellation.ThrowIfCancellationRequested();
                using var imageScope = NewDisposeScope();
                Pair[] members = [.. ofImage];
                if (RegionFeatures.Of(model, data.Dataset.Samples[ofImage.Key], [.. members.Select(pair => pair.Region)], RegionFeature.OfBoxes) is not { } rows)
                {
                    continue;
                }
                RegionFeatures.Multiply(rows, scale);
                var wanted = coder.Encode(Corners(members.Select(pair => pair.Object), coder.Convention), Corners(members.Select(pair => pair.Region), coder.Convention));
                ridge.Add(tensor([.. rows.SelectMany(row => row)], [rows.Length, features]), wanted);
                targets.Add(wanted.MoveToOuterDisposeScope());
            }
            if (ridge.Examples == 0)
            {
                continue;
            }
            var white = WhitenedTargets.Of(cat([.. targets], 0));
            var folded = ridge.Solve(Penalty, white.Mean, white.Transform).mm(white.Inverse);
            weight.narrow(0, 4 * (first + c), 4).copy_((folded.narrow(0, 0, features) * scale).t());
            bias.narrow(0, 4 * (first + c), 4).copy_(folded[features] + white.Mean);
        }
        data.Message?.Invoke($"Box regressors: {pairs.Length} regions of {pairs.Select(pair => pair.Class).Distinct().Count()} classes.");
    }

    // The regions of an image that stand for an object, with it.
    private IEnumerable<Pair> Pairs(FittingData data, int image)
    {
        GroundTruthBox[] objects = [.. data.Dataset.Samples[image].Boxes.Where(box => !box.Crowd)];
        foreach (var region in objects.Length == 0 ? [] : data.RegionsOf(image))
        {
            // The first of equals.
            var best = objects.MaxBy(o => o.Box.Iou(region));
            if (best.Box.Iou(region) > Overlap)
            {
                yield return new Pair(image, best.ClassIndex, region, best.Box);
            }
        }
    }

    private static Tensor Corners(IEnumerable<Box> boxes, BoxConvention convention)
    {
        var one = convention == BoxConvention.Continuous ? 0 : 1;
        float[] values = [.. boxes.SelectMany(box => new[] { box.X1, box.Y1, box.X2 - one, box.Y2 - one })];
        return tensor(values, [values.Length / 4, 4]);
    }

    private (Parameter Weight, Parameter Bias) Head(TwoStageDetector model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var parameters = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        return parameters.TryGetValue(Layer + ".weight", out var weight) && parameters.TryGetValue(Layer + ".bias", out var bias) && weight.dim() == 2
            ? (weight, bias)
            : throw new ArgumentException($"{model.Card.Name} has no linear layer '{Layer}' with a bias.", nameof(model));
    }

    private readonly record struct Pair(int Image, int Class, Box Region, Box Object);
}
