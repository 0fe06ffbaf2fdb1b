// One batch for training in plain arrays: loader threads fill it without touching torch.
namespace Detection.Runtime;

/// <summary>A batch of augmented images and their boxes, in plain arrays.</summary>
/// <remarks>Disposing a batch lets the loader use its pixel array again; an undisposed one is left to the garbage collector.</remarks>
public sealed class HostBatch : IDisposable
{
    private Action<float[]>? giveBack;

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

    /// <summary>[N] positions in <see cref="DetectionDataset.Samples"/> that the images come from.</summary>
    public int[] SampleIndices { get; }

    /// <summary>Hands the pixel array back to the loader; <see cref="Images"/> must not be read any more.</summary>
    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke(Images);
}
