// The models that come with detgen.
using Detection.Runtime;

namespace Detection.Cli;

internal static class ShippedModels
{
    /// <summary>Their catalogues, families in alphabetical order.</summary>
    public static IReadOnlyList<IModelCatalog> Catalogs { get; } = [];
}
