// The resident set while a shipped detector trains: after step 200 and after the last of 2,000, as a number that must not grow.
using System.Globalization;
using Detection.Runtime;
using TorchSharp;

namespace Detection.Benchmarks;

/// <summary>The benchmark <c>training-memory [STEPS]</c>: trains rendered-shapes-ssd on rendered images, validations and checkpoints included.</summary>
internal static class TrainingMemory
{
    private const int First = 200;

    public static void Run(int steps)
    {
        var folder = Directory.CreateTempSubdirectory("detection-memory-").FullName;
        try
        {
            RenderedDataset.Write(Path.Combine(folder, "data"), images: 64, seed: 1);
            var entry = new Detection.Models.Ssd.DetectionModels().Models.First(m => m.Card.Name == "rendered-shapes-ssd");
            var (train, validation) = (Load("train"), Load("val"));
            DetectionDataset Load(string split) => DetectionDatasets.Load(Path.Combine(folder, "data"), split, entry.Card.ClassNames);
            var recipe = entry.CreateTraining!();
            using var model = (OneStageDetector)entry.Create();
            var resident = new SortedDictionary<long, long>();
            var options = new TrainingRunOptions
            {
                OutputFolder = Path.Combine(folder, "run"),
                Length = TrainingLength.OfIterations(steps),
                Progress = new Sampler(progress =>
                {
                    if (progress.Iteration % First == 0 || progress.Iteration == steps)
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                        resident[progress.Iteration] = Environment.WorkingSet;
                    }
                }),
            };
            // A validation each thirty epochs: they cost more time than the steps, and leave as much behind.
            var settings = recipe.Settings with { ValidateEvery = 30 };
            using var run = new TrainingRun(
                settings, options, new BatchLoaderSource(train, entry.Card, settings),
                (trained, token) => DetectorEvaluation.Run((IDetector)trained, validation, new DetectorEvaluationOptions { Cancellation = token }).Scores);
            recipe.Run(model, run);
            foreach (var (step, bytes) in resident)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  step {step}: {bytes / 1048576.0:0.0} MB"));
            }
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"resident set after step {steps} against step {First}, {torch.get_num_threads()} threads: {(resident[steps] - resident[First]) / 1048576.0:+0.0;-0.0} MB"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Sampler(Action<TrainingProgress> take) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => take(value);
    }
}
