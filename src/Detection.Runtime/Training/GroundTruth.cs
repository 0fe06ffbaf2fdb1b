// The labelled objects of a batch, on the host, as matchers want them.
namespace Detection.Runtime;

/// <summary>The labelled objects of a batch.</summary>
public sealed class GroundTruth
{
    /// <summary>Takes the arrays over, without copying.</summary>
    /// <param name="boxes">Per image 4 n numbers: corners (x1, y1, x2, y2) as fractions of the image.</param>
    /// <param name="classes">Per image n foreground classes, counted from 0.</param>
    /// <param name="labels">
    /// Further numbers of the objects by name, per image V n of them; coordinates as fractions of the image, NaN for what is not labelled.
    /// </param>
    /// <exception cref="ArgumentException">The arrays do not fit together.</exception>
    public GroundTruth(IReadOnlyList<float[]> boxes, IReadOnlyList<int[]> classes, IReadOnlyDictionary<string, float[][]>? labels = null)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(classes);
        if (boxes.Count != classes.Count)
        {
            throw new ArgumentException($"Boxes of {boxes.Count} images, classes of {classes.Count}.", nameof(classes));
        }
        for (var i = 0; i < boxes.Count; i++)
        {
            if (boxes[i].Length != 4 * classes[i].Length)
            {
                throw new ArgumentException($"Image {i} has {boxes[i].Length} coordinates for {classes[i].Length} objects.", nameof(boxes));
            }
        }
        Boxes = boxes;
        Classes = classes;
        Labels = labels ?? new Dictionary<string, float[][]>();
    }

    /// <summary>Per image 4 n numbers: corners (x1, y1, x2, y2) as fractions of the image.</summary>
    public IReadOnlyList<float[]> Boxes { get; }

    /// <summary>Per image n foreground classes, counted from 0.</summary>
    public IReadOnlyList<int[]> Classes { get; }

    /// <summary>Further numbers of the objects by name, per image V n of them; NaN for what is not labelled.</summary>
    public IReadOnlyDictionary<string, float[][]> Labels { get; }

    /// <summary>Number of images.</summary>
    public int Images => Boxes.Count;
}
