// --multi-scale, --merge and --no-flip: read, compared with what the model's spec allows, put around the detector.
using System.Collections.Immutable;
using System.CommandLine;
using Detection.Runtime;
using Detection.Spec.Compilation;

namespace Detection.Cli;

/// <summary>The options of testing at several sizes, for the verbs that detect.</summary>
internal sealed class MultiScaleOptions
{
    private const string None = "none";

    private readonly Option<string?> scales = CommonOptions.MultiScale();
    private readonly Option<string?> merge = CommonOptions.Merge();
    private readonly Option<bool> noFlip = CommonOptions.NoFlip();

    public IEnumerable<Option> All => [scales, merge, noFlip];

    /// <summary>Whether a command line asks for the model's own size alone, whatever its spec says.</summary>
    /// <param name="parsed">The command line.</param>
    public bool AtOneSize(ParseResult parsed) => parsed.GetValue(scales) == None;

    /// <summary>The settings of a command line; null for a test as the spec says.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="entry">The model.</param>
    /// <param name="compile">Compiles the model's spec.</param>
    /// <exception cref="UsageException">The options make no sense together, or with this model.</exception>
    /// <exception cref="FailureException">The spec does not allow one of the sizes.</exception>
    public MultiScaleSettings? Read(ParseResult parsed, ModelEntry entry, Func<CompiledModel> compile)
    {
        if (parsed.GetValue(scales) is not { } text || text == None)
        {
            return new Option[] { merge, noFlip }.FirstOrDefault(option => CommonOptions.IsGiven(parsed, option)) is { } misplaced
                ? throw new UsageException($"{misplaced.Name} belongs to the sizes of --multi-scale: give them too.")
                : null;
        }
        if (entry.Card.Kind is not (ModelKind.OneStage or ModelKind.TwoStage))
        {
            throw new UsageException($"{entry.Card.Name} is no detector; --multi-scale is for those.");
        }
        var merging = parsed.GetValue(merge) switch { "soft" => BoxMerging.SoftVoting, "by-region" => BoxMerging.ByRegion, _ => BoxMerging.Voting };
        var settings = new MultiScaleSettings
        {
            Scales = Parse(text),
            // A region is looked at once.
            Flip = merging != BoxMerging.ByRegion && !parsed.GetValue(noFlip),
            Merging = merging,
        };
        var model = compile();
        var multiple = model.Preprocessing.ShortSide is null ? 1 : (int)Math.Max(model.Input.HeightDomain.Step, model.Input.WidthDomain.Step);
        foreach (var scale in settings.Scales)
        {
            // Images that keep their aspect ratio are padded to what the network can take.
            var (longer, shorter) = ((scale.Longer + multiple - 1) / multiple * multiple, (scale.Shorter + multiple - 1) / multiple * multiple);
            InputArgument.Check(model, new InputSize(entry.Card.Input.Channels, longer, shorter));
            InputArgument.Check(model, new InputSize(entry.Card.Input.Channels, shorter, longer));
        }
        return settings;
    }

    /// <summary>The detector, run at several sizes where these are given.</summary>
    /// <exception cref="FailureException">The detector cannot be tested so.</exception>
    public static IDetector Around(IDetector detector, MultiScaleSettings? settings)
    {
        try
        {
            return settings is null ? detector : new MultiScaleTest(detector, settings);
        }
        catch (ArgumentException e)
        {
            throw new FailureException(e.Message, inner: e);
        }
    }

    private static ImmutableArray<TestScale> Parse(string text) =>
    [
        .. text.Split(',').Select(part => TestScale.Parse(part) ?? throw new UsageException(
            $"--multi-scale {text}: '{part}' is no size such as 320, 320x192, 192:>32 or 384:<160.")),
    ];
}
