// The models that a command line talks about, and the YAML they come from.
using Detection.Runtime;
using Detection.Spec.Compilation;
using Detection.Spec.Resolution;

namespace Detection.Cli;

/// <param name="Own">Catalogues that lists show.</param>
/// <param name="All">Catalogues that names are looked up in, <paramref name="Own"/> first.</param>
internal sealed record ModelSet(IReadOnlyList<IModelCatalog> Own, IReadOnlyList<IModelCatalog> All)
{
    /// <summary>The models to list, by name.</summary>
    public IReadOnlyList<ModelEntry> Listed => [.. Own.SelectMany(c => c.Models).OrderBy(m => m.Card.Name, StringComparer.Ordinal)];

    /// <summary>The model called <paramref name="name"/>.</summary>
    /// <exception cref="UnknownModelException">There is none.</exception>
    public ModelEntry Find(string name)
    {
        // One catalogue after the other: the user's model goes before one of ours with the same name in other capitals.
        foreach (var catalog in All)
        {
            if (catalog.Models.Any(m => string.Equals(m.Card.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                return catalog.Find(name);
            }
        }
        return ModelCatalogs.Find(All, name);
    }

    /// <summary>Compiles the YAML that a model's catalogue carries.</summary>
    /// <exception cref="FailureException">The catalogue carries no spec of that name, or it does not compile.</exception>
    public CompiledModel Compile(ModelEntry entry)
    {
        var owner = All.First(catalog => catalog.Models.Contains(entry));
        var library = LibraryOver(Parse(owner));
        var spec = library.Find(entry.Card.Name)
            ?? throw new FailureException($"{entry.Card.Name}: its catalogue does not carry the YAML it was generated from.");
        return SpecProblem.ModelOf(SpecCompiler.Compile(spec, library), static _ => { });
    }

    /// <summary>Everything that specs may refer to; of two specs of one name the first is found.</summary>
    /// <param name="first">Specs that go before those of the catalogues.</param>
    public SpecLibrary LibraryOver(IEnumerable<ParsedSpec> first) =>
        new(first.Concat(All.SelectMany(Parse)).DistinctBy(spec => spec.ModelName));

    private static IEnumerable<ParsedSpec> Parse(IModelCatalog catalog) =>
        catalog.Specs.Select(spec => ParsedSpec.Parse(new Spec.Resolution.SpecDocument(spec.Path, spec.Text)));
}
