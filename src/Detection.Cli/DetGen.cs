// The command line as a library call: parses, runs one verb, turns failures into messages and exit codes.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>The <c>detgen</c> command line, for programs that offer it over models of their own.</summary>
/// <remarks>Exit codes: 0 done, 1 failed (the message on standard error names the file or model), 2 wrong use, 130 interrupted, 143 asked to end by SIGTERM.</remarks>
public static class DetGen
{
    /// <summary>Runs a command line on the process's console.</summary>
    /// <param name="args">The arguments, as given to <c>Main</c>.</param>
    /// <param name="catalogs">Models to work with; none stands for the models that ship with detgen.</param>
    /// <returns>The exit code of the process.</returns>
    public static int Run(string[] args, params IModelCatalog[] catalogs)
    {
        using var interruption = new Interruption();
        var code = Run(args, Terminal.OfConsole(), catalogs, interruption.Token);
        return code == ExitCode.Interrupted ? interruption.ExitCode : code;
    }

    /// <summary>Runs a command line and writes to the given writers, without colours and without regard to a width.</summary>
    /// <param name="args">The arguments, as given to <c>Main</c>.</param>
    /// <param name="output">Stands for standard output.</param>
    /// <param name="error">Stands for standard error.</param>
    /// <param name="catalogs">Models to work with; none stands for the models that ship with detgen.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, params IModelCatalog[] catalogs) =>
        Run(args, Terminal.OfWriters(output, error), catalogs, CancellationToken.None);

    internal static int Run(string[] args, Terminal terminal, IReadOnlyList<IModelCatalog> catalogs, CancellationToken interrupted)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(catalogs);
        var session = new Session(terminal, catalogs, interrupted);
        var parsed = CommandTree.Build(session).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            UsageErrors.Write(terminal, parsed);
            return ExitCode.WrongUse;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception e)
        {
            return Failures.Report(e, terminal, parsed);
        }
    }
}
