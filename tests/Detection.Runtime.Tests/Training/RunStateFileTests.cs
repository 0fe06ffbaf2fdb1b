// Checkpoint files: exact round trip; whatever was cut off or flipped is found out.
using System.Buffers.Binary;
using Xunit;

namespace Detection.Runtime.Tests;

public class RunStateFileTests
{
    internal static RunState State(long iteration) => new()
    {
        Iteration = iteration,
        Plan = TrainingPlan.Of(1000).Revise(3, 900),
        Seconds = 1.0 / 3,
        ValidationSeconds = 0.1,
        BestScore = 2.0 / 3,
        BestIteration = 5,
        PendingLosses = [1.5f, 0.1f, float.Epsilon],
        Model =
        [
            new StoredTensor("a.weight", StoredDataType.Float32, [2, 2], new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }),
            new StoredTensor("a.num_batches_tracked", StoredDataType.Int64, [], new byte[] { 9, 0, 0, 0, 0, 0, 0, 0 }),
        ],
        Optimizer = new byte[] { 1, 2, 3 },
        Random = new byte[] { 255, 0, 255, 0, 1 },
        Identity = new Dictionary<string, string> { ["model"] = "x+ä\"", ["seed"] = "1" },
    };

    internal static void AssertSame(RunState expected, RunState actual)
    {
        Assert.Equal(
            (expected.Iteration, expected.Plan?.ToString(), expected.Seconds, expected.ValidationSeconds, expected.BestScore, expected.BestIteration),
            (actual.Iteration, actual.Plan?.ToString(), actual.Seconds, actual.ValidationSeconds, actual.BestScore, actual.BestIteration));
        Assert.Equal(expected.PendingLosses.ToArray(), actual.PendingLosses.ToArray());
        Assert.Equal(expected.Optimizer.ToArray(), actual.Optimizer.ToArray());
        Assert.Equal(expected.Random.ToArray(), actual.Random.ToArray());
        Assert.Equal(expected.Identity.OrderBy(e => e.Key), actual.Identity.OrderBy(e => e.Key));
        Assert.Equal(
            expected.Model.OrderBy(t => t.Name).Select(t => (t.Name, t.DataType, string.Join(' ', t.Shape), Convert.ToHexString(t.Bytes.Span))),
            actual.Model.OrderBy(t => t.Name).Select(t => (t.Name, t.DataType, string.Join(' ', t.Shape), Convert.ToHexString(t.Bytes.Span))));
    }

    [Fact]
    public void A_state_is_read_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        foreach (var state in new[] { State(7), State(0) with { Plan = null, BestScore = null, BestIteration = null, PendingLosses = [], Optimizer = default } })
        {
            RunStateFile.Write(folder["c"], state);
            AssertSame(state, RunStateFile.Read(folder["c"]));
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        RunStateFile.Write(folder["c"], State(7));
        var whole = File.ReadAllBytes(folder["c"]);
        for (var length = 0; length < whole.Length; length++)
        {
            folder.Write("cut", whole[..length]);
            Assert.Throws<WeightFileException>(() => RunStateFile.Read(folder["cut"]));
        }
        folder.Write("longer", [.. whole, 0]);
        Assert.Throws<WeightFileException>(() => RunStateFile.Read(folder["longer"]));
        // What a power failure leaves: the length is right, the end is zeros.
        foreach (var written in new[] { 4, 100, whole.Length / 2, whole.Length - 1 })
        {
            folder.Write("zeros", [.. whole[..written], .. new byte[whole.Length - written]]);
            Assert.Throws<WeightFileException>(() => RunStateFile.Read(folder["zeros"]));
        }
    }

    [Fact]
    public void A_flipped_bit_is_found_out()
    {
        using var folder = new TemporaryFolder();
        var state = State(7);
        RunStateFile.Write(folder["c"], state);
        var whole = File.ReadAllBytes(folder["c"]);
        var headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        var unnoticed = 0;
        for (var bit = 0; bit < 8 * whole.Length; bit += bit / 8 < headerEnd ? 3 : 1)
        {
            whole[bit / 8] ^= (byte)(1 << bit % 8);
            folder.Write("flipped", whole);
            try
            {
                // An escape of the JSON header may be spelt in another way; then the content is the same.
                AssertSame(state, RunStateFile.Read(folder["flipped"]));
                unnoticed++;
                Assert.True(bit / 8 < headerEnd);
            }
            catch (WeightFileException)
            {
            }
            whole[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.InRange(unnoticed, 0, 8);
    }

    [Fact]
    public void A_weight_file_is_no_checkpoint()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["w"], State(1).Model);
        Assert.Contains("checksum", Assert.Throws<WeightFileException>(() => RunStateFile.Read(folder["w"])).Message);
        RunStateFile.WriteChecked(folder["v"], State(1).Model, new Dictionary<string, string>());
        Assert.Contains("version", Assert.Throws<WeightFileException>(() => RunStateFile.Read(folder["v"])).Message);
    }
}
