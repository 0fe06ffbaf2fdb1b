// Weights of another model as a start: what is taken, what is said, and that it helps.
using Detection.Runtime.TrainingHost;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class MatchingWeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly int threads = get_num_threads();

    public MatchingWeightsTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(threads);
        folder.Dispose();
    }

    private static float[] Values(nn.Module module, string key) => module.state_dict()[key].Floats();

    private string Saved(SmallSsd model, string name)
    {
        WeightLoader.Save(model, model.Card, folder[name]);
        return folder[name];
    }

    [Fact]
    public void What_fits_by_name_and_shape_is_taken_and_the_rest_is_named()
    {
        using SmallSsd two = new(), three = new("red", "white", "blue");
        var before = Values(three, "scores.weight");
        var report = WeightLoader.LoadMatching(three, Saved(two, "two.safetensors"));
        Assert.Equal(["scores.bias", "scores.weight"], report.New.ToArray());
        Assert.Equal(
            ["scores.bias: [6] in the file, [8] in the model", "scores.weight: [6, 16, 3, 3] in the file, [8, 16, 3, 3] in the model"],
            report.Skipped.Select(skipped => $"{skipped.Key}: {skipped.Reason}"));
        Assert.Contains("stem.weight", report.Loaded);
        Assert.Contains("norm.running_mean", report.Loaded);
        Assert.Equal("small-ssd", report.Model);
        Assert.Equal(Values(two, "body.weight"), Values(three, "body.weight"));
        Assert.Equal(before, Values(three, "scores.weight"));
        Assert.Equal(three.state_dict().Where(entry => !entry.Key.StartsWith("scores", StringComparison.Ordinal)).Sum(entry => entry.Value.numel()), report.LoadedValues);
        Assert.Contains("tensors taken", report.ToString());
        Assert.Contains("2 new, 2 skipped", report.ToString());
        Assert.Contains("skipped: scores.bias: [6] in the file, [8] in the model", report.ToString());
    }

    [Fact]
    public void What_the_model_lacks_is_skipped_and_what_the_file_lacks_is_new()
    {
        using var model = new SmallSsd();
        var tensors = model.state_dict().Where(entry => entry.Key.StartsWith("stem", StringComparison.Ordinal))
            .Select(entry => StoredTensor.From(entry.Key, entry.Value)).Append(new StoredTensor("other.weight", StoredDataType.Float32, [1], new byte[4]));
        Safetensors.Write(folder["part.safetensors"], tensors, new Dictionary<string, string>());
        var report = WeightLoader.LoadMatching(model, folder["part.safetensors"]);
        Assert.Equal(["stem.weight"], report.Loaded.ToArray());
        Assert.Equal([new SkippedWeight("other.weight", "not in the model")], report.Skipped.ToArray());
        Assert.Contains("boxes.bias", report.New);
        Assert.DoesNotContain("norm.num_batches_tracked", report.New);
        Assert.Null(report.Model);
    }

    [Fact]
    public void Layers_with_keys_of_their_own_are_enough()
    {
        using var trained = new ConvBlock(3, 8);
        using var model = new ConvBlock(3, 8);
        var tensors = trained.state_dict().Where(entry => entry.Key == "0.weight").Select(entry => StoredTensor.From(entry.Key, entry.Value));
        Safetensors.Write(folder["part.safetensors"], tensors, new Dictionary<string, string>());
        Assert.Equal(["0.weight"], WeightLoader.LoadMatching(model, folder["part.safetensors"]).Loaded.ToArray());
        Assert.Equal(Values(trained, "0.weight"), Values(model, "0.weight"));
    }

    [Fact]
    public void Nothing_that_fits_is_an_error_with_a_reason_and_changes_nothing()
    {
        using var model = new SmallSsd();
        var before = Values(model, "stem.weight");
        WeightMismatchException Refused(Func<string, Tensor, StoredTensor?> change)
        {
            Safetensors.Write(
                folder["x.safetensors"], model.state_dict().Select(entry => change(entry.Key, entry.Value)).OfType<StoredTensor>(), new Dictionary<string, string>());
            return Assert.Throws<WeightMismatchException>(() => WeightLoader.LoadMatching(model, folder["x.safetensors"]));
        }

        using var scope = NewDisposeScope();
        Assert.Contains("with 'module.' before it: rename that prefix", Refused((key, value) => StoredTensor.From("module." + key, value)).Message);
        Assert.Contains("agree, but not in their shapes", Refused((key, value) => StoredTensor.From(key, cat([value.reshape(-1), value.reshape(-1)]))).Message);
        Assert.Contains("keys such as 'x.body.bias', the model such as 'body.bias'", Refused((key, value) => StoredTensor.From($"x.{key}.".TrimEnd('.').Replace("weight", "w"), value)).Message);
        Assert.Contains("has no tensors", Refused((_, _) => null).Message);
        // Statistics without a single parameter are no weights.
        Assert.Contains("none of the weights fits", Refused((key, value) => key.StartsWith("norm.", StringComparison.Ordinal) && key.Contains("running") ? StoredTensor.From(key, value) : null).Message);
        Assert.Equal(before, Values(model, "stem.weight"));
    }

    [Fact]
    public void A_prefix_can_be_renamed()
    {
        using SmallSsd first = new(), second = new();
        Safetensors.Write(
            folder["wrapped.safetensors"], first.state_dict().Select(entry => StoredTensor.From("module." + entry.Key, entry.Value)), new Dictionary<string, string>());
        var report = WeightLoader.LoadMatching(second, folder["wrapped.safetensors"], new KeyPrefix("module.", ""));
        Assert.Empty(report.New);
        Assert.Equal(Values(first, "scores.weight"), Values(second, "scores.weight"));
    }

    [Fact]
    public void From_weights_of_other_classes_a_model_learns_faster_than_from_scratch()
    {
        double LossAfter(string name, long steps, SmallSsd model)
        {
            var options = new TrainingRunOptions { OutputFolder = folder[name], Length = TrainingLength.OfIterations(steps), ReportEvery = 10 };
            using var run = new TrainingRun(SmallTraining.Settings, options, new RectangleBatches());
            return TrainingLog.Read(SmallTraining.Run(model, run).LogFile).Last().Loss;
        }

        using var first = SmallTraining.NewModel();
        LossAfter("first", 300, first);
        using SmallSsd fromScratch = SmallTraining.NewModel("a", "b", "c"), fromWeights = SmallTraining.NewModel("a", "b", "c");
        WeightLoader.LoadMatching(fromWeights, Path.Combine(folder["first"], "final.safetensors"));
        var (scratch, started) = (LossAfter("scratch", 60, fromScratch), LossAfter("started", 60, fromWeights));
        Assert.True(started < 0.8 * scratch, $"{started} from weights, {scratch} from scratch");
    }
}
