// One batch for training in plain arrays: loader threads fill it without touching torch.
namespace Detection.Runtime;

/// <summary>A batch of augmented images and their boxes, in plain arrays.</summary>
/// <remarks>
/// A <see cref="BatchLoader"/> fills batches from image files; a source of your own makes them by the public constructor (docs/training.md).
/// Disposing a batch lets the loader use its pixel array again; an undisposed one is left to the garbage collector.
/// </remarks>
public sealed class HostBatch : IDisposable
{
    private Action<float[]>? giveBack;

    /// <summary>A batch of a source of your own; the arrays are taken over, not copied.</summary>
    /// <param name="input">Size of each image: the model's input.</param>
    /// <param name="images">[N, C, H, W], preprocessed as the model's card says.</param>
    /// <param name="boxes">Per image [n, 4] corners x1, y1, x2, y2 as fractions of the image; empty for an image of background alone.</param>
    /// <param name="classes">Per image [n] foreground classes, counted from 0, in the order of the model's classes.</param>
    /// <param name="difficult">Per image [n]: default boxes over such an object learn nothing. Null where none is difficult.</param>
    /// <exception cref="ArgumentException">The arrays do not fit together, or a box is no box; the message names the image.</exception>
    public HostBatch(InputSize input, float[] images, float[][] boxes, int[][] classes, bool[][]? difficult = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(classes);
        var length = (long)input.Channels * input.Height * input.Width;
        if (images.LongLength != boxes.Length * length)
        {
            throw new ArgumentException($"{boxes.Length} images of {input} have {boxes.Length * length} values, not {images.LongLength}.", nameof(images));
        }
        // What else does not fit is found here and not in the middle of a training.
        _ = new GroundTruth(boxes, classes, difficult: difficult);
        for (var i = 0; i < boxes.Length; i++)
        {
            for (var at = 0; at < boxes[i].Length; at += 4)
            {
                if (!(boxes[i][at] < boxes[i][at + 2] && boxes[i][at + 1] < boxes[i][at + 3]))
                {
                    throw new ArgumentException(FormattableString.Invariant(
                        $"Box {at / 4} of image {i} is no box: ({boxes[i][at]}, {boxes[i][at + 1]}) to ({boxes[i][at + 2]}, {boxes[i][at + 3]})."), nameof(boxes));
                }
            }
            if (classes[i].FirstOrDefault(c => c < 0, 0) is < 0 and var negative)
            {
                throw new ArgumentException($"Image {i} has an object of the class {negative}; classes are counted from 0.", nameof(classes));
            }
        }
        (Count, Input, Images, Boxes, Classes) = (boxes.Length, input, images, boxes, classes);
        Difficult = difficult ?? [.. classes.Select(of => new bool[of.Length])];
        SampleIndices = new int[Count];
        Array.Fill(SampleIndices, -1);
    }

    internal HostBatch(int count, InputSize input, int epoch, int index, float[] images, Action<float[]> giveBack)
    {
        Count = count;
        Input = input;
        Epoch = epoch;
        Index = index;
        Images = images;
        Boxes = new float[count][];
        Classes = new int[count][];
        Difficult = new bool[count][];
        SampleIndices = new int[count];
        this.giveBack = giveBack;
    }

    /// <summary>N: the number of images.</summary>
    public int Count { get; }

    /// <summary>Size of each image.</summary>
    public InputSize Input { get; }

    /// <summary>The epoch, counted from 0.</summary>
    public int Epoch { get; }

    /// <summary>Position of this batch in its epoch, counted from 0.</summary>
    public int Index { get; }

    /// <summary>[N, 3, H, W], preprocessed as the model's card says.</summary>
    public float[] Images { get; }

    /// <summary>Per image [n, 4] corners x1, y1, x2, y2 as fractions 0..1 of the augmented image; crowd boxes are not among them.</summary>
    public float[][] Boxes { get; }

    /// <summary>Per image [n] foreground classes, counted from 0.</summary>
    public int[][] Classes { get; }

    /// <summary>Per image [n]: the annotation calls the object difficult.</summary>
    public bool[][] Difficult { get; }

    /// <summary>
    /// Further numbers of the objects by name, per image [n, V]; points and boxes as fractions of the augmented image, NaN for what is not labelled.
    /// </summary>
    public IReadOnlyDictionary<string, float[][]> Labels { get; init; } = new Dictionary<string, float[][]>();

    /// <summary>[N] positions in <see cref="DetectionDataset.Samples"/> that the images come from; -1 where there is no data set.</summary>
    public int[] SampleIndices { get; }

    /// <summary>Hands the pixel array back to the loader; <see cref="Images"/> must not be read any more.</summary>
    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke(Images);
}
