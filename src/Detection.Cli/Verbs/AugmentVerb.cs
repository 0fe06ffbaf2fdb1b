// detgen augment: what a recipe makes of images before the network sees them, step by step, to look at.
using System.Collections.Immutable;
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class AugmentVerb : Verb
{
    private const int DefaultImages = 8;

    private readonly Option<string> data = CommonOptions.Data();

    private readonly Option<string> folder = new("--out", "-o")
    {
        HelpName = "DIR",
        Required = true,
        Description = "Folder for index.html and a picture of each step of each image; files of the same names are replaced.",
    };

    private readonly Option<string> split = new("--split")
    {
        HelpName = "NAME",
        DefaultValueFactory = _ => "train",
        Description = "Split of the data set to take images from.",
    };

    private readonly Option<int?> images = CommonOptions.Count("--images", "N", $"Number of images, spread over the split ({DefaultImages} when absent).");

    private readonly Option<long?> seed = CommonOptions.Seed("The same seed gives the same pictures; the spec's when absent.");

    public AugmentVerb(Session session)
        : base(session, "augment", "Show what training does to images: each step of a model's augmentation, with boxes.")
    {
        Arguments.Add(CommonOptions.Model);
        foreach (var option in new Option[] { data, folder, split, images, seed, CommonOptions.Json })
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("augment ssd300-vgg16-voc --data VOC2007 --out augmented", "eight images through the recipe of SSD"),
        ("augment my-detector --project Mine.csproj --data photos --out augmented --images 30 --seed 7", "your own model, other draws"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var models = Session.Models(parsed);
        var entry = models.Find(parsed.GetRequiredValue(CommonOptions.Model));
        if (entry.CreateTraining is not { } create)
        {
            throw new UsageException($"{entry.Card.Name} is not trained: its spec has no 'train:' section that could say how images are augmented.");
        }
        var settings = create().Settings;
        var (source, target) = (parsed.GetRequiredValue(data), parsed.GetRequiredValue(folder));
        // Augmentation asks for no particular classes: any data may be looked at through any recipe.
        var dataset = DetectionDatasets.Load(source, parsed.GetRequiredValue(split));
        var start = parsed.GetValue(seed) ?? settings.Seed;
        var title = $"{entry.Card.Name}: augmentation of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)))}";
        var samples = AugmentationPreview.Of(
            dataset, entry.Card.Input, entry.Card.Preprocessing, settings.Augmentation, parsed.GetValue(images) ?? DefaultImages, start);
        var written = Write(target, title, samples);
        var page = Path.Combine(target, "index.html");
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(new Document(
                entry.Card.Name, source, start, page, [.. written[0].Pictures.Select(p => p.Step)],
                [.. written.Select(row => new Row(row.ImagePath, [.. row.Pictures.Select(p => new Step(p.Step, p.Drawn, Path.Combine(target, p.File), p.Boxes))]))]));
            return ExitCode.Done;
        }
        foreach (var (image, pictures) in written)
        {
            Terminal.Line(image);
            foreach (var picture in pictures)
            {
                Terminal.Line($"  {picture.Step}: {picture.Drawn}; {Figures.Plural(picture.Boxes, "box", "boxes")}");
            }
        }
        Terminal.Line($"page: {page}");
        return ExitCode.Done;
    }

    private static ImmutableArray<(string ImagePath, ImmutableArray<ContactPicture> Pictures)> Write(
        string target, string title, IEnumerable<AugmentedSample> samples)
    {
        try
        {
            return ContactSheet.Write(target, title, samples);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"{target}: the pictures cannot be written: {e.Message}", inner: e);
        }
    }

    private sealed record Step(string Name, string Drawn, string Picture, int Boxes);

    private sealed record Row(string Image, IReadOnlyList<Step> Steps);

    private sealed record Document(string Model, string Data, long Seed, string Page, IReadOnlyList<string> Steps, IReadOnlyList<Row> Images);
}
