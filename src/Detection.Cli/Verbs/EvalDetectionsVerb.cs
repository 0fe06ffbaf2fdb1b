// detgen eval-detections: scores of detections or proposals that lie in files, by the protocols of COCO and Pascal VOC, without any model.
using System.CommandLine;
using System.Globalization;
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

    private readonly Option<bool> continuous = new("--continuous")
    {
        Description = "Not coco: widths are x2 - x1, not the x2 - x1 + 1 of the original code.",
    };

    private readonly Option<float?> iou = CommonOptions.Fraction("--iou", "N", "voc07 and voc10: overlap from which a detection is a hit; 0.5 when absent.");

    private readonly Option<bool> errors = new("--errors")
    {
        Description = "voc07 and voc10: what the false positives are, after Hoiem et al., and what each kind costs.",
    };

    public EvalDetectionsVerb(Session session)
        : base(session, "eval-detections", "Score detections that lie in files: COCO's or Pascal VOC's protocol, without a model.")
    {
        protocol.AcceptOnlyFromAmong("coco", "voc07", "voc10", "proposals");
        foreach (var option in new Option[] { protocol, truth, found, split, continuous, iou, errors, CommonOptions.Json })
        {
            Options.Add(option);
        }
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("eval-detections --protocol coco --gt instances_val2017.json --det results.json", "AP and AR as COCO's own code has them"),
        ("eval-detections --protocol voc10 --gt VOC2012 --split val --det results --errors", "what the false positives are"),
        ("eval-detections --protocol voc07 --gt VOC2007 --split test --det results --json", "11-point AP of result files, for programs"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var rules = parsed.GetRequiredValue(protocol);
        if ((rules == "coco" && parsed.GetValue(continuous)) || (rules is "coco" or "proposals" && (parsed.GetValue(iou) is not null || parsed.GetValue(errors))))
        {
            throw new UsageException($"--iou and --errors belong to voc07 and voc10, --continuous to these and proposals; {rules} has its own rules.");
        }
        var annotations = AnnotationFiles.Read(parsed.GetRequiredValue(truth), parsed.GetValue(split));
        var results = ResultFiles.Read(parsed.GetRequiredValue(found), annotations);
        if (results.OfOtherClasses > 0)
        {
            Terminal.Warning($"{Figures.Plural(results.OfOtherClasses, "detection")} of classes that the annotations do not have were left out.");
        }
        if (rules == "coco")
        {
            Report(CocoDocument.Of(new CocoProtocol().Evaluate(annotations.ToCoco(), results.ToCoco(annotations))), d => d.ToTables(), parsed);
            return ExitCode.Done;
        }
        var inclusive = !parsed.GetValue(continuous);
        if (rules == "proposals")
        {
            var recall = new ProposalRecall(inclusive).Evaluate(annotations.ImageNames.Length, [.. annotations.ToVoc(includeCrowds: false)], [.. results.ToVoc()]);
            Report(ProposalDocument.Of(recall), d => d.ToTables(), parsed);
            return ExitCode.Done;
        }
        string[] classes = [.. annotations.Classes.Select(c => c.Name)];
        var voc = new VocAveragePrecision(
            parsed.GetValue(iou) is { } threshold ? double.Parse(threshold.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : 0.5,
            rules == "voc07" ? AveragePrecisionRule.ElevenPoints : AveragePrecisionRule.Area,
            InclusivePixels: inclusive);
        var scores = voc.Evaluate(classes, annotations.ImageNames.Length, annotations.ToVoc(), [.. results.ToVoc()]);
        var analysis = parsed.GetValue(errors)
            ? new ErrorAnalysis(inclusive).Run(classes, annotations.ImageNames.Length, [.. annotations.ToVoc()], [.. results.ToVoc()])
            : default;
        Report(VocDocument.Of(scores, analysis), d => d.ToTables(), parsed);
        return ExitCode.Done;
    }

    private void Report<T>(T document, Func<T, IEnumerable<DataTable>> tables, ParseResult parsed)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Json(document);
            return;
        }
        foreach (var table in tables(document))
        {
            Terminal.Show(table);
        }
    }
}
