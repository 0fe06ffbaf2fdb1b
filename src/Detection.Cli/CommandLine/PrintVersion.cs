// --version: detgen's own version, also in a user's program that calls DetGen.Run.
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Detection.Cli;

internal sealed class PrintVersion(Terminal terminal) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(DetGen).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        // The build appends the commit after a plus sign.
        terminal.Line($"detgen {version.Split('+')[0]}");
        return ExitCode.Done;
    }
}
