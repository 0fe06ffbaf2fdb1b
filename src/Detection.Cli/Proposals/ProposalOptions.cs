// --proposals: where the regions of a detector come from that is given them, compared with what the model needs.
using System.CommandLine;
using Detection.Runtime;
using Detection.Spec.Compilation;

namespace Detection.Cli;

/// <summary>The option of given regions, for the verbs that train, measure and predict.</summary>
/// <param name="trains">The verb trains: a detector that proposes its own regions learns to.</param>
internal sealed class ProposalOptions(bool trains = false)
{
    private readonly Option<string[]> proposals = new("--proposals")
    {
        HelpName = "FILE|selective-search",
        Description = "Regions to look at, for a detector that is given them (R-CNN, Fast R-CNN): files that 'detgen propose' or another program has written, each with "
            + "--proposals before it, or selective-search to search for them now.",
    };

    public Option Option => proposals;

    /// <summary>The source of regions of a command line; null where the detector proposes its own.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="entry">The model.</param>
    /// <param name="compile">Compiles the model's spec.</param>
    /// <exception cref="UsageException">The model needs regions and there are none, or it looks at none.</exception>
    /// <exception cref="DatasetException">A file cannot be read.</exception>
    public RegionSource? Read(ParseResult parsed, ModelEntry entry, Func<CompiledModel> compile)
    {
        var given = parsed.GetValue(proposals) ?? [];
        var limit = entry.Card.Kind == ModelKind.TwoStage ? compile().TwoStage?.GivenRegions : null;
        if (given.Length == 0)
        {
            return limit is null ? null : throw new UsageException(
                $"{entry.Card.Name} looks at regions that it is given: say where from with --proposals selective-search, or with --proposals FILE, a file of 'detgen propose' or of another program.");
        }
        if (entry.Card.Kind != ModelKind.TwoStage)
        {
            throw new UsageException($"{entry.Card.Name} looks at no regions; --proposals is for two-stage detectors.");
        }
        if (trains && limit is null)
        {
            throw new UsageException($"{entry.Card.Name} proposes its regions itself, and learns to; --proposals is for detectors that are given them.");
        }
        if (given.Length > 1 && given.Contains(RegionSource.SelectiveSearchName))
        {
            throw new UsageException($"--proposals {RegionSource.SelectiveSearchName} stands alone: regions come from a search or from files.");
        }
        return RegionSource.Open(given, (int?)limit);
    }
}
