// All verbs under one root. A new verb is one line here.
using System.CommandLine;
using System.CommandLine.Help;

namespace Detection.Cli;

internal static class CommandTree
{
    public static Command Build(Session session)
    {
        // Not a RootCommand: that one is called after the process, which in a user's program is not detgen.
        var root = new Command("detgen", "Detectors declared in YAML: list them, look into them, train them, run them on images.")
        {
            new ListVerb(session),
            new SummaryVerb(session),
            new DiffVerb(session),
            new CheckVerb(session),
            new ValidateVerb(session),
            new AugmentVerb(session),
            new TrainVerb(session),
            new ProposeVerb(session),
            new EvalVerb(session),
            new EvalDetectionsVerb(session),
            new PredictVerb(session),
            new RenderVerb(session),
            new WeightsVerb(session),
        };
        root.Options.Add(CommonOptions.Project);
        root.Options.Add(CommonOptions.Assembly);
        root.Options.Add(new HelpOption("--help", "-h", "-?") { Action = new HelpWithExamples(session.Terminal) });
        root.Options.Add(new VersionOption("--version") { Action = new PrintVersion(session.Terminal) });
        return root;
    }
}
