// detgen summary: a model's nodes, shapes and costs, computed from its YAML.
using System.CommandLine;
using Detection.Runtime;
using Detection.Spec.Compilation;

namespace Detection.Cli;

internal sealed class SummaryVerb : Verb
{
    private readonly Argument<string> model = new("MODEL") { Description = "Name of a model, as 'detgen list' shows it, or path of a .yaml file." };

    private readonly Option<InputSize?> input = CommonOptions.Checked(
        "--input", "CxHxW", "Size of the input: channels, height, width. The one the model was declared for when absent.",
        "must be channels x height x width, as in 3x224x224", InputArgument.Parse);

    private readonly Option<int?> depth = CommonOptions.Count("--depth", "N", "Show blocks and models nested deeper than this as one row.");

    private readonly Option<int?> batch = CommonOptions.Count("--batch", "N", "Images at once, for the memory; 1 when absent.");

    private readonly Option<int?> rows = CommonOptions.Count("--rows", "N", "At most so many rows: folds blocks and joins repeated nodes until they fit.");

    public SummaryVerb(Session session)
        : base(session, "summary", "Show a model's nodes with shapes, parameters, multiply-adds, strides and receptive fields.")
    {
        Arguments.Add(model);
        Options.Add(input);
        Options.Add(depth);
        Options.Add(batch);
        Options.Add(rows);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("summary ultraface-slim-320", "every operator, and the default boxes"),
        ("summary mobilenet-v1 --input 3x300x300 --depth 1", "another input size, blocks as one row"),
        ("summary vgg-16 --batch 16 --rows 40", "the memory of 16 images, in a table that fits the screen"),
        ("summary models/my-detector.yaml", "a spec that no project has built yet"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var compiled = NamedModel.Compile(parsed.GetRequiredValue(model), Session.Models(parsed), Terminal);
        var size = parsed.GetValue(input) ?? InputArgument.Nominal(compiled);
        InputArgument.Check(compiled, size);
        var summary = FoldedSummary.Of(
            compiled, size, parsed.GetValue(depth) ?? int.MaxValue, parsed.GetValue(batch) ?? 1, parsed.GetValue(rows) ?? int.MaxValue);
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(summary);
        }
        else
        {
            SummaryReport.Write(summary, Terminal);
        }
        return ExitCode.Done;
    }
}
