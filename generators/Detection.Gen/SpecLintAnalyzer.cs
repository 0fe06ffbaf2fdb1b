// Lint as an analyzer's warnings. Errors are the generator's: an analyzer falls silent as soon as C# has a declaration error, and a spec that does not
// compile makes one. Lint loses nothing by that: it speaks of models that compile.
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Detection.Gen.Pipeline;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Lint;
using Detection.Spec.Resolution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Detection.Gen;

/// <summary>Reports what is right in a project's specs and yet says less than was meant.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SpecLintAnalyzer : DiagnosticAnalyzer
{
    // An edit of C# brings the same files again; what was found of them holds as long as all they refer to is the same.
    private static readonly ConditionalWeakTable<AdditionalText, ParsedSpec> Parsed = new();
    private static readonly ConditionalWeakTable<ParsedSpec, Findings> Found = new();

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. SpecLint.Rules.Add(Rules.Internal).Select(RoslynDiagnostics.Descriptor)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(Report);
    }

    private static void Report(CompilationAnalysisContext context)
    {
        var options = context.Options.AnalyzerConfigOptionsProvider;
        var specs = context.Options.AdditionalFiles
            .Select(file => SpecFile.Of(file, options.GetOptions(file)))
            .Where(file => file is not null)
            .Select(file => (Spec: Parsed.GetValue(file!.File, text => file.Parse(CancellationToken.None).Spec), file.Emit))
            .ToArray();
        var library = new SpecLibrary(specs.Select(s => s.Spec));
        foreach (var (spec, _) in specs.Where(s => s.Emit == Emit.Models))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            foreach (var diagnostic in Of(spec, library))
            {
                context.ReportDiagnostic(RoslynDiagnostics.Create(diagnostic));
            }
        }
    }

    private static ImmutableArray<SpecDiagnostic> Of(ParsedSpec spec, SpecLibrary library)
    {
        var closure = spec.Models.SelectMany(model => library.Closure(model)).Distinct().ToImmutableArray();
        if (Found.TryGetValue(spec, out var known) && known.Closure.SequenceEqual(closure))
        {
            return known.Diagnostics;
        }

        var findings = new Findings(closure, SpecLint.Run(SpecCompiler.Compile(spec, library), library));
        Found.Remove(spec);
        Found.GetValue(spec, _ => findings);
        return findings.Diagnostics;
    }

    private sealed class Findings(ImmutableArray<ParsedSpec> closure, ImmutableArray<SpecDiagnostic> diagnostics)
    {
        public ImmutableArray<ParsedSpec> Closure { get; } = closure;

        public ImmutableArray<SpecDiagnostic> Diagnostics { get; } = diagnostics;
    }
}
