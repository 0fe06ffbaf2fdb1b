// What the spec compiler found wrong, as lines and as JSON.
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;

namespace Detection.Cli;

/// <summary>A diagnostic of the spec compiler; lines and columns are counted from 1.</summary>
internal sealed record SpecProblem(string Path, int Line, int Column, string Severity, string Id, string Message)
{
    /// <summary>The model, after its warnings were handed to <paramref name="warn"/>.</summary>
    /// <exception cref="FailureException">There are errors; the message has one line for each.</exception>
    public static CompiledModel ModelOf(CompilationResult result, Action<SpecDiagnostic> warn)
    {
        if (result.Model is { } model)
        {
            foreach (var diagnostic in result.Diagnostics)
            {
                warn(diagnostic);
            }
            return model;
        }
        var errors = result.Diagnostics.Count(d => d.IsError);
        throw new FailureException(
            string.Join(Environment.NewLine, [$"{result.Spec.Document.Path} has {Figures.Plural(errors, "error")}:", .. result.Diagnostics]),
            [.. result.Diagnostics.Select(Of)]);
    }

    public static SpecProblem Of(SpecDiagnostic diagnostic) => new(
        diagnostic.Location.Path, diagnostic.Location.Start.Line + 1, diagnostic.Location.Start.Column + 1,
        diagnostic.IsError ? "error" : "warning", diagnostic.Id, diagnostic.Message);
}
