// --multi-scale, --merge and --no-flip: read, compared with what the model's spec allows, put around the detector.
using System.Collections.Immutable;
using System.CommandLine;
using Detection.Runtime;
using Detection.Spec.Compilation;

namespace Detection.Cli;

/// <summary>The options of testing at several sizes, for the verbs that detect.</summary>
internal sealed class MultiScaleOptions
{
    private readonly Option<string?> scales = CommonOptions.MultiScale();
    private readonly Option<string?> merge = CommonOptions.Merge();
    private readonly Option<bool> noFlip = CommonOptions.NoFlip();

    public IEnumerable<Option> All => [scales, merge, noFlip];

    /// <summary>The settings of a command line; null for a test at the model's own size.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="entry">The model.</param>
    /// <param name="compile">Compiles the model's spec.</param>
    /// <exception cref="UsageException">The options make no sense together, or with this model.</exception>
    /// <exception cref="FailureException">The spec does not allow one of the sizes.</exception>
    public MultiScaleSettings? Read(ParseResult parsed, ModelEntry entry, Func<CompiledModel> compile)
    {
        if (parsed.GetValue(scales) is not { } text)
        {
            return new Option[] { merge, noFlip }.FirstOrDefault(option => CommonOptions.IsGiven(parsed, option)) is { } misplaced
                ? throw new UsageException($"{misplaced.Name} belongs to --multi-scale: give it too.")
                : null;
        }
        if (entry.Card.Kind != ModelKind.OneStage)
        {
            throw new UsageException($"{entry.Card.Name} is no one-stage detector; --multi-scale is for those.");
        }
        var settings = MultiScaleSettings.Published.GetValueOrDefault(text) ?? new MultiScaleSettings { Scales = Parse(text) };
        settings = settings with
        {
            Flip = !parsed.GetValue(noFlip),
            Merging = parsed.GetValue(merge) switch { "voting" => BoxMerging.Voting, "soft" => BoxMerging.SoftVoting, _ => settings.Merging },
        };
        var model = compile();
        foreach (var scale in settings.Scales)
        {
            InputArgument.Check(model, new InputSize(entry.Card.Input.Channels, scale.Longer, scale.Shorter));
            InputArgument.Check(model, new InputSize(entry.Card.Input.Channels, scale.Shorter, scale.Longer));
        }
        return settings;
    }

    /// <summary>The detector, run at several sizes where these are given.</summary>
    /// <exception cref="FailureException">The detector cannot be tested so.</exception>
    public static IDetector Around(IDetector detector, MultiScaleSettings? settings)
    {
        try
        {
            return settings is null ? detector : new MultiScaleTest((OneStageDetector)detector, settings);
        }
        catch (ArgumentException e)
        {
            throw new FailureException(e.Message, inner: e);
        }
    }

    private static ImmutableArray<TestScale> Parse(string text) =>
    [
        .. text.Split(',').Select(part => TestScale.Parse(part) ?? throw new UsageException(
            $"--multi-scale {text}: '{part}' is neither a size such as 320, 320x192, 192:>32 or 384:<160, nor one of {string.Join(", ", MultiScaleSettings.Published.Keys)}.")),
    ];
}
