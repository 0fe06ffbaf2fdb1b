// --help: what System.CommandLine writes, then examples and exit codes.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Detection.Cli;

internal sealed class HelpWithExamples(Terminal terminal) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // System.CommandLine lists the parents' arguments as well, which 'weights convert' does not take. The tree lives for this run alone.
        for (var parent = parseResult.CommandResult.Parent; parent is CommandResult { Command: var command }; parent = parent.Parent)
        {
            command.Arguments.Clear();
        }
        var output = parseResult.InvocationConfiguration.Output;
        using var help = new StringWriter();
        parseResult.InvocationConfiguration.Output = help;
        new HelpAction { MaxWidth = terminal.Width ?? int.MaxValue }.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.Write(WithOptionalArguments(help.ToString(), parseResult.CommandResult.Command));
        if (parseResult.CommandResult.Command is Verb verb)
        {
            output.WriteLine("Examples:");
            foreach (var (line, purpose) in verb.Examples)
            {
                output.WriteLine($"  # {purpose}");
                output.WriteLine($"  detgen {line}");
            }
        }
        else
        {
            output.WriteLine("Use 'detgen VERB --help' for a verb's arguments and examples.");
        }
        output.WriteLine();
        output.WriteLine("Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.");
        return ExitCode.Done;
    }

    // In its list of verbs System.CommandLine writes <NAMES> also where names may be absent.
    private static string WithOptionalArguments(string help, Command command)
    {
        foreach (var verb in command.Subcommands)
        {
            foreach (var argument in verb.Arguments.Where(a => a.Arity.MinimumNumberOfValues == 0))
            {
                help = help.Replace($"\n  {verb.Name} <{argument.Name}>", $"\n  {verb.Name} [{argument.Name}]", StringComparison.Ordinal);
            }
        }
        return help;
    }
}
