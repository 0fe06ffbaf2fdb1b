// detgen weights: what is in a weight file. Reads the file alone and never touches torch.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class WeightsVerb : Verb
{
    private readonly Argument<string> file = new("FILE") { Description = "A safetensors file or a PyTorch checkpoint; nothing in it is executed." };

    public WeightsVerb(Session session)
        : base(session, "weights", "List the tensors and the metadata of a weight file.")
    {
        Arguments.Add(file);
        Options.Add(CommonOptions.Json);
        Subcommands.Add(new WeightsConvertVerb(session));
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("weights version-slim-320.pth", "names, types and shapes"),
        (
            "weights convert ultraface-slim-320 version-slim-320.pth faces.safetensors",
            "a checkpoint as safetensors, see 'detgen weights convert --help'"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var weights = WeightFile.Read(parsed.GetRequiredValue(file));
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(new Document(
                weights.Path, weights.Format, new SortedDictionary<string, string>(weights.Metadata.ToDictionary(), StringComparer.Ordinal),
                [.. weights.Tensors.Select(t => new Row(t.Name, t.DataType, t.Shape, t.Count))]));
            return ExitCode.Done;
        }
        Terminal.Heading(
            $"{weights.Path}: {FormatName(weights.Format)}, {Figures.Plural(weights.Tensors.Count, "tensor")}, "
            + Figures.Plural(weights.Tensors.Sum(t => t.Count), "value"));
        foreach (var (key, value) in weights.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            Terminal.Line($"{key}: {value}");
        }
        var table = new DataTable(new("name"), new("type"), new("shape"), new("values", true));
        foreach (var tensor in weights.Tensors)
        {
            var shape = tensor.Shape is [] ? "scalar" : string.Join('x', tensor.Shape);
            table.Add(tensor.Name, Figures.Word(tensor.DataType), shape, Figures.Count(tensor.Count));
        }
        Terminal.Show(table);
        return ExitCode.Done;
    }

    private static string FormatName(WeightFileFormat format) => format switch
    {
        WeightFileFormat.PytorchZip => "PyTorch checkpoint",
        WeightFileFormat.PytorchLegacy => "PyTorch checkpoint (before 1.6)",
        _ => "safetensors",
    };

    private sealed record Row(string Name, StoredDataType Type, IReadOnlyList<long> Shape, long Values);

    private sealed record Document(
        string File, WeightFileFormat Format, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<Row> Tensors);
}
