// One batch for training in plain arrays: loader threads fill it without touching torch.
namespace Detection.Runtime;

/// <summary>A batch of augmented images and their boxes, in plain arrays.</summary>
/// <remarks>
/// A <see cref="BatchLoader"/> fills batches from image files; a source of your own makes them by the public constructor (docs/training.md).
/// Disposing a batch lets the loader use its pixel array again; an undisposed one is left to the garbage collector.
/// </remarks>
public sealed class HostBatch : IDisposable
{
    private readonly float[]? pixels;

    // Each image by itself where sizes differ.
    private readonly HostImage?[]? own;
    private Action<float[]>? giveBack;

    /// <summary>A batch of a source of your own; the arrays are taken over, not copied.</summary>
    /// <param name="input">Size of each image: the model's input.</param>
    /// <param name="images">[N, C, H, W], preprocessed as the model's card says.</param>
    /// <param name="boxes">Per image [n, 4] corners x1, y1, x2, y2 as fractions of the image; empty for an image of background alone.</param>
    /// <param name="classes">Per image [n] foreground classes, counted from 0, in the order of the model's classes.</param>
    /// <param name="difficult">Per image [n]: default boxes over such an object learn nothing. Null where none is difficult.</param>
    /// <exception cref="ArgumentException">The arrays do not fit together, or a box is no box; the message names the image.</exception>
    public HostBatch(InputSize input, float[] images, float[][] boxes, int[][] classes, bool[][]? difficult = null)
        : this(input, boxes, classes, difficult)
    {
        ArgumentNullException.ThrowIfNull(images);
        var length = (long)input.Channels * input.Height * input.Width;
        if (images.LongLength != boxes.Length * length)
        {
            throw new ArgumentException($"{boxes.Length} images of {input} have {boxes.Length * length} values, not {images.LongLength}.", nameof(images));
        }
        pixels = images;
    }

    /// <summary>A batch of images of different sizes; the arrays are taken over, not copied.</summary>
    /// <param name="input">The model's nominal input.</param>
    /// <param name="images">The images.</param>
    /// <param name="boxes">Per image [n, 4] corners x1, y1, x2, y2 as fractions of the image without padding.</param>
    /// <param name="classes">Per image [n] foreground classes, counted from 0, in the order of the model's classes.</param>
    /// <param name="difficult">Per image [n]: anchors and regions over such an object learn nothing. Null where none is difficult.</param>
    /// <exception cref="ArgumentException">The arrays do not fit together, or a box is no box; the message names the image.</exception>
    public HostBatch(InputSize input, IReadOnlyList<HostImage> images, float[][] boxes, int[][] classes, bool[][]? difficult = null)
        : this(input, boxes, classes, difficult)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count != boxes.Length)
        {
            throw new ArgumentException($"Boxes of {boxes.Length} images, and {images.Count} images.", nameof(images));
        }
        for (var i = 0; i < images.Count; i++)
        {
            var (image, size) = (images[i], images[i].Size);
            if (image.Pixels.LongLength < 3L * image.Rows * image.Columns || !(size.Height > 0 && size.Width > 0 && size.Height <= image.Rows && size.Width <= image.Columns))
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Image {i} of {size.Height} x {size.Width} does not lie in 3 x {image.Rows} x {image.Columns} of {image.Pixels.LongLength} values."), nameof(images));
            }
        }
        own = [.. images];
    }

    private HostBatch(InputSize input, float[][] boxes, int[][] classes, bool[][]? difficult)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(classes);
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
        (Count, Input, Boxes, Classes) = (boxes.Length, input, boxes, classes);
        Difficult = difficult ?? [.. classes.Select(of => new bool[of.Length])];
        SampleIndices = new int[Count];
        Array.Fill(SampleIndices, -1);
    }

    /// <param name="count">Images.</param>
    /// <param name="input">Size of each image; nominal size where <paramref name="images"/> is null.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="index">Position in it.</param>
    /// <param name="images">Pixels of all images; null where each has a size of its own and comes by <see cref="Put"/>.</param>
    /// <param name="giveBack">Takes pixel arrays that nobody reads any more.</param>
    internal HostBatch(int count, InputSize input, int epoch, int index, float[]? images, Action<float[]> giveBack)
    {
        Count = count;
        Input = input;
        Epoch = epoch;
        Index = index;
        pixels = images;
        own = images is null ? new HostImage?[count] : null;
        Boxes = new float[count][];
        Classes = new int[count][];
        Difficult = new bool[count][];
        SampleIndices = new int[count];
        this.giveBack = giveBack;
    }

    /// <summary>N: the number of images.</summary>
    public int Count { get; }

    /// <summary>Size of each image; the model's nominal size where each has a size of its own.</summary>
    public InputSize Input { get; }

    /// <summary>The epoch, counted from 0.</summary>
    public int Epoch { get; }

    /// <summary>Position of this batch in its epoch, counted from 0.</summary>
    public int Index { get; }

    /// <summary>[N, 3, H, W], preprocessed as the model's card says.</summary>
    /// <exception cref="InvalidOperationException">Each image has a size of its own: see <see cref="ImageAt"/>.</exception>
    public float[] Images => pixels ?? throw new InvalidOperationException("The images of this batch have sizes of their own: take them one by one.");

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

    /// <summary>Given proposals per image, [r, 4] corners as fractions of the augmented image; null where there are none to be given.</summary>
    public float[][]? Proposals { get; init; }

    /// <summary>[N] positions in <see cref="DetectionDataset.Samples"/> that the images come from; -1 where there is no data set.</summary>
    public int[] SampleIndices { get; }

    /// <summary>One image.</summary>
    /// <param name="place">Its place in the batch.</param>
    /// <returns>Its pixels [3, rows, columns], their rows and columns, and the image without padding.</returns>
    public (ReadOnlyMemory<float> Pixels, int Rows, int Columns, BatchImage Size) ImageAt(int place)
    {
        if (own is not null)
        {
            var image = own[place]!;
            return (image.Pixels.AsMemory(0, 3 * image.Rows * image.Columns), image.Rows, image.Columns, image.Size);
        }
        var length = Input.Channels * Input.Height * Input.Width;
        return (Images.AsMemory(place * length, length), Input.Height, Input.Width, new BatchImage(Input.Height, Input.Width));
    }

    /// <summary>Hands the pixel arrays back to the loader; they must not be read any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref giveBack, null) is not { } back)
        {
            return;
        }
        foreach (var array in own is null ? [pixels!] : own.OfType<HostImage>().Select(image => image.Pixels))
        {
            back(array);
        }
    }

    internal void Put(int place, HostImage image) => own![place] = image;
}
