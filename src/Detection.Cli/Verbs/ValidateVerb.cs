// detgen validate: the build's diagnostics without a build.
using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Detection.Cli;

internal sealed class ValidateVerb : Verb
{
    private readonly Argument<string[]> paths = new("PATHS")
    {
        Description = "YAML files, and folders to search for them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> watch = new("--watch") { Description = "Stay, and validate what each change touches, until interrupted." };

    public ValidateVerb(Session session)
        : base(session, "validate", "Compile specs without a build and print what is wrong with them.")
    {
        Arguments.Add(paths);
        Options.Add(watch);
        Options.Add(CommonOptions.Json);
    }

    public override IReadOnlyList<(string CommandLine, string Purpose)> Examples =>
    [
        ("validate models", "every spec in a folder and below"),
        ("validate my-detector.yaml", "one file; specs that it refers to are looked up among the models"),
        ("validate models --watch", "again at every change, until Ctrl-C"),
    ];

    protected override int Run(ParseResult parsed)
    {
        var workspace = new SpecWorkspace([.. parsed.GetRequiredValue(paths)], Session.Models(parsed));
        var json = parsed.GetValue(CommonOptions.Json);
        if (json && parsed.GetValue(watch))
        {
            throw new UsageException("--json prints one document, and --watch has no end: give one of them.");
        }
        if (!parsed.GetValue(watch))
        {
            return Once(workspace, json);
        }
        using var changes = new SpecWatch(workspace.Folders);
        var failing = new SortedSet<string>(StringComparer.Ordinal);
        while (true)
        {
            Look(workspace, failing);
            changes.Wait(Session.Interrupted);
        }
    }

    private int Once(SpecWorkspace workspace, bool json)
    {
        var clock = Stopwatch.StartNew();
        var (affected, _) = workspace.Refresh();
        var files = workspace.Validate(affected);
        var elapsed = clock.Elapsed;
        ImmutableArray<Spec.Diagnostics.SpecDiagnostic> diagnostics = [.. files.SelectMany(f => f.Diagnostics)];
        var errors = diagnostics.Count(d => d.IsError);
        if (json)
        {
            Terminal.Json(new Document(
                files.Length, files.Sum(f => f.Models), errors, diagnostics.Length - errors, Math.Round(elapsed.TotalMilliseconds, 1),
                [.. diagnostics.Select(SpecProblem.Of)]));
        }
        else
        {
            Write(files);
            Terminal.Line(Totals(files.Length, files.Sum(f => f.Models), errors, diagnostics.Length - errors, elapsed));
        }
        return errors > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private void Look(SpecWorkspace workspace, SortedSet<string> failing)
    {
        var clock = Stopwatch.StartNew();
        var (affected, gone) = workspace.Refresh();
        var files = workspace.Validate(affected);
        var elapsed = clock.Elapsed;
        if (files.IsEmpty && gone.IsEmpty)
        {
            return;
        }
        foreach (var path in gone)
        {
            failing.Remove(path);
            Terminal.Line($"{path}: gone");
        }
        Write(files);
        foreach (var file in files)
        {
            if (file.Diagnostics.Any(d => d.IsError))
            {
                failing.Add(file.Path);
            }
            else if (failing.Remove(file.Path))
            {
                Terminal.Line($"{file.Path}: right again");
            }
        }
        var diagnostics = files.SelectMany(f => f.Diagnostics).ToArray();
        var errors = diagnostics.Count(d => d.IsError);
        Terminal.Line(
            Totals(files.Length, files.Sum(f => f.Models), errors, diagnostics.Length - errors, elapsed)
            + $"; {Figures.Plural(failing.Count, "file")} with errors of {workspace.Files.Count()}");
    }

    private void Write(ImmutableArray<ValidatedFile> files)
    {
        foreach (var diagnostic in files.SelectMany(f => f.Diagnostics))
        {
            Terminal.Line(diagnostic.ToString());
        }
    }

    private static string Totals(int files, int models, int errors, int warnings, TimeSpan elapsed) =>
        $"{Figures.Plural(files, "file")}, {Figures.Plural(models, "model")}: {Figures.Plural(errors, "error")}, {Figures.Plural(warnings, "warning")} "
        + $"in {elapsed.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)} ms";

    private sealed record Document(int Files, int Models, int Errors, int Warnings, double Milliseconds, ImmutableArray<SpecProblem> Diagnostics);
}
