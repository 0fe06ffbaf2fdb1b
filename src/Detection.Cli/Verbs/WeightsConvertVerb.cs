// detgen weights convert: any weights that fit a model, as safetensors that say which model they belong to.
using System.CommandLine;
using Detection.Runtime;
using TorchSharp;

namespace Detection.Cli;

internal sealed class WeightsConvertVerb : Verb
{
    private readonly Argument<string> source = new("IN")
    {
        Description = "Weights that fit the model: a safetensors file or a PyTorch checkpoint.",
    };

    private readonly Argument<string> target = new("OUT.safetensors") { Description = "The file to write; one that exists is replaced." };

    private readonly Option<string> map = new("--map")
    {
        HelpName = "NAME",
        Description = "The file has the names of another library: translate them by this map of the model's spec ('weights:').",
    };

    public WeightsConvertVerb(Session session)
        : base(session, "convert", "Write a model's weights as safetensors, with its spec's hash, classes and preprocessing in the metadata.")
    {
        Arguments.Add(CommonOptions.Model);
        Arguments.Add(source);
        Arguments.Add(target);
        Options.Add(map);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("weights convert ultraface-slim-320 version-slim-320.pth faces.safetensors", "a PyTorch checkpoint as safetensors"),
        ("weights convert my-ssd vgg16-397923af.pth start.safetensors --map torchvision", "weights of another library, by a map of the spec"),
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
        if (parsed.GetValue(map) is { } name)
        {
            return Translate(parsed, module, entry.Card, name, from, to);
        }
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

    private int Translate(ParseResult parsed, torch.nn.Module module, ModelCard card, string name, string from, string to)
    {
        var chosen = card.WeightMaps.FirstOrDefault(m => m.Name == name) ?? throw new UsageException(card.WeightMaps switch
        {
            [] => $"--map {name}: the spec of {card.Name} has no weight maps.",
            var maps => $"--map {name}: {card.Name} has no such map; there is {string.Join(", ", maps.Select(m => m.Name))}.",
        });
        var report = WeightLoader.LoadMapped(module, from, chosen);
        WeightLoader.Save(module, card, to);
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(new TransferDocument(card.Name, from, to, name, report.Loaded.Length, report.Values, report.Skipped, report.New));
            return ExitCode.Done;
        }
        Terminal.Line($"{to}: {Figures.Plural(report.Loaded.Length, "tensor")}, {Figures.Plural(report.Values, "value")} of {card.Name}");
        foreach (var tensor in report.Skipped)
        {
            Terminal.Line($"  skipped {tensor.Key}: {tensor.Reason}");
        }
        foreach (var key in report.New)
        {
            Terminal.Line($"  new     {key}");
        }
        return ExitCode.Done;
    }

    private sealed record TransferDocument(
        string Model, string In, string Out, string Map, int Tensors, long Values, IReadOnlyList<SkippedWeight> Skipped, IReadOnlyList<string> New);

    private sealed record Document(string Model, string In, string Out, int Tensors, long Values, IReadOnlyList<string> Converted);
}
