// Options and arguments that several verbs share. They hold no state, so one instance serves every command tree.
using System.CommandLine;
using System.Globalization;
using Detection.Runtime;

namespace Detection.Cli;

internal static class CommonOptions
{
    public static Option<string> Project { get; } = new("--project")
    {
        HelpName = "X.csproj",
        Description = "Build this project and use the models in it.",
        Recursive = true,
    };

    public static Option<string> Assembly { get; } = new("--assembly")
    {
        HelpName = "X.dll",
        Description = "Use the models in this assembly.",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON document on standard output, and nothing else there.",
    };

    public static Argument<string> Model { get; } = new("MODEL") { Description = "Name of a model, as 'detgen list' shows it." };

    public static Option<string> Device { get; } = CreateDevice();

    public static Option<int?> Threads { get; } =
        Count("--threads", "N", "Threads that compute; the number of processors when absent.");

    /// <summary>A number from 0 to 1.</summary>
    public static Option<float?> Fraction(string name, string helpName, string description) =>
        Checked<float?>(name, helpName, description, "must be a number between 0 and 1", text =>
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1 ? value : null);

    /// <summary>A number, negative ones too.</summary>
    public static Option<float?> Number(string name, string helpName, string description) =>
        Checked<float?>(name, helpName, description, "must be a number between 0 and 1, or any where support vector machines score", text =>
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !float.IsNaN(value) ? value : null);

    /// <summary>A whole number of at least 1.</summary>
    public static Option<int?> Count(string name, string helpName, string description) =>
        Checked<int?>(name, helpName, description, "must be a whole number of at least 1", text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 ? value : null);

    /// <summary>Whether objects that the annotations call difficult count like others.</summary>
    public static Option<bool> IncludeDifficult { get; } = new("--include-difficult")
    {
        Description = "Learn and count objects that are marked as difficult (VOC) like any others; without it they are ignored.",
    };

    /// <summary>The folder of a data set.</summary>
    public static Option<string> Data() => new("--data")
    {
        HelpName = "DIR",
        Required = true,
        Description = "Data set: a folder in VOC, COCO or YOLO layout.",
    };

    /// <summary>Sizes of a test at several of them.</summary>
    public static Option<string?> MultiScale() => new("--multi-scale")
    {
        HelpName = "SIZES|none",
        Description = "Run the detector at several sizes and on mirrored images, and merge what is found: sizes such as 320,320x192,192:>32,384:<160 (boxes whose longer side "
            + "is above, whose shorter side is below); none for one size where the spec has several. As the spec says when absent.",
    };

    /// <summary>How boxes of several sizes are merged.</summary>
    public static Option<string?> Merge()
    {
        var merge = new Option<string?>("--merge")
        {
            HelpName = "voting|soft|by-region",
            Description = "With --multi-scale: one box for each group (when absent), softly also the others, or each region of a two-stage detector at the size that suits it alone.",
        };
        merge.AcceptOnlyFromAmong("voting", "soft", "by-region");
        return merge;
    }

    /// <summary>Without mirrored images.</summary>
    public static Option<bool> NoFlip() => new("--no-flip") { Description = "With --multi-scale: no mirrored images." };

    /// <summary>The folder of the page about an evaluation.</summary>
    public static Option<string?> Report() => new("--report")
    {
        HelpName = "DIR",
        Description = "Write a page (index.html) with curves as SVG files, kinds of errors, and pictures of right, wrong and missed detections.",
    };

    /// <summary>A seed of random numbers.</summary>
    public static Option<long?> Seed(string description) =>
        Checked<long?>("--seed", "N", description, "must be a whole number of at least 0", text =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null);

    /// <summary>An option whose text is read by <paramref name="parse"/>; null from there is an error that says what the value must be.</summary>
    public static Option<T> Checked<T>(string name, string helpName, string description, string rule, Func<string, T> parse) => new(name)
    {
        HelpName = helpName,
        Description = description,
        // The default parser follows the culture and throws when a validator looks at a value that it could not read.
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            var value = parse(text);
            if (value is null)
            {
                result.AddError($"{name} {text}: {rule}.");
            }
            return value;
        },
    };

    /// <summary>Whether <c>--json</c> was given to a verb that knows it.</summary>
    public static bool WantsJson(ParseResult parsed) => parsed.GetResult(Json) is not null && parsed.GetValue(Json);

    /// <summary>Whether an option stands on the command line; flags and lists have a value also where they do not.</summary>
    public static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static Option<string> CreateDevice()
    {
        var device = Checked<string>(
            "--device", "cpu|cuda[:n]", "Where to compute.", "must be cpu, cuda (the first) or cuda:N", text => DeviceChoice.IsName(text) ? text : null!);
        device.DefaultValueFactory = _ => "cpu";
        return device;
    }
}
