// detgen diff: what one model has that another has not.
using System.CommandLine;
using Detection.Runtime;
using Detection.Spec.Compilation;

namespace Detection.Cli;

internal sealed class DiffVerb : Verb
{
    private readonly Argument<string> before = new("A") { Description = "Name of a model, or path of a .yaml file: the one before." };

    private readonly Argument<string> after = new("B") { Description = "Name of a model, or path of a .yaml file: the one after." };

    private readonly Option<InputSize?> input = CommonOptions.Checked(
        "--input", "CxHxW", "Size of the input of both. The one that each was declared for when absent.",
        "must be channels x height x width, as in 3x224x224", InputArgument.Parse);

    private readonly Option<int?> depth = CommonOptions.Count("--depth", "N", "Compare blocks and models nested deeper than this as one row.");

    private readonly Option<bool> markdown = new("--markdown") { Description = "Print Markdown, for a review." };

    public DiffVerb(Session session)
        : base(session, "diff", "Compare two models: layers, shapes, costs, memory, default boxes, settings.")
    {
        Arguments.Add(before);
        Arguments.Add(after);
        Options.Add(input);
        Options.Add(depth);
        Options.Add(markdown);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("diff mobilenet-v1-ssd ultraface-slim-320 --depth 1", "two models, blocks as one row"),
        ("diff mobilenet-v1-ssd models/my-ssd.yaml --markdown", "a spec against the one it extends, for a review"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var models = Session.Models(parsed);
        var diff = ModelDiff.Of(Summarize(parsed, before, models), Summarize(parsed, after, models));
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(diff);
        }
        else if (parsed.GetValue(markdown))
        {
            DiffReport.WriteMarkdown(diff, Terminal.Output);
        }
        else
        {
            DiffReport.Write(diff, Terminal);
        }
        return ExitCode.Done;
    }

    private (CompiledModel, ModelSummary) Summarize(ParseResult parsed, Argument<string> argument, ModelSet models)
    {
        var model = NamedModel.Compile(parsed.GetRequiredValue(argument), models, Terminal);
        var size = parsed.GetValue(input) ?? InputArgument.Nominal(model);
        InputArgument.Check(model, size);
        return (model, ModelSummarizer.Summarize(model, size, parsed.GetValue(depth) ?? int.MaxValue));
    }
}
