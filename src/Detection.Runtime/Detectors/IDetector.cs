// What every detector offers, one-stage or two-stage: images in, objects out.
namespace Detection.Runtime;

/// <summary>A model that finds objects in images.</summary>
public interface IDetector : IModel
{
    /// <summary>
    /// Finds objects. May be called from several threads at once. The model must be in evaluation mode.
    /// </summary>
    /// <param name="images">Images of any sizes; none gives an empty answer.</param>
    /// <param name="options">Overrides of the spec's thresholds.</param>
    /// <returns>One entry per image, in order, boxes in pixels of the original image.</returns>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense.</exception>
    IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, DetectOptions? options = null);
}

/// <summary>A model that finds objects in regions that it is given, whoever proposed them (R-CNN, Fast R-CNN).</summary>
public interface IRegionDetector : IDetector
{
    /// <summary>
    /// Finds objects in given regions, and proposes none. May be called from several threads at once. The model must be in evaluation mode.
    /// </summary>
    /// <param name="images">Images of any sizes; none gives an empty answer.</param>
    /// <param name="proposals">Regions of each image, in pixels of the original image.</param>
    /// <param name="options">Overrides of the spec's thresholds.</param>
    /// <returns>One entry per image, in order, boxes in pixels of the original image.</returns>
    /// <exception cref="ArgumentException">There is not one list of proposals for each image, or the detector looks at no regions.</exception>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    IReadOnlyList<ImageDetections> Detect(IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>> proposals, DetectOptions? options = null);
}

/// <summary>Short forms.</summary>
public static class DetectorExtensions
{
    /// <summary>Finds objects in one image; see <see cref="IDetector.Detect"/>.</summary>
    /// <param name="detector">The detector, in evaluation mode.</param>
    /// <param name="image">An image of any size.</param>
    /// <param name="options">Overrides of the spec's thresholds.</param>
    public static ImageDetections Detect(this IDetector detector, RgbImage image, DetectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return detector.Detect([image], options)[0];
    }
}
