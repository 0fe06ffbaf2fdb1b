// Which checkpoint is used after what kind of accident.
using Xunit;

namespace Detection.Runtime.Tests;

public class CheckpointStoreTests
{
    private static CheckpointStore Store(TemporaryFolder folder, params long[] saved)
    {
        var store = new CheckpointStore(folder.Path);
        store.Prepare();
        foreach (var iteration in saved)
        {
            store.Save(RunStateFileTests.State(iteration));
        }
        return store;
    }

    private static void Damage(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static (long? Iteration, List<string> Messages) Load(TemporaryFolder folder)
    {
        var messages = new List<string>();
        return (new CheckpointStore(folder.Path).Load(messages.Add)?.Iteration, messages);
    }

    [Fact]
    public void Nothing_there_is_no_accident()
    {
        using var folder = new TemporaryFolder();
        Assert.False(Store(folder).HasAny);
        Assert.Equal((null, 0), (Load(folder).Iteration, Load(folder).Messages.Count));
    }

    [Fact]
    public void The_newest_is_used_and_the_one_before_is_kept()
    {
        using var folder = new TemporaryFolder();
        var store = Store(folder, 10, 20, 30);
        Assert.Equal(30, Load(folder).Iteration);
        Assert.Equal(20, RunStateFile.Read(store.Previous).Iteration);
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(store.Last)!).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void A_torn_newest_is_told_and_the_one_before_is_used(double share)
    {
        using var folder = new TemporaryFolder();
        var store = Store(folder, 10, 20);
        var whole = File.ReadAllBytes(store.Last);
        File.WriteAllBytes(store.Last, whole[..(int)(share * whole.Length)]);
        var (iteration, messages) = Load(folder);
        Assert.Equal(10, iteration);
        Assert.Contains("last.safetensors", Assert.Single(messages));
        Assert.Contains("iteration 10", messages[0]);
    }

    [Fact]
    public void A_damaged_newest_never_takes_the_place_of_the_good_one()
    {
        using var folder = new TemporaryFolder();
        var store = Store(folder, 10, 20);
        Damage(store.Last);
        var resumed = new CheckpointStore(folder.Path);
        Assert.Equal(10, resumed.Load(_ => { })!.Iteration);
        resumed.Save(RunStateFileTests.State(11));
        Assert.Equal((11, 10), (RunStateFile.Read(resumed.Last).Iteration, RunStateFile.Read(resumed.Previous).Iteration));
        Assert.True(File.Exists(store.Last + ".damaged"));
    }

    [Fact]
    public void All_damaged_is_an_error_that_names_them()
    {
        using var folder = new TemporaryFolder();
        var store = Store(folder, 10, 20);
        Damage(store.Last);
        Damage(store.Previous);
        var error = Assert.Throws<TrainingStoppedException>(() => Load(folder));
        Assert.Contains("last.safetensors", error.Message);
        Assert.Contains("previous.safetensors", error.Message);
        Assert.Null(error.LastGoodIteration);
    }

    [Fact]
    public void Killed_between_the_two_renames_the_complete_new_one_is_used()
    {
        using var folder = new TemporaryFolder();
        var store = Store(folder, 10, 20);
        RunStateFile.Write(store.Next, RunStateFileTests.State(30));
        Assert.Equal(30, Load(folder).Iteration);
        File.Move(store.Last, store.Previous, overwrite: true);
        Assert.Equal(30, Load(folder).Iteration);
        // And goes on from there.
        var resumed = new CheckpointStore(folder.Path);
        resumed.Load(_ => { });
        resumed.Save(RunStateFileTests.State(40));
        Assert.Equal((40, 30), (RunStateFile.Read(store.Last).Iteration, RunStateFile.Read(store.Previous).Iteration));
    }

    [Fact]
    public void Half_written_files_of_a_killed_process_are_removed()
    {
        using var folder = new TemporaryFolder();
        var store = Store(folder, 10);
        var leftover = Path.Combine(Path.GetDirectoryName(store.Last)!, ".next.safetensors.0123.tmp");
        File.WriteAllText(leftover, "half");
        new CheckpointStore(folder.Path).Prepare();
        Assert.False(File.Exists(leftover));
        Assert.Equal(10, Load(folder).Iteration);
    }
}
