// One model with its weights, from decoded images to predictions: a detector or a classifier behind one face.
using Detection.Runtime;
using TorchSharp;

namespace Detection.Cli;

/// <summary>What was predicted for an image.</summary>
/// <param name="Detections">Of a detector.</param>
/// <param name="Classes">Of a classifier.</param>
internal sealed record Prediction(ImageDetections? Detections, IReadOnlyList<PredictedClass>? Classes);

internal abstract class Predictor(torch.nn.Module module) : IDisposable
{
    /// <summary>Creates the model of a catalogue entry, loads its weights and moves it to a device.</summary>
    /// <exception cref="WeightFileException">The weights cannot be read or are not the model's.</exception>
    public static Predictor Create(
        ModelEntry entry, string weights, torch.Device device, DetectOptions options, int topClasses, IReadOnlyList<string>? labels, MultiScaleSettings? scales = null, string? precision = null)
    {
        var module = entry.Create();
        try
        {
            PrecisionChoice.Set(module, entry.Card, precision);
            WeightLoader.Load(module, weights);
            module.eval();
            module.to(device);
            return module switch
            {
                IDetector detector => new OfDetector(module, MultiScaleOptions.Around(detector, scales), options, labels),
                ImageClassifier classifier => new OfClassifier(classifier, topClasses, labels),
                _ => throw new FailureException($"{entry.Card.Name}: its class {module.GetType()} neither detects nor classifies."),
            };
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>Predicts for a batch.</summary>
    /// <param name="images">The images.</param>
    /// <param name="regions">Regions of each image for a detector that is given them; null for its own.</param>
    public abstract IReadOnlyList<Prediction> Predict(IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? regions = null);

    public void Dispose() => module.Dispose();

    private sealed class OfDetector(torch.nn.Module module, IDetector detector, DetectOptions options, IReadOnlyList<string>? labels)
        : Predictor(module)
    {
        public override IReadOnlyList<Prediction> Predict(IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? regions = null) =>
            [.. (regions is null ? detector.Detect(images, options) : ((IRegionDetector)detector).Detect(images, regions, options)).Select(found => new Prediction(labels is null ? found : Renamed(found, labels), null))];

        private static ImageDetections Renamed(ImageDetections found, IReadOnlyList<string> labels) =>
            found with { Objects = [.. found.Objects.Select(o => o with { ClassName = labels[o.ClassIndex] })] };
    }

    private sealed class OfClassifier(ImageClassifier classifier, int top, IReadOnlyList<string>? labels) : Predictor(classifier)
    {
        public override IReadOnlyList<Prediction> Predict(IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>>? regions = null) =>
        [
            .. classifier.Classify(images, top).Select(classes => new Prediction(
                null, [.. classes.Select(c => new PredictedClass(c.ClassIndex, NameOf(c.ClassIndex), c.Probability))])),
        ];

        private string NameOf(int index) => labels?[index] ?? classifier.Card.ClassName(index);
    }
}
