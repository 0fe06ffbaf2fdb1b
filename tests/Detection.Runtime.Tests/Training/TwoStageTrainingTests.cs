// A two-stage detector learns, image sizes mixed; groups of a batch add up to the batch; a resumed run ends in the same weights.
using System.Collections.Immutable;
using Detection.Runtime.TrainingHost;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class TwoStageTrainingTests
{
    // Every third image stands upright.
    internal static DetectionDataset Render(string folder, int first, int count)
    {
        Directory.CreateDirectory(folder);
        return new DetectionDataset
        {
            ClassNames = RenderedDataset.ClassNames,
            Samples =
            [
                .. Enumerable.Range(first, count).Select(i =>
                {
                    var (width, height) = i % 3 == 0 ? (96, 128) : (128, 96);
                    var (image, boxes) = RenderedDataset.Render(i, 1, width, height);
                    var path = Path.Combine(folder, $"{i}.png");
                    image.Save(path);
                    return new DataSample(path, width, height, boxes);
                }),
            ],
        };
    }

    internal static SmallTwoStage NewModel(int stages = 1)
    {
        random.manual_seed(SmallTwoStageTraining.Settings.Seed);
        return new SmallTwoStage(RenderedDataset.ClassNames, stages: stages);
    }

    private static TrainingOutcome Train(
        SmallTwoStage model, DetectionDataset data, string folder, long iterations, OnlineHardExamples? hard = null, bool resume = false, CancellationTokenSource? stop = null)
    {
        using var run = new TrainingRun(
            SmallTwoStageTraining.Settings,
            new TrainingRunOptions { OutputFolder = folder, Resume = resume, Length = TrainingLength.OfIterations(iterations), Cancellation = stop?.Token ?? default },
            new BatchLoaderSource(data, model.Card, SmallTwoStageTraining.Settings, workers: 1));
        return SmallTwoStageTraining.Run(model, run, hard, () =>
        {
            if (run.Iteration == 3)
            {
                stop?.Cancel();
            }
        });
    }

    private static double Score(SmallTwoStage model, DetectionDataset validation)
    {
        model.eval();
        return DetectorEvaluation.Run(model, validation).Scores.MeanAveragePrecision;
    }

    [Fact]
    public void It_learns_to_find_rendered_things_of_mixed_sizes()
    {
        using var folder = new TemporaryFolder();
        using var model = NewModel();
        var validation = Render(folder["val"], 1000, 40);
        var before = Score(model, validation);
        Train(model, Render(folder["train"], 0, 160), folder["run"], 400);
        var after = Score(model, validation);
        Assert.InRange(before, 0, 0.02);
        Assert.True(after > 0.3, $"mAP {after}");
    }

    [Theory]
    [InlineData(1, null, true)]
    [InlineData(3, 0.7, false)]
    public void Stopped_and_resumed_it_ends_in_the_same_weights(int stages, double? threshold, bool mines)
    {
        using var folder = new TemporaryFolder();
        var data = Render(folder["train"], 0, 8);
        var hard = mines ? new OnlineHardExamples { PerImage = 16, NmsThreshold = threshold } : null;
        using var whole = NewModel(stages);
        var expected = Train(whole, data, folder["whole"], 6, hard);
        using var stop = new CancellationTokenSource();
        using var first = NewModel(stages);
        Assert.Equal(TrainingEnd.Cancelled, Train(first, data, folder["parts"], 6, hard, stop: stop).End);
        using var second = NewModel(stages);
        var actual = Train(second, data, folder["parts"], 6, hard, resume: true);
        Assert.Equal(6, actual.Iterations);
        Assert.Equal(File.ReadAllBytes(expected.WeightsFile), File.ReadAllBytes(actual.WeightsFile));
    }

    [Fact]
    public void Groups_of_a_batch_add_up_to_the_batch()
    {
        using var scope = NewDisposeScope();
        using var model = NewModel();
        model.eval();
        random.manual_seed(8);
        var images = rand(2, 3, 64, 96);
        var objects = new GroundTruth([[0.1f, 0.1f, 0.4f, 0.5f], [0.3f, 0.2f, 0.8f, 0.9f]], [[0], [3]]);
        var whole = TrainingGroup.Whole(images, objects, seed: 3, step: 2);
        TrainingGroup[] parts =
        [
            .. Enumerable.Range(0, 2).Select(i => whole with
            {
                Images = images.narrow(0, i, 1), Sizes = [whole.Sizes[i]], Objects = objects.Part(i, 1), Places = [i], Share = 0.5,
            }),
        ];
        float[][] Gradients(IReadOnlyList<TrainingGroup> groups)
        {
            model.zero_grad();
            foreach (var group in groups)
            {
                var features = model.Extract(group.Images);
                var anchors = new AnchorSampling { PerImage = 64, AllowedBorder = null }.Draw(model.AnchorsFor(features.Proposals!), group);
                var sample = new RegionSampling { PerImage = 16 }.Draw(model.Propose(features, group.Sizes).Regions, group);
                Assert.Equal([64L * group.Sizes.Length, 16L * group.Sizes.Length], [anchors.Positive.shape[0] + anchors.Negative.shape[0], sample.Labels.shape[0]]);
                var loss = LossParts.Sum(
                    new ProposalLoss(new RegionBoxCoder()).Compute(features.Proposals!, anchors),
                    new RegionLoss(new RegionTargets(model.Head.Stages[0].Coder, 5)).Compute(model.Classify(0, features, sample.Regions), sample));
                (loss.Total * group.Share).backward();
            }
            return [.. model.parameters().Select(parameter => parameter.grad!.clone().Floats())];
        }
        var together = Gradients([whole]);
        var apart = Gradients(parts);
        Assert.All(together.Zip(apart), pair => Assert.InRange(RegionCases.Difference(pair.First, pair.Second), 0, 1e-4));
    }

    [Fact]
    public void Weighted_means_of_groups_are_what_a_batch_cost()
    {
        using var scope = NewDisposeScope();
        LossParts Of(float total) => new(tensor(total), tensor(total / 2), tensor(total / 4), 3);
        var mean = LossParts.Mean([(Of(8), 0.75), (Of(4), 0.25)]);
        Assert.Equal([7, 3.5f, 1.75f], new[] { mean.Total, mean.Classification, mean.Localisation }.Select(part => part.item<float>()));
        Assert.Equal(6, mean.Positives);
    }

    [Fact]
    public void Normalised_heads_are_saved_as_plain_ones_and_resume_bit_by_bit()
    {
        using var folder = new TemporaryFolder();
        var data = Render(folder["train"], 0, 8);
        var normalization = new ClassNormalization([.. Enumerable.Repeat(0.5, 20)], [.. Enumerable.Repeat(0.25, 20)]);
        string Run(string name, bool interrupts)
        {
            TrainingOutcome? outcome = null;
            foreach (var round in interrupts ? new[] { 2L, 5 } : [5])
            {
                using var model = NewModel();
                using var head = new NormalizedBoxHead(model.BoxHead(0).weight!, model.BoxHead(0).bias!, normalization);
                using var run = new TrainingRun(
                    SmallTwoStageTraining.Settings,
                    new TrainingRunOptions { OutputFolder = folder[name], Resume = true, Length = TrainingLength.OfIterations(round) },
                    new BatchLoaderSource(data, model.Card, SmallTwoStageTraining.Settings, workers: 1));
                using var optimizer = optim.SGD(ParameterGroups.ForSgd(model, 0.01), 0.01);
                run.Begin(model, optimizer, new LearningRateSchedule(0.01), heads: [head]);
                while (run.Next() is not null)
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    // Pulls every bias of the box head to 1: normalised, not plain.
                    var total = (model.BoxHead(0).bias! - 1).square().sum();
                    total.backward();
                    optimizer.step();
                    run.Report(new LossParts(total, total, total, 0));
                }
                outcome = run.Finish();
                var learned = model.BoxHead(0).bias!.clone().Floats();
                using var loaded = NewModel();
                WeightLoader.Load(loaded, outcome.WeightsFile);
                var saved = loaded.BoxHead(0).bias!.Floats();
                Assert.Equal(learned.Skip(4).Select(v => v * 0.25f + 0.5f), saved.Skip(4));
                Assert.Equal(learned.Take(4), saved.Take(4));
            }
            return outcome!.WeightsFile;
        }
        Assert.Equal(File.ReadAllBytes(Run("whole", false)), File.ReadAllBytes(Run("parts", true)));
    }
}
