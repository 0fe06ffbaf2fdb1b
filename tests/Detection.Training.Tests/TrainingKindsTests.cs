// Every loss, matcher, coding and optimiser of the language, from YAML through generated loops to detectors that find what is drawn.
using Detection.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Training.Tests;

public sealed class TrainingKindsTests
{
    public static TheoryData<string> Names => ["tiny-ssd", "tiny-focal", "tiny-cells", "tiny-objectness", "tiny-corners", "tiny-distances", "tiny-refined", "tiny-hard-examples", "tiny-regions", "tiny-cascade", "tiny-votes", "tiny-alternating"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_loss_falls_and_objects_are_found(string name)
    {
        using var images = new ShapeImages();
        var result = name switch
        {
            "tiny-ssd" => ShapeTraining.Run(() => new TinySsd(), new TinySsdTraining(), images),
            "tiny-focal" => ShapeTraining.Run(() => new TinyFocal(), new TinyFocalTraining(), images),
            "tiny-cells" => ShapeTraining.Run(() => new TinyCells(), new TinyCellsTraining(), images),
            "tiny-objectness" => ShapeTraining.Run(() => new TinyObjectness(), new TinyObjectnessTraining(), images),
            "tiny-hard-examples" => ShapeTraining.Run(() => new TinyHardExamples(), new TinyHardExamplesTraining(), images),
            "tiny-refined" => ShapeTraining.Run(() => new TinyRefined(), new TinyRefinedTraining(), images),
            "tiny-corners" => ShapeTraining.Run(() => new TinyCorners(), new TinyCornersTraining(), images),
            "tiny-regions" => ShapeTraining.Run(() => new TinyRegions(), new TinyRegionsTraining(), images),
            "tiny-alternating" => ShapeTraining.Run(() => new TinyAlternating(), new TinyAlternatingTraining(), images, iterations: 480),
            "tiny-cascade" => ShapeTraining.Run(() => new TinyCascade(), new TinyCascadeTraining(), images),
            "tiny-votes" => ShapeTraining.Run(() => new TinyVotes(), new TinyVotesTraining(), images),
            _ => ShapeTraining.Run(() => new TinyDistances(), new TinyDistancesTraining(), images),
        };

        // The costliest regions of all stay costly, however good the detector becomes.
        var most = name == "tiny-votes" ? 0.9 : 0.6;
        // The log is that of the last step, which begins with layers that have learned already.
        Assert.True(name == "tiny-alternating" || result.LastLoss < most * result.FirstLoss, $"loss from {result.FirstLoss} to {result.LastLoss}");
        Assert.True(result.MeanAveragePrecision > 0.4 && result.MeanAveragePrecision > result.UntrainedMeanAveragePrecision + 0.3,
            $"mAP {result.MeanAveragePrecision}, untrained {result.UntrainedMeanAveragePrecision}");
    }

    [Theory]
    [InlineData("tiny-corners")]
    [InlineData("tiny-distances")]
    [InlineData("tiny-focal")]
    [InlineData("tiny-regions")]
    public void A_run_that_is_cut_and_resumed_ends_in_the_same_weights(string name)
    {
        using var images = new ShapeImages();
        var data = images.Draw(seed: 1, count: 16);
        var whole = name switch
        {
            "tiny-corners" => Weights(() => new TinyCorners(), new TinyCornersTraining(), data, cut: null),
            "tiny-distances" => Weights(() => new TinyDistances(), new TinyDistancesTraining(), data, cut: null),
            "tiny-regions" => Weights(() => new TinyRegions(), new TinyRegionsTraining(), data, cut: null),
            _ => Weights(() => new TinyFocal(), new TinyFocalTraining(), data, cut: null),
        };
        var resumed = name switch
        {
            "tiny-corners" => Weights(() => new TinyCorners(), new TinyCornersTraining(), data, cut: 5),
            "tiny-distances" => Weights(() => new TinyDistances(), new TinyDistancesTraining(), data, cut: 5),
            "tiny-regions" => Weights(() => new TinyRegions(), new TinyRegionsTraining(), data, cut: 5),
            _ => Weights(() => new TinyFocal(), new TinyFocalTraining(), data, cut: 5),
        };

        Assert.Equal(whole, resumed);
    }

    [Fact]
    public void Frozen_layers_keep_weights_and_statistics_and_the_others_learn()
    {
        using var images = new ShapeImages();
        var recipe = new TinyDistancesTraining();
        var folder = Directory.CreateTempSubdirectory("detection-frozen-").FullName;
        random.manual_seed(recipe.Settings.Seed);
        using var model = new TinyDistances();
        var before = Values(model);
        using (var run = new TrainingRun(
            recipe.Settings, new TrainingRunOptions { OutputFolder = folder, Length = TrainingLength.OfIterations(3) },
            new BatchLoaderSource(images.Draw(seed: 1, count: 16), model.Card, recipe.Settings, workers: 1)))
        {
            recipe.Run(model, run);
        }
        var after = Values(model);
        Directory.Delete(folder, recursive: true);

        var kept = before.Keys.Where(key => before[key].SequenceEqual(after[key])).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["stem.norm.bias", "stem.norm.num_batches_tracked", "stem.norm.running_mean", "stem.norm.running_var", "stem.norm.weight"], kept);
    }

    internal static byte[] Weights<TModel>(Func<TModel> create, ITrainingRecipe<TModel> recipe, DetectionDataset data, int? cut)
        where TModel : nn.Module, IDetector
    {
        var folder = Directory.CreateTempSubdirectory("detection-resume-").FullName;
        try
        {
            for (var part = cut is null ? 1 : 0; part < 2; part++)
            {
                random.manual_seed(recipe.Settings.Seed);
                using var model = create();
                using var stop = new CancellationTokenSource();
                var source = new CuttingSource(new BatchLoaderSource(data, model.Card, recipe.Settings, workers: 1), part == 0 ? cut!.Value : int.MaxValue, stop);
                using var run = new TrainingRun(
                    recipe.Settings,
                    new TrainingRunOptions
                    {
                        OutputFolder = folder, Length = TrainingLength.OfIterations(12), Resume = cut is not null, Cancellation = stop.Token,
                    },
                    source);
                var outcome = recipe.Run(model, run);
                Assert.Equal(part == 0 ? TrainingEnd.Cancelled : TrainingEnd.Completed, outcome.End);
            }
            return File.ReadAllBytes(Path.Combine(folder, "final.safetensors"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, byte[]> Values(nn.Module model) =>
        model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().contiguous().bytes.ToArray());

    // Cancels the run once so many batches were handed out.
    private sealed class CuttingSource(IBatchSource inner, int after, CancellationTokenSource stop) : IBatchSource
    {
        private int taken;

        public int BatchesPerEpoch => inner.BatchesPerEpoch;

        public string Fingerprint => inner.Fingerprint;

        public IEnumerable<HostBatch> Epoch(int epoch, int skipBatches = 0, CancellationToken cancellation = default)
        {
            foreach (var batch in inner.Epoch(epoch, skipBatches, CancellationToken.None))
            {
                if (++taken == after)
                {
                    stop.Cancel();
                }
                yield return batch;
            }
        }
    }
}
