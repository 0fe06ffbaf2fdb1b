// Images through a predictor, batch by batch: decode on worker threads, predict, draw, report. An unreadable image stops nothing.
using Detection.Runtime;

namespace Detection.Cli;

/// <param name="predictor">The model.</param>
/// <param name="pictures">Names of the pictures; null to write none.</param>
/// <param name="done">Told of every image, in order.</param>
/// <param name="failed">Told of every image that could not be read, or has no regions.</param>
/// <param name="regions">Where a detector's regions come from; null for its own.</param>
internal sealed class PredictionRun(
    Predictor predictor, OutputNames? pictures, Action<PredictedImage> done, Action<ImageFailure> failed, RegionSource? regions = null)
{
    private const int BatchSize = 8;

    /// <summary>Predicts for all files.</summary>
    /// <param name="files">The images.</param>
    /// <param name="step">Called after each image.</param>
    /// <param name="interrupted">Looked at between batches: what was begun is finished.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public void Over(IReadOnlyList<string> files, Action step, CancellationToken interrupted)
    {
        foreach (var batch in files.Chunk(BatchSize))
        {
            interrupted.ThrowIfCancellationRequested();
            var decoded = batch.AsParallel().AsOrdered().Select(Decode).ToArray();
            Decoded[] readable = [.. decoded.Where(d => d.Image is not null)];
            var predictions = new Queue<Prediction>(predictor.Predict(
                [.. readable.Select(r => r.Image!)], regions is null ? null : [.. readable.Select(r => r.Regions!)]));
            foreach (var (file, image, _, problem) in decoded)
            {
                if (image is null)
                {
                    failed(new ImageFailure(file, problem!));
                }
                else
                {
                    done(Finish(file, image, predictions.Dequeue()));
                }
                step();
            }
        }
    }

    private PredictedImage Finish(string file, RgbImage image, Prediction prediction)
    {
        string? picture = null;
        if (prediction.Detections is { } detections && pictures is not null)
        {
            picture = pictures.For(file);
            DetectionDrawing.Draw(image, detections).Save(picture);
        }
        return new PredictedImage(
            file, image.Width, image.Height, picture,
            prediction.Detections?.Objects.Select(ToDocument).ToArray(),
            prediction.Classes);
    }

    private static PredictedObject ToDocument(DetectedObject found) => new(
        found.ClassIndex, found.ClassName, found.Score, [found.Box.X1, found.Box.Y1, found.Box.X2, found.Box.Y2],
        found.Extras.IsEmpty ? null : found.Extras.ToDictionary(extra => extra.Name, extra => extra.Values));

    private Decoded Decode(string file)
    {
        try
        {
            var image = RgbImage.Load(file);
            var found = regions?.Of(file, image);
            return regions is not null && found is null ? new Decoded(file, null, null, "the files of proposals have none for it.") : new Decoded(file, image, found, null);
        }
        catch (ImageReadException e)
        {
            return new Decoded(file, null, null, e.Problem);
        }
    }

    private sealed record Decoded(string File, RgbImage? Image, IReadOnlyList<Box>? Regions, string? Problem);
}
