// Spec diagnostics as Roslyn's: same id, same words, standing in the YAML file.
using System.Collections.Concurrent;
using Detection.Spec.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Detection.Gen.Pipeline;

/// <summary>Turns spec diagnostics into compiler diagnostics.</summary>
internal static class RoslynDiagnostics
{
    /// <summary>Category of all descriptors.</summary>
    public const string Category = "DetectionSpec";

    private static readonly ConcurrentDictionary<string, DiagnosticDescriptor> Descriptors = new(StringComparer.Ordinal);

    /// <summary>The compiler's form of a spec diagnostic.</summary>
    public static Diagnostic Create(SpecDiagnostic diagnostic)
    {
        var descriptor = Descriptors.GetOrAdd(diagnostic.Id, _ => Descriptor(diagnostic.Descriptor));
        var location = diagnostic.Location;
        return Diagnostic.Create(
            descriptor,
            Location.Create(
                location.Path,
                new TextSpan(location.Span.Start, location.Span.Length),
                new LinePositionSpan(
                    new LinePosition(location.Start.Line, location.Start.Column), new LinePosition(location.End.Line, location.End.Column))),
            diagnostic.Message);
    }

    /// <summary>The compiler's form of a descriptor.</summary>
    public static DiagnosticDescriptor Descriptor(SpecDiagnosticDescriptor descriptor) => new(
        descriptor.Id,
        descriptor.Title,
        "{0}",
        Category,
        descriptor.Severity == SpecSeverity.Error ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: descriptor.HelpLink);
}
