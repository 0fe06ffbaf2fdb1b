// Finds the catalogue of an assembly, and a model in it by name.
using System.Reflection;

namespace Detection.Runtime;

/// <summary>Reads the catalogues of generated models.</summary>
public static class ModelCatalogs
{
    /// <summary>The catalogue of <paramref name="assembly"/>, or null when it holds no generated models.</summary>
    /// <exception cref="InvalidOperationException">The assembly's attribute names a type that is not a catalogue.</exception>
    public static IModelCatalog? Of(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        if (assembly.GetCustomAttribute<ModelCatalogAttribute>() is not { } attribute)
        {
            return null;
        }
        return Activator.CreateInstance(attribute.Catalog) as IModelCatalog
            ?? throw new InvalidOperationException(
                $"{assembly.GetName().Name}: [assembly: ModelCatalog] names {attribute.Catalog}, which does not implement {nameof(IModelCatalog)}.");
    }

    /// <summary>The model called <paramref name="name"/>; capitals do not matter.</summary>
    /// <exception cref="UnknownModelException">No catalogue has it; the message suggests names that come close.</exception>
    public static ModelEntry Find(IEnumerable<IModelCatalog> catalogs, string name)
    {
        ArgumentNullException.ThrowIfNull(catalogs);
        ArgumentNullException.ThrowIfNull(name);
        ModelEntry[] models = [.. catalogs.SelectMany(catalog => catalog.Models)];
        return models.FirstOrDefault(model => model.Card.Name == name)
            ?? models.FirstOrDefault(model => string.Equals(model.Card.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UnknownModelException(name, [.. models.Select(model => model.Card.Name)]);
    }

    /// <summary>The model called <paramref name="name"/> in this catalogue; capitals do not matter.</summary>
    /// <exception cref="UnknownModelException">The catalogue does not have it; the message suggests names that come close.</exception>
    public static ModelEntry Find(this IModelCatalog catalog, string name) => Find([catalog], name);
}

/// <summary>A model was asked for by a name that no catalogue has.</summary>
public sealed class UnknownModelException : Exception
{
    /// <summary>Creates the exception and looks for names that come close.</summary>
    /// <param name="name">The name asked for.</param>
    /// <param name="known">The names there are.</param>
    public UnknownModelException(string name, IReadOnlyList<string> known)
        : this(name, known, NameSuggestions.For(name, known))
    {
    }

    private UnknownModelException(string name, IReadOnlyList<string> known, IReadOnlyList<string> suggestions)
        : base(Describe(name, known, suggestions))
    {
        Name = name;
        Suggestions = suggestions;
    }

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }

    /// <summary>Known names that come close, best first.</summary>
    public IReadOnlyList<string> Suggestions { get; }

    private static string Describe(string name, IReadOnlyList<string> known, IReadOnlyList<string> suggestions) => (known, suggestions) switch
    {
        ([], _) => $"There is no model '{name}': no models were found at all.",
        (_, []) => $"There is no model '{name}'. Known: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(20))}{(known.Count > 20 ? ", ..." : "")}.",
        _ => $"There is no model '{name}'. Did you mean {string.Join(" or ", suggestions.Select(s => $"'{s}'"))}?",
    };
}
