// detgen eval-detections: scores of detections or proposals that lie in files, by the protocols of COCO and Pascal VOC, without any model.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

internal sealed class EvalDetectionsVerb : Verb
{
    private readonly Option<string> protocol = new("--protocol") { HelpName = "coco|voc07|voc10|proposals", Required = true, Description = "Rules of scoring; proposals: recall, whatever the class." };

    private readonly Option<string> truth = new("--gt")
    {
        HelpName = "FILE|DIR",
        Required = true,
        Description = "Annotations: a COCO JSON file, or a Pascal VOC folder.",
    };

    private readonly Option<string> found = new("--det")
    {
        HelpName = "FILE|DIR",
        Required = true,
        Description = "Detections: a COCO result file, or Pascal VOC result files, one per class.",
    };

    private readonly Option<string?> split = new("--split")
    {
        HelpName = "NAME",
        Description = "Of a VOC folder, the images that ImageSets/Main/NAME.txt lists; all annotated ones when absent.",
    };

    private readonly ProtocolOptions rules = new();

    private readonly Option<string?> report = CommonOptions.Report();

    private readonly Option<string?> images = new("--images")
    {
        HelpName = "DIR",
        Description = "With --report: the images, for pictures of right, wrong and missed detections.",
    };

    public EvalDetectionsVerb(Session session)
        : base(session, "eval-detections", "Score detections that lie in files: COCO's or Pascal VOC's protocol, without a model.")
    {
        protocol.AcceptOnlyFromAmong("coco", "voc07", "voc10", "proposals");
        foreach (var option in new Option[] { protocol, truth, found, split }.Concat(rules.All).Append(report).Append(images).Append(CommonOptions.Json))
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("eval-detections --protocol coco --gt instances_val2017.json --det results.json", "AP and AR as COCO's own code has them"),
        ("eval-detections --protocol voc10 --gt VOC2012 --split val --det results --errors", "what the false positives are"),
        ("eval-detections --protocol coco --gt instances_val2017.json --det results.json --report report --images val2017", "a page with curves, errors and pictures"),
        ("eval-detections --protocol voc07 --gt VOC2007 --split test --det results --json", "11-point AP of result files, for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var chosen = rules.Read(parsed.GetRequiredValue(protocol), parsed);
        var (target, pictures) = (parsed.GetValue(report), parsed.GetValue(images));
        if (pictures is not null && target is null)
        {
            throw new UsageException("--images are for the pictures of --report: give it too.");
        }
        var (truthPath, foundPath) = (parsed.GetRequiredValue(truth), parsed.GetRequiredValue(found));
        var annotations = AnnotationFiles.Read(truthPath, parsed.GetValue(split));
        var results = ResultFiles.Read(foundPath, annotations);
        if (results.OfOtherClasses > 0)
        {
            Terminal.Warning($"{Figures.Plural(results.OfOtherClasses, "detection")} of classes that the annotations do not have were left out.");
        }
        var files = pictures is null ? [] : ImageFilesOf(pictures, annotations);
        var scores = chosen.Score(annotations, results);
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(scores.Document);
        }
        else
        {
            foreach (var table in scores.Tables)
            {
                Terminal.Show(table);
            }
        }
        if (target is not null)
        {
            var page = chosen.WriteReport(
                target, Path.GetFileName(Path.TrimEndingDirectorySeparator(foundPath)), annotations, results, scores, files, ("annotations", truthPath),
                ("detections", foundPath), ("images", pictures ?? "not given"));
            Terminal.ErrorLine($"report: {page}{(files.Count == 0 ? ", without pictures: no --images were given" : "")}");
        }
        return ExitCode.Done;
    }

    private IReadOnlyList<string?> ImageFilesOf(string folder, AnnotationFiles annotations)
    {
        var files = annotations.FindImages(folder);
        var absent = files.Count(file => file is null);
        if (absent > 0)
        {
            var first = annotations.ImageNames[files.IndexOf(null)];
            Terminal.Warning($"{folder}: {Figures.Plural(absent, "image")} of {Figures.Count(files.Length)} not found, such as '{first}'; the report shows no pictures of them.");
        }
        return files;
    }
}
