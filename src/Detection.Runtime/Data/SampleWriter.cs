// Fills one place of a batch: working image, augmentation, normalisation, boxes. One per loader thread.
using System.Collections.Immutable;
using OpenCvSharp;

namespace Detection.Runtime;

/// <summary>Writes augmented samples into batches; holds one thread's buffer.</summary>
internal sealed class SampleWriter
{
    private readonly DetectionDataset dataset;
    private readonly AugmentationSettings augmentation;
    private readonly ImagePreprocessor preprocessor;
    private readonly InterpolationFlags interpolation;
    private readonly Scalar fill;
    private readonly RgbImage view;
    private readonly long seed;
    private readonly ImmutableArray<LabelRequest> labels;

    public SampleWriter(
        DetectionDataset dataset, InputSize input, Preprocessing preprocessing, AugmentationSettings augmentation, long seed, ImmutableArray<LabelRequest> labels)
    {
        this.labels = labels;
        this.dataset = dataset;
        this.augmentation = augmentation;
        this.seed = seed;
        preprocessor = new ImagePreprocessor(input, preprocessing);
        interpolation = preprocessing.Interpolation.ToOpenCv();
        var mean = preprocessing.Mean;
        fill = preprocessing.Color == ColorOrder.Rgb ? new Scalar(mean[0], mean[1], mean[2]) : new Scalar(mean[2], mean[1], mean[0]);
        view = new RgbImage(input.Width, input.Height);
    }

    /// <summary>Augments a sample for its place.</summary>
    /// <param name="working">The sample's working image.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="position">Position in the epoch: what its random numbers depend on.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="place">Place in the batch.</param>
    public void Write(RgbImage working, int sample, int position, HostBatch batch, int place)
    {
        var boxes = BoxesOf(dataset.Samples[sample]);
        var drawn = AugmentedView.Draw(augmentation, boxes, seed, batch.Epoch, position);
        drawn = drawn with { Window = drawn.Window.SnapTo(working.Width, working.Height) };
        drawn.Render(working, view, fill, interpolation);
        preprocessor.Write(view, batch.Images.AsSpan(place * preprocessor.Length, preprocessor.Length));
        var seen = drawn.See(boxes);
        batch.SampleIndices[place] = sample;
        batch.Boxes[place] = [.. seen.SelectMany(box => new[] { (float)box.X1, (float)box.Y1, (float)box.X2, (float)box.Y2 })];
        batch.Classes[place] = [.. seen.Select(box => box.ClassIndex)];
        batch.Difficult[place] = [.. seen.Select(box => box.Difficult)];
        foreach (var label in labels)
        {
            var of = dataset.Samples[sample];
            batch.Labels[label.Name][place] =
                [.. seen.SelectMany(box => label.See(of.Boxes[box.Source].Labels?.GetValueOrDefault(label.Name), of.Width, of.Height, drawn))];
        }
    }

    private static ViewBox[] BoxesOf(DataSample sample) =>
    [
        .. from numbered in sample.Boxes.Select((box, index) => (box, index))
           let box = numbered.box
           where !box.Crowd
           select new ViewBox(
               (double)box.Box.X1 / sample.Width, (double)box.Box.Y1 / sample.Height,
               (double)box.Box.X2 / sample.Width, (double)box.Box.Y2 / sample.Height, box.ClassIndex, box.Difficult) { Source = numbered.index },
    ];
}
