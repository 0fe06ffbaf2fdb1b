// Runs detgen in this process with captured output.
using System.Text.Json;
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

/// <summary>What a run of the command line gave.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public JsonElement Json()
    {
        using var document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    /// <summary>This outcome, after a check of its exit code.</summary>
    public Outcome Expect(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"exit code {ExitCode}, expected {exitCode}\n--- out\n{Output}\n--- error\n{Error}");
        return this;
    }
}

internal static class CommandLine
{
    public static Outcome Run(IModelCatalog[] catalogs, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = DetGen.Run(args, output, error, catalogs);
        return new Outcome(exitCode, output.ToString(), error.ToString());
    }

    public static Outcome Run(params string[] args) => Run([SampleModels.Instance], args);
}
