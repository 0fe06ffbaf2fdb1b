// detgen render: writes the data set that the product draws itself.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class RenderVerb : Verb
{
    private const int DefaultImages = 400;

    private readonly Option<string> folder = new("--out", "-o")
    {
        HelpName = "DIR",
        Required = true,
        Description = "Folder for the data set, in VOC layout; files of the same names are replaced.",
    };

    private readonly Option<int?> images = CommonOptions.Count("--images", "N", $"Number of images ({DefaultImages} when absent); every fourth is for validation.");

    private readonly Option<long?> seed = CommonOptions.Seed("Image i of a seed is always the same (1 when absent).");

    public RenderVerb(Session session)
        : base(session, "render", $"Draw a data set to try training with: images of {string.Join(", ", RenderedDataset.ClassNames)} with exact boxes.")
    {
        foreach (var option in new Option[] { folder, images, seed, CommonOptions.Json })
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("render --out shapes", "a data set for rendered-shapes-ssd"),
        ("render --out shapes --images 2000 --seed 7", "more images, and others"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var target = parsed.GetRequiredValue(folder);
        RenderedDataset.Write(target, parsed.GetValue(images) ?? DefaultImages, parsed.GetValue(seed) ?? 1);
        // Read back, as training will: what is told is what is there.
        string[] splits = (parsed.GetValue(images) ?? DefaultImages) < 4 ? ["train"] : ["train", "val"];
        Part[] parts = [.. splits.Select(split => Of(split, DetectionDatasets.Load(target, split)))];
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(new Document(target, RenderedDataset.ClassNames, parts));
            return ExitCode.Done;
        }
        foreach (var part in parts)
        {
            Terminal.Line($"{target}, {part.Split}: {Figures.Plural(part.Images, "image")}, {Figures.Plural(part.Boxes, "box", "boxes")}");
        }
        return ExitCode.Done;
    }

    private static Part Of(string split, DetectionDataset dataset) => new(split, dataset.Samples.Length, dataset.Samples.Sum(sample => sample.Boxes.Length));

    private sealed record Part(string Split, int Images, int Boxes);

    private sealed record Document(string Folder, IReadOnlyList<string> Classes, IReadOnlyList<Part> Splits);
}
