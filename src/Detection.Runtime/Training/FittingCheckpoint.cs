// How far a fit to a network's features has come: kept now and then in a file of the output folder, so that an interrupted pass over the images goes on.
using System.Globalization;

namespace Detection.Runtime;

/// <summary>What a fit keeps between two images.</summary>
/// <param name="NextImage">Images that are done.</param>
/// <param name="Tensors">All that the rest of the pass depends on.</param>
public sealed record FittingState(int NextImage, IReadOnlyList<StoredTensor> Tensors)
{
    /// <summary>The values of a tensor.</summary>
    internal T[] Values<T>(string name)
        where T : unmanaged => Tensors.Single(tensor => tensor.Name == name).Values<T>();
}

/// <summary>The file of one fit.</summary>
public sealed class FittingCheckpoint
{
    private const string Format = "detection-gen-fitting-state";

    private readonly string path;
    private readonly string identity;
    private readonly TimeSpan interval;
    private readonly TimeProvider clock;
    private readonly Action<Action> write;
    private readonly Action<string>? message;
    private long keptAt;

    /// <param name="path">The file.</param>
    /// <param name="identity">What is fitted, to which images, regions and network: a file of anything else is not taken.</param>
    /// <param name="interval">How old the last state becomes before another is kept.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="write">Carries out the writing, and turns its failures into the run's.</param>
    /// <param name="message">Receives one-line messages.</param>
    internal FittingCheckpoint(string path, string identity, TimeSpan interval, TimeProvider clock, Action<Action> write, Action<string>? message)
    {
        (this.path, this.identity, this.interval, this.clock, this.write, this.message) = (path, identity, interval, clock, write, message);
        keptAt = clock.GetTimestamp();
    }

    /// <summary>Whether what an earlier run kept is taken up.</summary>
    internal bool IsResumed { get; init; }

    /// <summary>What an earlier run kept of the same fit; null when there is nothing, or something else.</summary>
    public FittingState? Read()
    {
        if (!IsResumed || !File.Exists(path))
        {
            return null;
        }
        try
        {
            var file = RunStateFile.ReadChecked(path);
            return file.Metadata.GetValueOrDefault("format") == Format && file.Metadata.GetValueOrDefault("data") == identity
                ? new FittingState(int.Parse(file.Metadata["image"], CultureInfo.InvariantCulture), [.. file.Tensors])
                : throw new WeightFileException(path, "belongs to another network, or to other images.");
        }
        catch (WeightFileException e)
        {
            message?.Invoke($"{e.Message} The pass begins anew.");
            return null;
        }
    }

    /// <summary>Keeps a state when the last one is old.</summary>
    /// <param name="state">Makes the state; called only when it is kept.</param>
    /// <param name="now">Keep it however young the last one is.</param>
    public void Keep(Func<FittingState> state, bool now = false)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!now && clock.GetElapsedTime(keptAt) < interval)
        {
            return;
        }
        var current = state();
        write(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            RunStateFile.WriteChecked(path, current.Tensors, new Dictionary<string, string>
            {
                ["format"] = Format,
                ["data"] = identity,
                ["image"] = current.NextImage.ToString(CultureInfo.InvariantCulture),
            });
        });
        keptAt = clock.GetTimestamp();
    }

    /// <summary>Deletes the file: the fit is done.</summary>
    internal void Remove() => File.Delete(path);
}
