// Trains a generated detector on drawn shapes with its own generated loop, and scores it on others.
using Detection.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Training.Tests;

/// <summary>What a training of a test came to.</summary>
/// <param name="FirstLoss">Mean of the first tenth of the rows of the log.</param>
/// <param name="LastLoss">Mean of the last tenth.</param>
/// <param name="MeanAveragePrecision">mAP@0.5 on images that were not trained on.</param>
/// <param name="UntrainedMeanAveragePrecision">The same of the weights that training began with.</param>
/// <param name="Evaluation">What was found.</param>
internal sealed record ShapeResult(
    double FirstLoss, double LastLoss, double MeanAveragePrecision, double UntrainedMeanAveragePrecision, DetectorEvaluationResult Evaluation);

internal static class ShapeTraining
{
    public static ShapeResult Run<TModel>(
        Func<TModel> create, ITrainingRecipe<TModel> recipe, ShapeImages images, int iterations = 240, DetectionDataset? validation = null)
        where TModel : nn.Module, IDetector
    {
        var folder = Directory.CreateTempSubdirectory("detection-training-").FullName;
        try
        {
            random.manual_seed(recipe.Settings.Seed);
            using var model = create();
            validation ??= images.Draw(seed: 2, count: 24);
            model.eval();
            var before = DetectorEvaluation.Run(model, validation).Scores.MeanAveragePrecision;
            var source = new BatchLoaderSource(images.Draw(seed: 1, count: 64), model.Card, recipe.Settings, workers: 1);
            using var run = new TrainingRun(
                recipe.Settings, new TrainingRunOptions { OutputFolder = folder, Length = TrainingLength.OfIterations(iterations), ReportEvery = 4 }, source);
            recipe.Run(model, run);
            model.eval();
            var losses = File.ReadLines(Path.Combine(folder, "log.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[4], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            var tenth = Math.Max(1, losses.Length / 10);
            var after = DetectorEvaluation.Run(model, validation);
            return new ShapeResult(losses[..tenth].Average(), losses[^tenth..].Average(), after.Scores.MeanAveragePrecision, before, after);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
