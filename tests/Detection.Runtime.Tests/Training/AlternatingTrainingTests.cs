// Four-step training: what each step changes, and that a training interrupted in a step or between two ends as if it had not been.
using System.Security.Cryptography;
using Detection.Runtime.TrainingHost;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class AlternatingTrainingTests
{
    private const long Iterations = 10;

    private static TrainingOutcome Train(
        SmallTwoStage model, DetectionDataset data, string folder, CancellationTokenSource? stop = null, Action<string, TrainingRun>? afterStep = null,
        List<string>? messages = null, ModelValidation? validation = null)
    {
        using var run = new TrainingRun(
            SmallTwoStageTraining.Settings,
            new TrainingRunOptions
            {
                OutputFolder = folder, Resume = true, Length = TrainingLength.OfIterations(Iterations), Cancellation = stop?.Token ?? default, Message = message => messages?.Add(message),
            },
            new BatchLoaderSource(data, model.Card, SmallTwoStageTraining.Settings, workers: 1), validation);
        return SmallAlternatingTraining.Run(model, run, afterStep);
    }

    // Weights by layer, as a text that differs when they do.
    private static string Weights(SmallTwoStage model, IEnumerable<string> layers)
    {
        using var scope = NewDisposeScope();
        return string.Join(' ', model.state_dict().Where(entry => layers.Any(layer => entry.Key.StartsWith(layer + ".", StringComparison.Ordinal)))
            .Select(entry => Convert.ToHexString(SHA256.HashData(entry.Value.detach().contiguous().bytes.ToArray()))));
    }

    [Fact]
    public void Interrupted_in_a_step_and_between_steps_it_ends_in_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        var data = TwoStageTrainingTests.Render(folder["train"], 0, 8);
        var (seen, last) = (new List<string>(), new Dictionary<string, string>());
        using var whole = TwoStageTrainingTests.NewModel();
        var start = Weights(whole, SmallTwoStage.SharedLayers);
        var afterEach = new Dictionary<string, (string Shared, string Proposals, string Regions)>();
        var expected = Train(whole, data, folder["whole"], afterStep: (step, run) =>
        {
            seen.Add($"{step} {run.Iteration}");
            afterEach[step] = (Weights(whole, SmallTwoStage.SharedLayers), Weights(whole, SmallTwoStage.ProposalLayers), Weights(whole, SmallTwoStage.RegionLayers));
        });
        Assert.Equal(
            ["1-proposals 1", "1-proposals 2", "1-proposals 3", "2-regions 1", "2-regions 2", "2-regions 3", "3-proposals 1", "3-proposals 2", "4-regions 1", "4-regions 2"], seen);
        Assert.Equal(TrainingEnd.Completed, expected.End);
        Assert.Equal(Path.Combine(folder["whole"], "final.safetensors"), expected.WeightsFile);

        // Steps 3 and 4 leave the layers alone that proposals and regions share, step 3 the regions' as well, and step 4 the proposals'.
        var (first, second, third, fourth) = (afterEach["1-proposals"], afterEach["2-regions"], afterEach["3-proposals"], afterEach["4-regions"]);
        Assert.NotEqual(start, first.Shared);
        Assert.NotEqual(first.Shared, second.Shared);
        Assert.Equal([second.Shared, second.Shared], [third.Shared, fourth.Shared]);
        Assert.NotEqual(first.Proposals, third.Proposals);
        Assert.Equal(second.Regions, third.Regions);
        Assert.Equal(third.Proposals, fourth.Proposals);
        Assert.NotEqual(third.Regions, fourth.Regions);

        // In the middle of step 2; at the very end of step 1, before its proposals; in step 3; then on to the end.
        string[] interruptions = ["1-proposals 3", "2-regions 2", "3-proposals 1"];
        foreach (var at in interruptions)
        {
            using var stop = new CancellationTokenSource();
            using var part = TwoStageTrainingTests.NewModel();
            var outcome = Train(part, data, folder["parts"], stop, (step, run) =>
            {
                if ($"{step} {run.Iteration}" == at)
                {
                    stop.Cancel();
                }
            });
            Assert.Equal(TrainingEnd.Cancelled, outcome.End);
            Assert.Equal(at != "1-proposals 3", File.Exists(Path.Combine(folder["parts"], "proposals-1.safetensors")));
        }
        // Other weights to begin with, as of a process that draws others: what the training began with counts.
        random.manual_seed(99);
        using var rest = new SmallTwoStage(RenderedDataset.ClassNames);
        var messages = new List<string>();
        var proposals = Path.Combine(folder["parts"], "proposals-1.safetensors");
        var good = File.ReadAllBytes(proposals);
        File.WriteAllBytes(proposals, [.. good[..^1], (byte)(good[^1] ^ 1)]);
        var actual = Train(rest, data, folder["parts"], messages: messages);
        Assert.Equal(TrainingEnd.Completed, actual.End);
        foreach (var file in new[] { "final.safetensors", "proposals-1.safetensors", "proposals-3.safetensors", "2-regions/final.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["whole"], file)), File.ReadAllBytes(Path.Combine(folder["parts"], file)));
        }
        Assert.Contains(messages, message => message.Contains("The proposals are computed again", StringComparison.Ordinal));
        Assert.Contains("Step 3-proposals.", messages);
    }

    [Fact]
    public void Only_the_last_step_is_validated_and_steps_share_the_length()
    {
        using var folder = new TemporaryFolder();
        var data = TwoStageTrainingTests.Render(folder["train"], 0, 4);
        using var model = TwoStageTrainingTests.NewModel();
        ModelValidation validation = (_, _) => new DetectionScores([new ClassAveragePrecision(0, "ball", 0.5, 1, 1, 0, 1)], 0.5, AveragePrecisionRule.Area, 1, 1);
        using var run = new TrainingRun(
            SmallTwoStageTraining.Settings, new TrainingRunOptions { OutputFolder = folder["run"], Length = TrainingLength.OfEpochs(4) },
            new BatchLoaderSource(data, model.Card, SmallTwoStageTraining.Settings, workers: 1), validation);
        using (var step = run.Step(new TrainingStep("first", 0.25) { BatchSize = 2 }))
        {
            Assert.Equal(TrainingLength.OfEpochs(1), step.Length);
            using var optimizer = optim.SGD(ParameterGroups.ForSgd(model, 0.001), 0.001);
            step.Begin(model, optimizer, new LearningRateSchedule(0.001));
            while (step.Next() is { } batch)
            {
                Assert.Equal(2, batch.Size);
                using var total = zeros(1);
                step.Report(new LossParts(total, total, total, 0));
            }
            var outcome = step.Finish();
            Assert.Equal(2, outcome.Iterations);
            Assert.Null(outcome.BestWeightsFile);
            Assert.StartsWith(Path.Combine(folder["run"], "first"), outcome.WeightsFile);
        }
        Assert.Throws<ArgumentException>(() => run.Step(new TrainingStep("none", 0)));
        using var other = new TrainingRun(SmallTwoStageTraining.Settings, new TrainingRunOptions { OutputFolder = folder["other"] }, new RectangleBatches());
        Assert.Contains("RectangleBatches", Assert.Throws<InvalidOperationException>(() => other.Step(new TrainingStep("first", 1))).Message);
    }

    [Fact]
    public void Layers_go_back_to_where_the_training_began()
    {
        using var folder = new TemporaryFolder();
        using var model = TwoStageTrainingTests.NewModel();
        using var run = new TrainingRun(SmallTwoStageTraining.Settings, new TrainingRunOptions { OutputFolder = folder["run"] }, new RectangleBatches());
        var start = run.KeepStart(model);
        var (shared, proposals) = (Weights(model, SmallTwoStage.SharedLayers), Weights(model, SmallTwoStage.ProposalLayers));
        using (no_grad())
        {
            foreach (var value in model.parameters().Concat(model.buffers()).Where(value => value.is_floating_point()))
            {
                value.add_(1);
            }
        }
        start.Restore(model, SmallTwoStage.ProposalLayers);
        Assert.Equal(proposals, Weights(model, SmallTwoStage.ProposalLayers));
        Assert.NotEqual(shared, Weights(model, SmallTwoStage.SharedLayers));
        start.Restore(model);
        Assert.Equal(shared, Weights(model, SmallTwoStage.SharedLayers));
        using var other = new SmallTwoStage(["one"]);
        Assert.Throws<ArgumentException>(() => start.Restore(other));
        using var again = new TrainingRun(SmallTwoStageTraining.Settings, new TrainingRunOptions { OutputFolder = folder["run"] }, new RectangleBatches());
        Assert.Contains("holds an earlier training", Assert.Throws<TrainingStoppedException>(() => again.KeepStart(model)).Message);
        File.WriteAllText(Path.Combine(folder["run"], "start.safetensors"), "no weights");
        using var resumed = new TrainingRun(SmallTwoStageTraining.Settings, new TrainingRunOptions { OutputFolder = folder["run"], Resume = true }, new RectangleBatches());
        Assert.Contains("are lost", Assert.Throws<TrainingStoppedException>(() => resumed.KeepStart(model)).Message);
    }

    [Fact]
    public void Statistics_of_stored_proposals_are_those_of_their_objects()
    {
        var data = new DetectionDataset
        {
            ClassNames = ["a", "b"],
            Samples = [new DataSample("none", 100, 100, [new GroundTruthBox(1, new Box(10, 10, 30, 30), false, false), new GroundTruthBox(0, new Box(60, 60, 80, 80), false, true)])],
        };
        // The object itself is a region as well; two more lie a tenth of its width to either side; one covers the crowd, one nothing.
        var stored = new StoredProposals([[12, 10, 32, 30, 8, 10, 28, 30, 60, 60, 80, 80, 40, 70, 50, 90]], [[4, 3, 2, 1]]);
        var statistics = new TargetStatistics(new RegionBoxCoder(), 2);
        statistics.Add(stored, data);
        var normalization = statistics.PerClass();
        Assert.Equal(0, normalization.Means[4], 1e-7);
        Assert.Equal(Math.Sqrt(2 * 0.01 / 3), normalization.Deviations[4], 1e-6);
        Assert.Equal([1.0, 1, 1, 1], normalization.Deviations.Take(4));
    }
}
