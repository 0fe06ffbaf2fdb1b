// The checkpoints of a run on disk. At every moment at least one complete checkpoint is there; what is found damaged is passed over, aloud.
namespace Detection.Runtime;

/// <summary>
/// The files of a run: <c>checkpoints/last</c>, <c>checkpoints/previous</c>, and for the moment between two renames <c>checkpoints/next</c>.
/// </summary>
internal sealed class CheckpointStore
{
    private readonly string folder;
    private readonly Action<string, RunState> write;

    /// <param name="outputFolder">The run's folder; made when it is not there.</param>
    /// <param name="write">Writes a checkpoint atomically; tests let it fail.</param>
    public CheckpointStore(string outputFolder, Action<string, RunState>? write = null)
    {
        folder = Path.Combine(outputFolder, "checkpoints");
        this.write = write ?? RunStateFile.Write;
        (Next, Last, Previous) = (InFolder("next"), InFolder("last"), InFolder("previous"));
    }

    /// <summary>Complete and not yet in its place.</summary>
    public string Next { get; }

    /// <summary>The newest.</summary>
    public string Last { get; }

    /// <summary>The one before.</summary>
    public string Previous { get; }

    /// <summary>Steps in the newest checkpoint that is known to be good; null when none is.</summary>
    public long? GoodIteration { get; private set; }

    /// <summary>Whether a run was here before.</summary>
    public bool HasAny => Candidates.Any(File.Exists);

    private string[] Candidates => [Next, Last, Previous];

    /// <summary>Makes the folder and removes what a killed process left half written.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Prepare()
    {
        Directory.CreateDirectory(folder);
        foreach (var leftover in Directory.EnumerateFiles(folder, ".*.tmp"))
        {
            File.Delete(leftover);
        }
    }

    /// <summary>The newest good checkpoint, or null where there is none at all.</summary>
    /// <param name="message">Is told about each damaged one.</param>
    /// <exception cref="TrainingStoppedException">There are checkpoints, but none is good.</exception>
    public RunState? Load(Action<string> message)
    {
        var damaged = new List<WeightFileException>();
        foreach (var path in Candidates.Where(File.Exists))
        {
            try
            {
                var state = RunStateFile.Read(path);
                SetAside(damaged, message, state.Iteration);
                GoodIteration = state.Iteration;
                return state;
            }
            catch (WeightFileException e)
            {
                damaged.Add(e);
            }
        }
        return damaged.Count == 0
            ? null
            : throw new TrainingStoppedException(
                $"No checkpoint is good: {string.Join(' ', damaged.Select(e => e.Message))} The run cannot be resumed; start it anew in another folder.",
                lastGoodIteration: null, damaged[0]);
    }

    /// <summary>Saves a checkpoint; what was the last becomes the previous one.</summary>
    /// <exception cref="IOException">It could not be written; the checkpoint before is untouched.</exception>
    public void Save(RunState state)
    {
        write(Next, state);
        Rotate();
        GoodIteration = state.Iteration;
    }

    /// <summary>Like <see cref="Save"/> on a full disk: gives up the previous checkpoint for the new one, as long as the last is good.</summary>
    /// <exception cref="IOException">It could not be written; the last checkpoint is untouched.</exception>
    public void SaveInPlaceOfPrevious(RunState state)
    {
        if (GoodIteration is not null && File.Exists(Last))
        {
            File.Delete(Previous);
        }
        Save(state);
    }

    private void Rotate()
    {
        if (File.Exists(Last))
        {
            File.Move(Last, Previous, overwrite: true);
        }
        File.Move(Next, Last, overwrite: true);
        DurableFolder.Flush(folder);
    }

    // Out of the way, or the next save would put a damaged checkpoint in the place of a good one.
    private void SetAside(List<WeightFileException> damaged, Action<string> message, long iteration)
    {
        foreach (var problem in damaged)
        {
            var kept = problem.Path + ".damaged";
            File.Move(problem.Path, kept, overwrite: true);
            message($"The checkpoint {problem.Message} It was kept as {Path.GetFileName(kept)}; the one before it, of iteration {iteration}, is used.");
        }
        if (File.Exists(Next))
        {
            Rotate();
        }
    }

    private string InFolder(string name) => Path.Combine(folder, name + ".safetensors");
}
