// detgen weights convert: any weights that fit a model, as safetensors that say which model they belong to.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class WeightsConvertVerb : Verb
{
    private readonly Argument<string> source = new("IN")
    {
        Description = "Weights that fit the model: a safetensors file or a PyTorch checkpoint.",
    };

    private readonly Argument<string> target = new("OUT.safetensors") { Description = "The file to write; one that exists is replaced." };

    public WeightsConvertVerb(Session session)
        : base(session, "convert", "Write a model's weights as safetensors, with its spec's hash, classes and preprocessing in the metadata.")
    {
        Arguments.Add(CommonOptions.Model);
        Arguments.Add(source);
        Arguments.Add(target);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("weights convert ultraface-slim-320 version-slim-320.pth faces.safetensors", "a PyTorch checkpoint as safetensors"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var (from, to) = (parsed.GetRequiredValue(source), parsed.GetRequiredValue(target));
        if (!to.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{to}: the converted file must end in .safetensors.");
        }
        if (Path.GetFullPath(from) == Path.GetFullPath(to))
        {
            throw new UsageException($"{to}: a file cannot be converted into itself.");
        }
        var entry = Session.Models(parsed).Find(parsed.GetRequiredValue(CommonOptions.Model));
        using var module = entry.Create();
        var report = WeightLoader.Load(module, from);
        WeightLoader.Save(module, entry.Card, to);
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(new Document(entry.Card.Name, from, to, report.Tensors, report.Values, report.Converted));
        }
        else
        {
            Terminal.Line($"{to}: {Figures.Plural(report.Tensors, "tensor")}, {Figures.Plural(report.Values, "value")} of {entry.Card.Name}");
        }
        return ExitCode.Done;
    }

    private sealed record Document(string Model, string In, string Out, int Tensors, long Values, IReadOnlyList<string> Converted);
}
