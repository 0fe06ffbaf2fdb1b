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
    public abstract IReadOnlyList<Prediction> Predict(IReadOnlyList<RgbImage> images);

    public void Dispose() => module.Dispose();

    private sealed class OfDetector(torch.nn.Module module, IDetector detector, DetectOptions options, IReadOnlyList<string>? labels)
        : Predictor(module)
    {
        public override IReadOnlyList<Prediction> Predict(IReadOnlyList<RgbImage> images) =>
            [.. detector.Detect(images, options).Select(found => new Prediction(labels is null ? found : Renamed(found, labels), null))];

        private static ImageDetections Renamed(ImageDetections found, IReadOnlyList<string> labels) =>
            found with { Objects = [.. found.Objects.Select(o => o with { ClassName = labels[o.ClassIndex] })] };
    }

    private sealed class OfClassifier(ImageClassifier classifier, int top, IReadOnlyList<string>? labels) : Predictor(classifier)
    {
        public override IReadOnlyList<Prediction> Predict(IReadOnlyList<RgbImage> images) =>
        [
            .. classifier.Classify(images, top).Select(classes => new Prediction(
                null, [.. classes.Select(c => new PredictedClass(c.ClassIndex, NameOf(c.ClassIndex), c.Probability))])),
        ];

        private string NameOf(int index) => labels?[index] ?? classifier.Card.ClassName(index);
    }
}
