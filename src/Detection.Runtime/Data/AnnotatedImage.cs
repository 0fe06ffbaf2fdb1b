// What the readers of the formats deliver: names and numbers as they stand in the files, before anything is checked.
namespace Detection.Runtime;

/// <summary>One object as written down.</summary>
/// <param name="ClassName">Name of its class.</param>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
internal readonly record struct AnnotatedObject(string ClassName, double X1, double Y1, double X2, double Y2)
{
    public bool Difficult { get; init; }

    public bool Crowd { get; init; }

    /// <summary>Area of the object itself in square pixels where it is written down (COCO: of the mask).</summary>
    public double? Area { get; init; }

    /// <summary>Further labels by name, coordinates in pixels; null where there are none.</summary>
    public IReadOnlyDictionary<string, ObjectLabel>? Labels { get; init; }
}

/// <summary>One image with its objects as written down.</summary>
/// <param name="AnnotationFile">The file that problems of the objects are blamed on.</param>
/// <param name="ImagePath">The image file.</param>
/// <param name="Objects">The objects.</param>
internal sealed record AnnotatedImage(string AnnotationFile, string ImagePath, IReadOnlyList<AnnotatedObject> Objects)
{
    /// <summary>Columns as written down; 0 when unknown.</summary>
    public int Width { get; init; }

    /// <summary>Rows as written down; 0 when unknown.</summary>
    public int Height { get; init; }

    /// <summary>Coordinates are fractions of the image rather than pixels.</summary>
    public bool InFractions { get; init; }

    /// <summary>Number of the image where it is written down (COCO).</summary>
    public long? Id { get; init; }
}

/// <summary>What a format's reader found in a folder.</summary>
/// <param name="Images">The images of the split, in its order.</param>
/// <param name="ClassNames">The classes that the folder declares or, where it declares none, uses.</param>
/// <param name="Problems">Files that had to be left out.</param>
internal sealed record AnnotatedFolder(IReadOnlyList<AnnotatedImage> Images, IReadOnlyList<string> ClassNames, IReadOnlyList<DataProblem> Problems)
{
    /// <summary>Numbers of the classes in the files, by their names; null for formats without any.</summary>
    public IReadOnlyDictionary<string, long>? ClassIds { get; init; }
}
