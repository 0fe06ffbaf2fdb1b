// What is the same for all graphs of one compilation: the library, the diagnostics, the allowed input sizes, and
// the limits that keep a spec which grows without end from taking the compiler with it.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Shared state of one compilation.</summary>
internal sealed class ModelContext
{
    private const int MaximumNodes = 20_000;

    // Blocks in blocks in models: building them takes the thread's stack.
    private const int MaximumNesting = 48;

    private readonly Stack<(string Name, object Identity)> open = new();
    private readonly HashSet<object> entered = [];
    private readonly Growth growth;

    public ModelContext(SpecLibrary library, DiagnosticBag diagnostics, (SizeDomain Height, SizeDomain Width) domain)
        : this(library, diagnostics, domain, new Growth())
    {
    }

    private ModelContext(SpecLibrary library, DiagnosticBag diagnostics, (SizeDomain Height, SizeDomain Width) domain, Growth growth)
    {
        Library = library;
        Diagnostics = diagnostics;
        Domain = domain;
        this.growth = growth;
    }

    public SpecLibrary Library { get; }

    public DiagnosticBag Diagnostics { get; }

    public (SizeDomain Height, SizeDomain Width) Domain { get; }

    /// <summary>The operators that the spec declares itself, by name.</summary>
    public ImmutableSortedDictionary<string, OperatorDefinition> Operators { get; set; } = ImmutableSortedDictionary<string, OperatorDefinition>.Empty;

    /// <summary>The operator with a name, of the language or of the spec, or null.</summary>
    public OperatorDefinition? FindOperator(string name) => OperatorCatalog.Find(name) ?? (Operators.TryGetValue(name, out var declared) ? declared : null);

    /// <summary>How many errors stand in sections that say nothing of the network.</summary>
    public int SectionErrors { get; init; }

    /// <summary>Whether the network is wrong, or what it is merged of.</summary>
    public bool HasNetworkErrors => Diagnostics.Errors > SectionErrors;

    /// <summary>Enters a block or model; false, and a diagnostic, when it is being built already or the nesting is too deep.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="identity">What it is: a block of one model may be called as one of another.</param>
    /// <param name="at">Where it is used.</param>
    public bool TryEnter(string name, object identity, SyntaxNode at)
    {
        if (open.Any(o => o.Identity.Equals(identity)))
        {
            Diagnostics.Report(Rules.Cycle, at, $"'{name}'", string.Join(" -> ", open.Reverse().Select(o => o.Name)) + " -> " + name);
            return false;
        }

        if (open.Count >= MaximumNesting)
        {
            Diagnostics.Report(Rules.LimitExceeded, at, $"Blocks and models are nested more than {MaximumNesting} levels deep");
            return false;
        }

        open.Push((name, identity));
        entered.Add(identity);
        return true;
    }

    public void Leave() => open.Pop();

    /// <summary>Whether a block was built, so that its words have been checked.</summary>
    public bool WasEntered(object identity) => entered.Contains(identity);

    /// <summary>Counts a node; false, and one diagnostic, when there are too many.</summary>
    public bool TryCount(SyntaxNode at)
    {
        if (++growth.Nodes <= MaximumNodes)
        {
            return true;
        }

        if (!growth.IsReported)
        {
            growth.IsReported = true;
            Diagnostics.Report(Rules.LimitExceeded, at, $"The network has more than {MaximumNodes} nodes, blocks counted as often as they are used");
        }

        return false;
    }

    /// <summary>A context for a model used as a part: same limits, its own diagnostics.</summary>
    public ModelContext ForPart(DiagnosticBag partDiagnostics)
    {
        var part = new ModelContext(Library, partDiagnostics, Domain, growth);
        foreach (var entered in open.Reverse())
        {
            part.open.Push(entered);
        }

        return part;
    }

    private sealed class Growth
    {
        public int Nodes { get; set; }

        public bool IsReported { get; set; }
    }
}
