// What COCO's protocol compares: annotated objects and detections, in its own coordinates.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>A box as COCO writes it: corner and extent in pixels, not rounded, without the +1 of inclusive corners.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    /// <summary>Width times height.</summary>
    public double Area => Width * Height;
}

/// <summary>An annotated object.</summary>
/// <param name="ImageId">Its image.</param>
/// <param name="CategoryId">Its category.</param>
/// <param name="Box">Its box.</param>
/// <param name="Area">Area in square pixels by which its size class is told; of its mask, where there is one.</param>
/// <param name="Crowd">A group in one box: finding it, any number of times, is neither rewarded nor punished.</param>
public readonly record struct CocoObject(long ImageId, long CategoryId, CocoBox Box, double Area, bool Crowd);

/// <summary>A detection.</summary>
/// <param name="ImageId">Its image.</param>
/// <param name="CategoryId">Its category.</param>
/// <param name="Box">Its box.</param>
/// <param name="Score">Higher comes first.</param>
public readonly record struct CocoDetection(long ImageId, long CategoryId, CocoBox Box, double Score);

/// <summary>A category.</summary>
/// <param name="Id">Its number in the files.</param>
/// <param name="Name">Its name.</param>
public readonly record struct CocoCategory(long Id, string Name);

/// <summary>Annotated images.</summary>
/// <param name="ImageIds">All images, those without objects too.</param>
/// <param name="Categories">All categories.</param>
/// <param name="Objects">All objects.</param>
public sealed record CocoGroundTruth(ImmutableArray<long> ImageIds, ImmutableArray<CocoCategory> Categories, ImmutableArray<CocoObject> Objects)
{
    /// <summary>File names of the images, as far as they are known.</summary>
    public ImmutableDictionary<long, string> FileNames { get; init; } = ImmutableDictionary<long, string>.Empty;
}
