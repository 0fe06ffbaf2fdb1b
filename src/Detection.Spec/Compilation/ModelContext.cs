// What is the same for all graphs of one compilation: the library, the diagnostics, the allowed input sizes, and
// the limits that keep a spec which grows without end from taking the compiler with it.
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Shared state of one compilation.</summary>
internal sealed class ModelContext(SpecLibrary library, DiagnosticBag diagnostics, (SizeDomain Height, SizeDomain Width) domain)
{
    private const int MaximumNodes = 20_000;
    private readonly Stack<string> open = new();
    private int nodes;

    public SpecLibrary Library { get; } = library;

    public DiagnosticBag Diagnostics { get; } = diagnostics;

    public (SizeDomain Height, SizeDomain Width) Domain { get; } = domain;

    /// <summary>Enters a block or model; false, and a diagnostic, when it is being built already or the network has grown too large.</summary>
    public bool TryEnter(string name, SyntaxNode at)
    {
        if (open.Contains(name))
        {
            Diagnostics.Report(Rules.Cycle, at, $"'{name}'", string.Join(" -> ", open.Reverse()) + " -> " + name);
            return false;
        }

        open.Push(name);
        return true;
    }

    public void Leave() => open.Pop();

    /// <summary>Counts a node; false, and a diagnostic, when there are too many.</summary>
    public bool TryCount(SyntaxNode at)
    {
        if (++nodes <= MaximumNodes)
        {
            return true;
        }

        Diagnostics.Report(Rules.LimitExceeded, at, $"The network has more than {MaximumNodes} nodes, blocks counted as often as they are used");
        return false;
    }

    /// <summary>A context for a model used as a part: same limits, its own diagnostics.</summary>
    public ModelContext ForPart(DiagnosticBag partDiagnostics)
    {
        var part = new ModelContext(Library, partDiagnostics, Domain) { nodes = nodes };
        foreach (var name in open.Reverse())
        {
            part.open.Push(name);
        }

        return part;
    }
}
