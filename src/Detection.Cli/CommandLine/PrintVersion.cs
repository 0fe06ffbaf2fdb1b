// --version: detgen's own version, also in a user's program that calls DetGen.Run.
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Detection.Cli;

internal sealed class PrintVersion(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>The version, as in "0.1.0".</summary>
    // The build appends the commit after a plus sign.
    public static string Text { get; } =
        (typeof(DetGen).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    public override int Invoke(ParseResult parseResult)
    {
        terminal.Line($"detgen {Text}");
        return ExitCode.Done;
    }
}
