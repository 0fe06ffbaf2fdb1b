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
    /// <param name="difficult">Per image n: default boxes over such an object learn nothing. Null where none is difficult.</param>
    /// <exception cref="ArgumentException">The arrays do not fit together.</exception>
    public GroundTruth(
        IReadOnlyList<float[]> boxes, IReadOnlyList<int[]> classes, IReadOnlyDictionary<string, float[][]>? labels = null,
        IReadOnlyList<bool[]>? difficult = null)
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
        if (difficult is not null && (difficult.Count != boxes.Count || difficult.Where((of, i) => of.Length != classes[i].Length).Any()))
        {
            throw new ArgumentException("There is not one mark of difficulty for each object.", nameof(difficult));
        }
        Boxes = boxes;
        Classes = classes;
        Labels = labels ?? new Dictionary<string, float[][]>();
        Difficult = difficult;
    }

    /// <summary>Per image 4 n numbers: corners (x1, y1, x2, y2) as fractions of the image.</summary>
    public IReadOnlyList<float[]> Boxes { get; }

    /// <summary>Per image n foreground classes, counted from 0.</summary>
    public IReadOnlyList<int[]> Classes { get; }

    /// <summary>Further numbers of the objects by name, per image V n of them; NaN for what is not labelled.</summary>
    public IReadOnlyDictionary<string, float[][]> Labels { get; }

    /// <summary>Per image n: whether default boxes over the object learn nothing; null where no object is difficult.</summary>
    public IReadOnlyList<bool[]>? Difficult { get; }

    /// <summary>The same objects, all of one class: what the first of two steps learns.</summary>
    public GroundTruth AsOneClass() => new(Boxes, [.. Classes.Select(of => new int[of.Length])], difficult: Difficult);

    /// <summary>The objects of some images.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    public GroundTruth Part(int from, int count) => Of([.. Enumerable.Range(from, count)]);

    /// <summary>The objects of some images.</summary>
    /// <param name="images">Their places, in the order wanted.</param>
    public GroundTruth Of(IReadOnlyList<int> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        T[] Taken<T>(IReadOnlyList<T> all) => [.. images.Select(i => all[i])];
        return new GroundTruth(
            Taken(Boxes), Taken(Classes), Labels.ToDictionary(label => label.Key, label => Taken(label.Value)), Difficult is null ? null : Taken(Difficult));
    }

    /// <summary>Number of images.</summary>
    public int Images => Boxes.Count;
}
