// Loading and saving: round trips, renames, conversions, and refusals that leave the model untouched.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class WeightLoaderTests
{
    private static Dictionary<string, float[]> Values(nn.Module module) =>
        module.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.to(ScalarType.Float32).Floats());

    private static void AssertUntouched(nn.Module module, Action attempt)
    {
        var before = Values(module);
        attempt();
        var after = Values(module);
        Assert.All(before, entry => Assert.Equal(entry.Value, after[entry.Key]));
    }

    private static StoredTensor[] Stored(nn.Module module) => [.. module.state_dict().Select(entry => StoredTensor.From(entry.Key, entry.Value))];

    [Fact]
    public void The_bytes_of_a_large_file_are_given_back_once_they_are_copied()
    {
        using var folder = new TemporaryFolder();
        using var model = nn.Linear(4096, 4096, hasBias: false);
        Safetensors.Write(folder["large.safetensors"], Stored(model));
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = GC.GetTotalMemory(forceFullCollection: false);
        WeightLoader.Load(model, folder["large.safetensors"]);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: false) - before, long.MinValue, 16 << 20);
    }

    [Fact]
    public void What_is_saved_is_loaded_into_another_instance()
    {
        using var folder = new TemporaryFolder();
        using TinySsd first = new(), second = new();
        Assert.NotEqual(Values(first)["scores.weight"], Values(second)["scores.weight"]);
        WeightLoader.Save(first, first.Card, folder["tiny.safetensors"]);
        var report = WeightLoader.Load(second, folder["tiny.safetensors"]);
        Assert.Equal(16, report.Tensors);
        Assert.Equal(Values(first).Values.Sum(v => v.Length), report.Values);
        Assert.Empty(report.Converted);
        Assert.Empty(report.CountersNotInFile);
        var loaded = Values(second);
        Assert.All(Values(first), entry => Assert.Equal(entry.Value, loaded[entry.Key]));
        Assert.Equal(["tiny.safetensors"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Parameters_still_train_after_loading()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinySsd();
        WeightLoader.Save(model, model.Card, folder["a"]);
        WeightLoader.Load(model, folder["a"]);
        using var scope = NewDisposeScope();
        var output = model.call(randn(1, 3, 16, 24));
        (output.ClassLogits.sum() + output.BoxDeltas.sum()).backward();
        Assert.All(model.parameters(), p => Assert.NotNull(p.grad));
    }

    [Fact]
    public void Weights_of_another_model_are_refused_with_every_key_and_change_nothing()
    {
        using var folder = new TemporaryFolder();
        using TinySsd narrow = new(), wide = new(channels: 5);
        var other = Stored(wide).Where(t => !t.Name.StartsWith("boxes.", StringComparison.Ordinal)).Append(
            StoredTensor.From("landmarks.weight", wide.state_dict()["scores.weight"])).Append(StoredTensor.From("landmarks.bias", wide.state_dict()["scores.bias"]));
        Safetensors.Write(folder["other.safetensors"], other);
        AssertUntouched(narrow, () =>
        {
            var error = Assert.Throws<WeightMismatchException>(() => WeightLoader.Load(narrow, folder["other.safetensors"]));
            Assert.Equal(["boxes.bias", "boxes.weight"], error.Missing.ToArray());
            Assert.Equal(["landmarks.bias", "landmarks.weight"], error.Extra.ToArray());
            Assert.Equal(
                [
                    "base_net.0.0.0.weight", "base_net.0.0.1.bias", "base_net.0.0.1.running_mean", "base_net.0.0.1.running_var", "base_net.0.0.1.weight",
                    "base_net.0.1.0.weight",
                ], error.Misshapen.ToArray());
            Assert.Equal(string.Join(Environment.NewLine,
                $"{folder["other.safetensors"]}: the weights do not fit tiny-ssd; nothing was loaded.",
                "  missing from the file (2):", "    boxes.bias", "    boxes.weight",
                "  not in the model (2):", "    landmarks.bias", "    landmarks.weight",
                "  different (6):",
                "    base_net.0.0.0.weight: [5, 3, 3, 3] in the file, [8, 3, 3, 3] in the model",
                "    base_net.0.0.1.bias: [5] in the file, [8] in the model",
                "    base_net.0.0.1.running_mean: [5] in the file, [8] in the model",
                "    base_net.0.0.1.running_var: [5] in the file, [8] in the model",
                "    base_net.0.0.1.weight: [5] in the file, [8] in the model",
                "    base_net.0.1.0.weight: [8, 5, 3, 3] in the file, [8, 8, 3, 3] in the model"), error.Message);
        });
    }

    [Fact]
    public void Whole_numbers_do_not_become_weights()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinySsd();
        Safetensors.Write(folder["a"], Stored(model).Select(t => t.Name == "boxes.bias" ? t with { DataType = StoredDataType.Int32 } : t));
        AssertUntouched(model, () => Assert.Contains("boxes.bias: Int32 in the file, Float32 in the model",
            Assert.Throws<WeightMismatchException>(() => WeightLoader.Load(model, folder["a"])).Message));
    }

    [Fact]
    public void Other_floating_point_types_are_converted_and_reported()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinySsd();
        using var half = model.state_dict()["boxes.weight"].detach().to(ScalarType.Float16);
        Safetensors.Write(folder["a"], Stored(model).Select(t => t.Name == "boxes.weight" ? StoredTensor.From(t.Name, half) : t));
        var report = WeightLoader.Load(model, folder["a"]);
        Assert.Equal(["boxes.weight"], report.Converted.ToArray());
        Assert.Equal(half.to(ScalarType.Float32).Floats(), Values(model)["boxes.weight"]);
    }

    [Fact]
    public void Batch_counters_may_be_missing_extra_or_of_one_element()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinySsd();
        var counter = StoredTensor.From("base_net.0.0.1.num_batches_tracked", tensor([12L], [1]));
        Safetensors.Write(folder["a"], Stored(model).Where(t => !t.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .Append(counter).Append(counter with { Name = "elsewhere.num_batches_tracked" }));
        var report = WeightLoader.Load(model, folder["a"]);
        Assert.Equal(["base_net.0.1.1.num_batches_tracked"], report.CountersNotInFile.ToArray());
        Assert.Equal([12f], Values(model)["base_net.0.0.1.num_batches_tracked"]);
    }

    [Fact]
    public void Prefixes_of_foreign_names_are_mapped_the_first_that_matches()
    {
        using var folder = new TemporaryFolder();
        using TinySsd first = new(), second = new();
        Safetensors.Write(folder["a"], Stored(first).Select(t => t with
        {
            Name = t.Name.StartsWith("base_net", StringComparison.Ordinal) ? "module.backbone" + t.Name["base_net".Length..] : "module." + t.Name,
        }));
        Assert.DoesNotContain("rename", Assert.Throws<WeightMismatchException>(() => WeightLoader.Load(second, folder["a"])).Message);
        WeightLoader.Load(second, folder["a"], new() { Renames = [new("module.backbone.", "base_net."), new("module.", "")] });
        Assert.Equal(Values(first)["base_net.0.1.0.weight"], Values(second)["base_net.0.1.0.weight"]);
        Assert.Equal(Values(first)["scores.bias"], Values(second)["scores.bias"]);
        Assert.Contains("both become 'x", Assert.Throws<WeightFileException>(() => WeightLoader.Load(second, folder["a"], new()
        {
            Renames = [new("module.scores.", "x."), new("module.boxes.", "x.")],
        })).Message);
    }

    [Fact]
    public void A_prefix_before_all_keys_is_pointed_out()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinySsd();
        Safetensors.Write(folder["a"], Stored(model).Select(t => t with { Name = "module." + t.Name }));
        Assert.EndsWith("Every missing key is in the file with 'module.' before it: rename that prefix.",
            Assert.Throws<WeightMismatchException>(() => WeightLoader.Load(model, folder["a"])).Message);
        WeightLoader.Load(model, folder["a"], new() { Renames = [new("module.", "")] });
    }

    public static TheoryData<string, Func<ModelCard, ModelCard>, string> OtherCards => new()
    {
        { "name", c => c with { Name = "other" }, "model: other in the file, tiny-ssd in the model" },
        { "hash", c => c with { SpecHash = "ffff" }, "spec hash: ffff in the file, 0123abcd in the model" },
        { "classes", c => c with { ClassNames = ["cat", "fox"] }, """classes: ["cat","fox"] in the file, ["cat","dog"] in the model""" },
        { "input", c => c with { Input = new(3, 32, 24) }, "input: 3x32x24 in the file, 3x16x24 in the model" },
        { "mean", c => c with { Preprocessing = c.Preprocessing with { Mean = [1, 2, 3] } }, "mean=1,2,3 std=128,128,128 in the file" },
        { "colour", c => c with { Preprocessing = c.Preprocessing with { Color = ColorOrder.Bgr } }, "preprocessing: bgr stretch bilinear" },
    };

    [Theory]
    [MemberData(nameof(OtherCards))]
    public void Metadata_that_says_something_else_is_refused(string what, Func<ModelCard, ModelCard> change, string difference)
    {
        using var folder = new TemporaryFolder();
        using TinySsd model = new(), saved = new();
        WeightLoader.Save(saved, change(model.Card), folder["a"]);
        AssertUntouched(model, () =>
        {
            var error = Assert.Throws<WeightMismatchException>(() => WeightLoader.Load(model, folder["a"]));
            Assert.True(error.Message.Contains(difference), $"{what}: {error.Message}");
            Assert.Contains("nothing was loaded", error.Message);
        });
        WeightLoader.Load(model, folder["a"], new() { IgnoreMetadata = true });
        Assert.Equal(Values(saved)["scores.weight"], Values(model)["scores.weight"]);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinySsd();
        WeightLoader.Save(model, model.Card, folder["a"]);
        var before = File.ReadAllBytes(folder["a"]);
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write(new byte[100]);
            throw new IOException("No space left on device");
        }));
        Assert.Equal(before, File.ReadAllBytes(folder["a"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
        var nowhere = Path.Combine(folder["nowhere"], "a");
        var error = Assert.Throws<IOException>(() => WeightLoader.Save(model, model.Card, nowhere));
        Assert.Equal($"{nowhere}: the file cannot be written: its folder does not exist.", error.Message);
    }

    [Fact]
    public void A_checkpoint_of_PyTorch_loads_into_a_plain_module()
    {
        using var linear = nn.Linear(2, 1);
        var all = WeightFile.Read(RepositoryFiles.Asset("checkpoint-zip.pth"));
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["a"], all.Tensors.Where(t => t.Name is "weight" or "bias"));
        WeightLoader.Load(linear, folder["a"]);
        Assert.Equal([0.25f, -4], linear.weight!.Floats());
        AssertUntouched(linear, () => Assert.Equal(16,
            Assert.Throws<WeightMismatchException>(() => WeightLoader.Load(linear, RepositoryFiles.Asset("checkpoint-zip.pth"))).Extra.Length));
    }
}
