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
    private readonly InputSize input;
    private readonly Preprocessing preprocessing;
    private readonly long seed;
    private readonly BatchLoaderOptions options;
    private readonly Func<int, float[]> rent;
    private RgbImage view;

    /// <param name="dataset">Where samples come from.</param>
    /// <param name="input">The network's input.</param>
    /// <param name="preprocessing">The card's.</param>
    /// <param name="augmentation">What is done to the images.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="options">Labels, proposals and padding.</param>
    /// <param name="rent">Gives an array of at least so many pixels for an image of a size of its own.</param>
    public SampleWriter(
        DetectionDataset dataset, InputSize input, Preprocessing preprocessing, AugmentationSettings augmentation, long seed, BatchLoaderOptions options,
        Func<int, float[]> rent)
    {
        (this.input, this.preprocessing, this.options, this.rent) = (input, preprocessing, options, rent);
        this.dataset = dataset;
        this.augmentation = augmentation;
        this.seed = seed;
        preprocessor = new ImagePreprocessor(input, preprocessing);
        interpolation = preprocessing.Interpolation.ToOpenCv();
        fill = Fill(preprocessing);
        view = new RgbImage(input.Width, input.Height);
    }

    /// <summary>The colour around an image that does not fill its view: the mean, as red, green and blue.</summary>
    public static Scalar Fill(Preprocessing preprocessing) => preprocessing is { Color: ColorOrder.Rgb, Mean: var rgb }
        ? new Scalar(rgb[0], rgb[1], rgb[2])
        : new Scalar(preprocessing.Mean[2], preprocessing.Mean[1], preprocessing.Mean[0]);

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
        WritePixels(working, drawn, dataset.Samples[sample], position, batch, place);
        var seen = drawn.See(boxes);
        batch.SampleIndices[place] = sample;
        batch.Boxes[place] = [.. seen.SelectMany(box => new[] { (float)box.X1, (float)box.Y1, (float)box.X2, (float)box.Y2 })];
        batch.Classes[place] = [.. seen.Select(box => box.ClassIndex)];
        batch.Difficult[place] = [.. seen.Select(box => box.Difficult)];
        if (batch.Proposals is { } proposals)
        {
            proposals[place] = drawn.SeeParts(options.Proposals!.Boxes[sample], dataset.Samples[sample].Width, dataset.Samples[sample].Height);
        }
        foreach (var label in options.Labels)
        {
            var of = dataset.Samples[sample];
            batch.Labels[label.Name][place] =
                [.. seen.SelectMany(box => label.See(of.Boxes[box.Source].Labels?.GetValueOrDefault(label.Name), of.Width, of.Height, drawn))];
        }
    }

    private void WritePixels(RgbImage working, AugmentedView drawn, DataSample sample, int position, HostBatch batch, int place)
    {
        if (preprocessing.ShortSide is null)
        {
            Render(working, drawn, input.Height, input.Width);
            preprocessor.Write(view, batch.Images.AsSpan(place * preprocessor.Length, preprocessor.Length));
            return;
        }
        // What the window shows is the image whose shorter side counts.
        var (width, height) = (Math.Max(1, (int)Math.Round(drawn.Window.Width * sample.Width)), Math.Max(1, (int)Math.Round(drawn.Window.Height * sample.Height)));
        var size = ResizedImage.Of(width, height, input, AugmentedView.Sized(augmentation, preprocessing, seed, batch.Epoch, position));
        var (rows, columns) = size.PaddedTo(options.PadToMultipleOf);
        Render(working, drawn, size.Height, size.Width);
        var pixels = rent(3 * rows * columns);
        preprocessor.Write(view, size, pixels.AsSpan(0, 3 * rows * columns), rows, columns);
        batch.Put(place, new HostImage(pixels, rows, columns, size.InBatch));
    }

    private void Render(RgbImage working, AugmentedView drawn, int height, int width)
    {
        if (view.Height != height || view.Width != width)
        {
            view = new RgbImage(width, height);
        }
        drawn.Render(working, view, fill, drawn.Interpolation?.ToOpenCv() ?? interpolation);
    }

    /// <summary>The objects that training sees, in fractions of the image.</summary>
    public static ViewBox[] BoxesOf(DataSample sample) =>
    [
        .. from numbered in sample.Boxes.Select((box, index) => (box, index))
           let box = numbered.box
           where !box.Crowd
           select new ViewBox(
               (double)box.Box.X1 / sample.Width, (double)box.Box.Y1 / sample.Height,
               (double)box.Box.X2 / sample.Width, (double)box.Box.Y2 / sample.Height, box.ClassIndex, box.Difficult) { Source = numbered.index },
    ];
}
