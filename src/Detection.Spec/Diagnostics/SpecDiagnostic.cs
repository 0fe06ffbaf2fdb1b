// A problem found in a spec: what, where, and the words for it. Value-equal, so that it can travel through an incremental pipeline.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Syntax;

namespace Detection.Spec.Diagnostics;

/// <summary>How bad a problem is.</summary>
public enum SpecSeverity
{
    /// <summary>Worth a look; the model is generated.</summary>
    Warning,

    /// <summary>The model cannot be generated.</summary>
    Error,
}

/// <summary>The kind of a problem: its id, a title for lists, and the message with <c>{0}</c> placeholders.</summary>
/// <param name="Id">Identifier such as <c>DG0101</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="MessageFormat">Composite format string of the message.</param>
/// <param name="Severity">Default severity.</param>
public sealed record SpecDiagnosticDescriptor(string Id, string Title, string MessageFormat, SpecSeverity Severity = SpecSeverity.Error)
{
    /// <summary>Where its page stands, see <see cref="DiagnosticPages"/>.</summary>
    public string HelpLink => DiagnosticPages.Of(Id);
}

/// <summary>Where a problem stands.</summary>
/// <param name="Path">Path of the document as given to the compiler.</param>
/// <param name="Span">Character range.</param>
/// <param name="Start">Line and column of its first character.</param>
/// <param name="End">Line and column behind its last character.</param>
public sealed record SpecLocation(string Path, TextSpan Span, LinePosition Start, LinePosition End)
{
    /// <summary>The location of a syntax node.</summary>
    public static SpecLocation Of(SyntaxNode node) => Of(node.Source, node.Span);

    /// <summary>The location of a range of a document.</summary>
    public static SpecLocation Of(SourceText source, TextSpan span) =>
        new(source.Path, span, source.PositionOf(span.Start), source.PositionOf(span.End));
}

/// <summary>A problem found in a spec.</summary>
public sealed class SpecDiagnostic : IEquatable<SpecDiagnostic>
{
    // Enough for a list of names or a nested message; a scalar of a megabyte says no more in full.
    private const int LongestArgument = 600;

    /// <summary>Creates a diagnostic; the message is formatted at once, in the invariant culture, on one line; long texts in it are cut.</summary>
    public SpecDiagnostic(SpecDiagnosticDescriptor descriptor, SpecLocation location, params object?[] arguments)
    {
        Descriptor = descriptor;
        Location = location;
        var message = string.Format(CultureInfo.InvariantCulture, descriptor.MessageFormat, [.. arguments.Select(Readable)]);
        Message = message.Length > 0 && char.IsLower(message[0]) ? char.ToUpperInvariant(message[0]) + message.Substring(1) : message;
    }

    private SpecDiagnostic(SpecDiagnosticDescriptor descriptor, SpecLocation location, string message)
    {
        Descriptor = descriptor;
        Location = location;
        Message = message;
    }

    /// <summary>The same problem with a remark behind its message.</summary>
    public SpecDiagnostic With(string remark) => new(Descriptor, Location, $"{Message} {remark}");

    /// <summary>The kind of problem.</summary>
    public SpecDiagnosticDescriptor Descriptor { get; }

    /// <summary>Where it stands.</summary>
    public SpecLocation Location { get; }

    /// <summary>The message.</summary>
    public string Message { get; }

    /// <summary>Identifier such as <c>DG0101</c>.</summary>
    public string Id => Descriptor.Id;

    /// <summary>Whether it keeps the model from being generated.</summary>
    public bool IsError => Descriptor.Severity == SpecSeverity.Error;

    // Line breaks would tear the message apart in the output of a build.
    private static object? Readable(object? argument)
    {
        if (argument is not string text)
        {
            return argument;
        }

        var length = text.Length <= LongestArgument ? text.Length : LongestArgument - (char.IsHighSurrogate(text[LongestArgument - 1]) ? 1 : 0);
        var characters = text.ToCharArray(0, length);
        for (var i = 0; i < characters.Length; i++)
        {
            if (char.IsControl(characters[i]) || characters[i] is '\u2028' or '\u2029')
            {
                characters[i] = ' ';
            }
        }

        return new string(characters) + (length < text.Length ? "..." : "");
    }

    /// <inheritdoc/>
    public bool Equals(SpecDiagnostic? other) =>
        other is not null && Descriptor == other.Descriptor && Location == other.Location && Message == other.Message;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpecDiagnostic);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((Descriptor.Id.GetHashCode() * 397) ^ Message.GetHashCode());

    /// <summary><c>path(line,column): error DG0101: message</c>, lines and columns counted from one as compilers do.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "{0}({1},{2}): {3} {4}: {5}",
        Location.Path,
        Location.Start.Line + 1,
        Location.Start.Column + 1,
        IsError ? "error" : "warning",
        Id,
        Message);
}

/// <summary>Collects the problems of one compilation; a problem is recorded once, however often it is met.</summary>
public sealed class DiagnosticBag
{
    // A file that is wrong in ten thousand places says nothing in its thousandth message that it did not say in its tenth.
    // Errors and warnings are counted apart, so that warnings never crowd out the error that explains a missing model.
    private const int Limit = 200;

    private readonly List<SpecDiagnostic> diagnostics = [];
    private readonly HashSet<SpecDiagnostic> seen = [];
    private int errors;

    /// <summary>Whether an error was recorded.</summary>
    public bool HasErrors => Errors > 0;

    /// <summary>How many errors were met, recorded or not.</summary>
    public int Errors { get; private set; }

    /// <summary>Number of problems recorded.</summary>
    public int Count => diagnostics.Count;

    /// <summary>Whether further errors are not recorded, so that looking for them is in vain.</summary>
    public bool IsFull => errors >= Limit;

    /// <summary>" Did you mean 'x'?" or nothing, ready to be appended to a message; nothing, too, when no further error is recorded anyway.</summary>
    public string DidYouMean(string name, IEnumerable<string> candidates) => IsFull ? "" : Suggestion.Phrase(name, candidates);

    /// <summary>Records a problem at a node.</summary>
    public void Report(SpecDiagnosticDescriptor descriptor, SyntaxNode node, params object?[] arguments) =>
        Add(new SpecDiagnostic(descriptor, SpecLocation.Of(node), arguments));

    /// <summary>Records a problem at a range of a document.</summary>
    public void Report(SpecDiagnosticDescriptor descriptor, SourceText source, TextSpan span, params object?[] arguments) =>
        Add(new SpecDiagnostic(descriptor, SpecLocation.Of(source, span), arguments));

    /// <summary>Records a problem.</summary>
    public void Add(SpecDiagnostic diagnostic)
    {
        Errors += diagnostic.IsError ? 1 : 0;
        if ((diagnostic.IsError ? errors : diagnostics.Count - errors) < Limit && seen.Add(diagnostic))
        {
            diagnostics.Add(diagnostic);
            errors += diagnostic.IsError ? 1 : 0;
        }
    }

    /// <summary>The problems in the order of their position.</summary>
    public ImmutableArray<SpecDiagnostic> ToImmutable() =>
    [
        .. diagnostics
            .OrderBy(d => d.Location.Path, StringComparer.Ordinal)
            .ThenBy(d => d.Location.Span.Start)
            .ThenBy(d => d.Id, StringComparer.Ordinal),
    ];
}
