// The second stage of R-CNN's training: support vector machines on the features of the network, with hard negatives mined in one pass over the images.
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>
/// Trains a detector's <see cref="SupportVectorMachines"/> (Girshick et al., Rich feature hierarchies, sections 2.3 and appendix B; Girshick, Fast R-CNN, section 5.4):
/// the objects' own boxes are the positives of their classes; regions that overlap no object of a class by 0.3 or more are its negatives, of which each image gives
/// those that the present machine finds hard.
/// </summary>
/// <param name="Name">Name of its file in the output folder, without ending.</param>
public sealed record SupportVectorFitting(string Name = "svm") : RegionFitting(Name)
{
    /// <summary>What a machine minimises.</summary>
    public SupportVectorObjective Objective { get; init; } = new();

    /// <summary>Which negatives a machine learns from.</summary>
    public HardNegativeRules Mining { get; init; } = new();

    /// <summary>Mean norm that features are scaled to.</summary>
    public double Norm { get; init; } = 20;

    /// <summary>Images that the mean is taken over, drawn by the seed: 200 in R-CNN, 100 in Fast R-CNN.</summary>
    public int NormImages { get; init; } = 200;

    /// <summary>Regions of each of them.</summary>
    public int NormRegions { get; init; } = 200;

    /// <summary>Whether objects marked as hard to see are positives, as in the published code.</summary>
    public bool IncludeDifficult { get; init; } = true;

    /// <summary>How close to the best machine each training comes, as a share of the objective.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <inheritdoc/>
    public override string Settings => string.Create(CultureInfo.InvariantCulture, $"{Objective}, {Mining}, {Norm}, {NormImages}, {NormRegions}, {IncludeDifficult}, {Tolerance}");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> TensorsOf(TwoStageDetector model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Machines(model).named_buffers().ToDictionary(entry => entry.name, entry => entry.buffer);
    }

    /// <inheritdoc/>
    public override void Fit(TwoStageDetector model, FittingData data)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        var machines = Machines(model);
        machines.Clear();
        var kept = data.Checkpoint?.Read();
        var saved = kept is null ? null : MiningState.Read(kept, (int)machines.Classes, (int)machines.Features) as (double Scale, HardNegativeState[] Classes)?;
        var scale = saved?.Scale ?? RegionFeatures.Scale(model, data, RegionFeature.OfScores, Norm, NormImages, NormRegions);
        machines.SetScale(scale);
        // As the machines see it when they score.
        scale = machines.Scale;
        var classes = Caches(model, data, machines, scale);
        data.Message?.Invoke($"Support vector machines: {classes.Sum(c => c.Positives)} objects of {classes.Length} classes, features times {scale.ToString("0.####", CultureInfo.InvariantCulture)}.");
        for (var c = 0; c < (saved?.Classes.Length ?? 0); c++)
        {
            classes[c].Cache.Restore(saved!.Value.Classes[c]);
            if (classes[c].Cache.Trainings > 0)
            {
                machines.Set(c, classes[c].Cache.Machine);
            }
        }
        var last = data.Dataset.Samples.Length - 1;
        if (kept is not null)
        {
            data.Message?.Invoke($"Resumed after {kept.NextImage} of {last + 1} images.");
        }
        for (var image = kept?.NextImage ?? 0; image <= last; image++)
        {
            var (next, stops) = (image, data.Cancellation.IsCancellationRequested);
            data.Checkpoint?.Keep(() => MiningState.Of(next, scale, [.. classes.Select(c => c.Cache.Capture())], (int)machines.Features), now: stops);
            if (stops)
            {
                data.Cancellation.ThrowIfCancellationRequested();
            }
            var regions = data.RegionsOf(image);
            var (features, scores) = RegionFeatures.WithScores(model, data.Dataset.Samples[image], regions) ?? ([], []);
            RegionFeatures.Multiply(features, scale);
            for (var c = 0; c < classes.Length; c++)
            {
                var objects = data.Dataset.Samples[image].Boxes.Where(box => box.ClassIndex == c).ToArray();
                var found = new List<NegativeExample>();
                for (var r = 0; r < features.Length; r++)
                {
                    var overlap = objects.Select(o => (double)o.Box.Iou(regions[r])).DefaultIfEmpty().Max();
                    if (classes[c].Cache.Takes(overlap, scores[(r * classes.Length) + c], image == 0))
                    {
                        found.Add(new NegativeExample(new ExamplePlace(image, r), features[r]));
                    }
                }
                if (classes[c].Cache.Add(found, image == 0, image == last))
                {
                    machines.Set(c, classes[c].Cache.Machine);
                }
            }
        }
        for (var c = 0; c < classes.Length; c++)
        {
            var (cache, positives) = classes[c];
            data.Message?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"  {model.Card.ClassName(c)}: {positives} positives, {cache.Negatives.Count} hard negatives, trained {cache.Trainings} times"
                + $"{(cache.Solution is { } solution ? $", objective {solution.Objective:0.####}" : "")}."));
        }
    }

    private (HardNegativeCache Cache, int Positives)[] Caches(TwoStageDetector model, FittingData data, SupportVectorMachines machines, double scale)
    {
        var positives = Enumerable.Range(0, (int)machines.Classes).Select(_ => new List<float[]>()).ToArray();
        foreach (var sample in data.Dataset.Samples)
        {
            data.Cancellation.ThrowIfCancellationRequested();
            var objects = sample.Boxes.Where(box => !box.Crowd && (IncludeDifficult || !box.Difficult)).ToArray();
            var features = RegionFeatures.Of(model, sample, [.. objects.Select(o => o.Box)], RegionFeature.OfScores) ?? [];
            RegionFeatures.Multiply(features, scale);
            for (var i = 0; i < features.Length; i++)
            {
                positives[objects[i].ClassIndex].Add(features[i]);
            }
        }
        var solver = new DualCoordinateDescent(Objective, Tolerance);
        return [.. positives.Select((of, c) => (new HardNegativeCache(Mining, solver, of, (int)machines.Features, data.Seed + (1000L * c)), of.Count))];
    }

    private static SupportVectorMachines Machines(TwoStageDetector model) => model.Machines
        ?? throw new ArgumentException($"{model.Card.Name} has no support vector machines: 'scores: svm' of a spec gives a detector some.", nameof(model));
}
