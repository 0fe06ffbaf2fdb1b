// Training in R-CNN's stages, from YAML through the generated loop: network, support vector machines, regressors of boxes.
using Detection.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Training.Tests;

public sealed class MachineTrainingTests : IDisposable
{
    private readonly ShapeImages images = new();
    private readonly string folder = Directory.CreateTempSubdirectory("detection-stages-").FullName;

    public void Dispose()
    {
        images.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Three_stages_find_objects_and_regressed_boxes_fit_better_than_proposals()
    {
        var (training, validation) = (images.Draw(seed: 1, count: 48), images.Draw(seed: 2, count: 24));
        using var model = Trained(training, iterations: 150, out var outcome);
        Assert.Equal(TrainingEnd.Completed, outcome.End);
        Assert.True(model.Machines!.IsTrained);

        var proposals = JitteredProposals.Of(validation, 4);
        double Score(double overlap) => DetectorEvaluation.Run(
            model, validation, new DetectorEvaluationOptions { Proposals = proposals, Rules = new VocAveragePrecision { IouThreshold = overlap } }).Scores.MeanAveragePrecision;
        var (loose, strict) = (Score(0.5), Score(0.7));
        using (no_grad())
        {
            foreach (var (name, parameter) in model.named_parameters().Where(p => p.name.StartsWith("boxes_box", StringComparison.Ordinal)))
            {
                parameter.zero_();
            }
        }
        var strictWithoutBoxes = Score(0.7);
        using (no_grad())
        {
            // Chance: machines that say the same of everything.
            foreach (var (_, buffer) in model.Machines.named_buffers())
            {
                buffer.fill_(buffer.shape is [1] ? 1 : 0);
            }
        }
        var chance = Score(0.5);

        Assert.True(loose > 0.6 && loose > chance + 0.3, $"mAP@0.5 {loose}, by chance {chance}");
        Assert.True(strict > strictWithoutBoxes + 0.05, $"mAP@0.7 {strict}, without regressors {strictWithoutBoxes}");
    }

    [Fact]
    public void Joint_training_goes_on_to_machines_on_proposals_of_the_detectors_own()
    {
        var (training, validation) = (images.Draw(seed: 1, count: 48), images.Draw(seed: 2, count: 24));
        var recipe = new TinyMachinesTraining();
        random.manual_seed(recipe.Settings.Seed);
        using var model = new TinyMachines();
        DetectionScores Validate(nn.Module trained, CancellationToken cancellation) => DetectorEvaluation.Run((IDetector)trained, validation).Scores;
        using var run = new TrainingRun(
            recipe.Settings, new TrainingRunOptions { OutputFolder = folder, Length = TrainingLength.OfIterations(240) },
            new BatchLoaderSource(training, model.Card, recipe.Settings, workers: 1), Validate);
        var outcome = recipe.Run(model, run);

        Assert.True(outcome.FinalScores!.MeanAveragePrecision > 0.4, $"mAP {outcome.FinalScores.MeanAveragePrecision}");
        Assert.Equal(outcome.FinalScores.MeanAveragePrecision, outcome.BestMeanAveragePrecision);
        using var again = new TinyMachines();
        WeightLoader.Load(again, outcome.BestWeightsFile!);
        again.eval();
        Assert.Equal(outcome.FinalScores.MeanAveragePrecision, DetectorEvaluation.Run(again, validation).Scores.MeanAveragePrecision);
    }

    [Theory]
    [InlineData("Fitting 2-svm.")]
    [InlineData("Fitting 3-boxes.")]
    public void A_training_that_is_cut_between_two_stages_and_resumed_ends_in_the_same_weights(string cutAt)
    {
        var training = images.Draw(seed: 1, count: 16);
        var whole = Path.Combine(folder, "whole");
        using var model = Trained(training, 12, out _, whole);
        var cut = Path.Combine(folder, "cut");
        using (var stop = new CancellationTokenSource())
        {
            using var first = Trained(training, 12, out var stopped, cut, message => { if (message == cutAt) { stop.Cancel(); } }, stop.Token);
            Assert.Equal(TrainingEnd.Cancelled, stopped.End);
            Assert.False(File.Exists(Path.Combine(cut, "final.safetensors")));
        }
        var messages = new List<string>();
        using var resumed = Trained(training, 12, out var outcome, cut, messages.Add, resume: true);

        Assert.Equal(TrainingEnd.Completed, outcome.End);
        Assert.Contains("Resumed after 12 of 12 steps.", messages);
        Assert.Equal(cutAt == "Fitting 2-svm.", messages.Contains("Fitting 2-svm."));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "final.safetensors")), File.ReadAllBytes(Path.Combine(cut, "final.safetensors")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_pass_for_machines_that_is_cut_and_resumed_ends_in_the_same_weights(int images)
    {
        var training = this.images.Draw(seed: 1, count: 16);
        var whole = Path.Combine(folder, "whole");
        using var model = Trained(training, 12, out _, whole);
        var cut = Path.Combine(folder, "cut");
        using (var clock = new StoppingClock(images))
        {
            using var first = Trained(
                training, 12, out var stopped, cut, message => clock.IsRunning |= message.StartsWith("Support vector machines", StringComparison.Ordinal), clock.Stopped, clock: clock);
            Assert.Equal(TrainingEnd.Cancelled, stopped.End);
        }
        var kept = Path.Combine(cut, "2-svm.partial.safetensors");
        Assert.True(File.Exists(kept));
        var messages = new List<string>();
        using var resumed = Trained(training, 12, out var outcome, cut, messages.Add, resume: true);

        Assert.Equal(TrainingEnd.Completed, outcome.End);
        Assert.Contains($"Resumed after {images} of 16 images.", messages);
        Assert.False(File.Exists(kept));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "final.safetensors")), File.ReadAllBytes(Path.Combine(cut, "final.safetensors")));
    }

    [Fact]
    public void A_damaged_state_of_a_pass_is_told_and_begins_it_anew()
    {
        var training = images.Draw(seed: 1, count: 16);
        var output = Path.Combine(folder, "run");
        using (var clock = new StoppingClock(4))
        {
            using var first = Trained(
                training, 6, out _, output, message => clock.IsRunning |= message.StartsWith("Support vector machines", StringComparison.Ordinal), clock.Stopped, clock: clock);
        }
        File.WriteAllText(Path.Combine(output, "2-svm.partial.safetensors"), "no state");
        var messages = new List<string>();
        using var resumed = Trained(training, 6, out var outcome, output, messages.Add, resume: true);
        Assert.Equal(TrainingEnd.Completed, outcome.End);
        Assert.Contains(messages, message => message.EndsWith("The pass begins anew.", StringComparison.Ordinal));
        Assert.DoesNotContain(messages, message => message.StartsWith("Resumed after", StringComparison.Ordinal) && message.EndsWith("images.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_or_foreign_file_of_a_stage_is_fitted_again_with_the_same_result()
    {
        var training = images.Draw(seed: 1, count: 16);
        var output = Path.Combine(folder, "run");
        using var model = Trained(training, 6, out var outcome, output);
        var before = File.ReadAllBytes(outcome.WeightsFile);
        File.WriteAllText(Path.Combine(output, "2-svm.safetensors"), "no weights");
        var messages = new List<string>();
        using var resumed = Trained(training, 6, out var again, output, messages.Add, resume: true);

        Assert.Contains("Fitting 2-svm.", messages);
        Assert.DoesNotContain("Fitting 3-boxes.", messages);
        Assert.Equal(before, File.ReadAllBytes(again.WeightsFile));
    }

    [Fact]
    public void The_head_of_boxes_does_not_learn_with_the_network()
    {
        var training = images.Draw(seed: 1, count: 8);
        random.manual_seed(3);
        using var untrained = new TinyRcnn();
        var start = Values(untrained, "boxes_box");
        using var stop = new CancellationTokenSource();
        using var model = Trained(training, 4, out _, null, message => { if (message == "Fitting 2-svm.") { stop.Cancel(); } }, stop.Token);

        Assert.Equal(start, Values(model, "boxes_box"));
        Assert.NotEqual(Values(untrained, "fc"), Values(model, "fc"));
    }

    [Fact]
    public void Machines_that_were_never_trained_score_nothing()
    {
        using var model = new TinyRcnn();
        model.eval();
        var image = RgbImage.Load(images.Draw(seed: 1, count: 1).Samples[0].ImagePath);
        Assert.False(model.Machines!.IsTrained);
        var error = Assert.Throws<InvalidOperationException>(() => model.Detect([image], [[new Box(2, 2, 20, 20)]]));
        Assert.Contains("neither been trained nor loaded", error.Message);
        Assert.Equal(["svm.bias", "svm.scale", "svm.weight"], model.state_dict().Keys.Where(key => key.StartsWith("svm", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Regions_in_several_passes_get_what_they_get_in_one()
    {
        using var model = new TinyRcnn();
        model.eval();
        model.Machines!.SetScale(1);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var input = rand(1, 3, 64, 64);
        // More than the 16 that go at once.
        var regions = cat([zeros(37, 1), rand(37, 2) * 30, rand(37, 2) * 30 + 34], 1);
        var whole = model.Classify(0, model.Extract(input), regions).MachineScores!;
        using var output = model.Infer(input, [new BatchImage(64, 64)], regions);
        Assert.True(whole.allclose(output.Scores, 1e-5, 1e-6));
    }

    private TinyRcnn Trained(
        DetectionDataset data, int iterations, out TrainingOutcome outcome, string? output = null, Action<string>? message = null, CancellationToken cancellation = default,
        bool resume = false, TimeProvider? clock = null)
    {
        var recipe = new TinyRcnnTraining();
        random.manual_seed(recipe.Settings.Seed);
        var model = new TinyRcnn();
        var source = new BatchLoaderSource(
            data, model.Card, recipe.Settings, workers: 1, options: new BatchLoaderOptions { Proposals = JitteredProposals.Of(data, 5) });
        using var run = new TrainingRun(
            recipe.Settings,
            new TrainingRunOptions
            {
                OutputFolder = output ?? folder, Length = TrainingLength.OfIterations(iterations), Message = message, Cancellation = cancellation, Resume = resume,
                Clock = clock ?? TimeProvider.System,
            },
            source);
        outcome = recipe.Run(model, run);
        model.eval();
        return model;
    }

    // A pass asks for the time once an image: before image n it is stopped.
    private sealed class StoppingClock(int images) : TimeProvider, IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private int asked;

        public bool IsRunning { get; set; }

        public CancellationToken Stopped => stop.Token;

        public override long GetTimestamp()
        {
            if (IsRunning && ++asked > images - 1)
            {
                stop.Cancel();
            }
            return base.GetTimestamp();
        }

        public void Dispose() => stop.Dispose();
    }

    private static byte[] Values(nn.Module model, string layer) =>
        [.. model.named_parameters().Where(p => p.name.StartsWith(layer + ".", StringComparison.Ordinal)).SelectMany(p => p.parameter.detach().contiguous().bytes.ToArray())];
}
