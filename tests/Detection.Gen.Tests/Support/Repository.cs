// Files of the repository that tests read: found by walking up from the test's assembly to the solution.
using System.Xml.Linq;

namespace Detection.Gen.Tests.Support;

internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The specs of a family of models, as its project hands them over.</summary>
    public static IEnumerable<SpecText> Family(string folder, string ownerNamespace) =>
        Directory.EnumerateFiles(Path.Combine(Root, "models", folder), "*.yaml").Order(StringComparer.Ordinal)
            .Select(file => new SpecText(file, File.ReadAllText(file)) { Namespace = ownerNamespace });

    /// <summary>The version of a package that the repository pins.</summary>
    public static string PinnedVersion(string package) => XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion")
        .Single(p => p.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Detection.Gen.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
