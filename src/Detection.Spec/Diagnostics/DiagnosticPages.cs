// Where the pages of the diagnostics stand. The repository and the generator's package hold them under the same path, so that path is the link;
// a build that knows where the repository lies on the web (the property RepositoryUrl) puts its address before it.
using System.Reflection;

namespace Detection.Spec.Diagnostics;

/// <summary>The documentation pages of the diagnostics.</summary>
public static class DiagnosticPages
{
    /// <summary>The folder of the pages, from the root of the repository and of the generator's package.</summary>
    public const string Folder = "docs/diagnostics/";

    private static readonly string Root =
        typeof(DiagnosticPages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "DiagnosticPagesRoot")?.Value ?? "";

    /// <summary>The page of a diagnostic: <c>docs/diagnostics/DG0101.md</c>, or an address on the web that ends so.</summary>
    public static string Of(string id) => Root + Folder + id + ".md";
}
