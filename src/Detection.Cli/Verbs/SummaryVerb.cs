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

    public SummaryVerb(Session session)
        : base(session, "summary", "Show a model's nodes with shapes, parameters, multiply-adds, strides and receptive fields.")
    {
        Arguments.Add(model);
        Options.Add(input);
        Options.Add(depth);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("summary ultraface-slim-320", "every operator, and the default boxes"),
        ("summary mobilenet-v1 --input 3x300x300 --depth 1", "another input size, blocks as one row"),
        ("summary models/my-detector.yaml", "a spec that no project has built yet"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var compiled = Compile(parsed.GetRequiredValue(model), Session.Models(parsed));
        var size = parsed.GetValue(input) ?? InputArgument.Nominal(compiled);
        InputArgument.Check(compiled, size);
        var summary = ModelSummarizer.Summarize(compiled, size, parsed.GetValue(depth) ?? int.MaxValue);
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

    private CompiledModel Compile(string name, ModelSet models)
    {
        if (SpecFile.IsPath(name))
        {
            return SpecFile.Compile(name, models, warning => Terminal.ErrorLine(warning.ToString()));
        }
        var entry = models.Find(name);
        var compiled = models.Compile(entry);
        if (compiled.SpecHash != entry.Card.SpecHash)
        {
            Terminal.Warning(
                $"{entry.Card.Name}: the class was generated from a spec with hash {entry.Card.SpecHash}; the YAML beside it gives {compiled.SpecHash}.");
        }
        return compiled;
    }
}
