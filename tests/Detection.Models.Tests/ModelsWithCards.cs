// Which models have a card of their own. Of a large grid that are those of distinct structure; one table has a line for each of the others.
namespace Detection.Models.Tests;

internal static class ModelsWithCards
{
    // More cards of one file are not read.
    private const int MostOfAFile = 40;

    /// <summary>Files with more models than that: their names, and the models in the order of the file.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> Models)> LargeGrids { get; } =
    [
        .. ModelSpecs.Library.ModelNames
            .GroupBy(n => ModelSpecs.Library.Find(n)!.Document.Path)
            .Where(file => file.Count() > MostOfAFile)
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => (Path.GetFileNameWithoutExtension(file.Key), (IReadOnlyList<string>)[.. file])),
    ];

    /// <summary>Models with cards, by name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. ModelSpecs.Library.ModelNames
            .Except(LargeGrids.SelectMany(grid => grid.Models.Except(grid.Models.DistinctBy(n => ModelSpecs.Compile(n).StructureHash))))
            .Order(StringComparer.Ordinal),
    ];
}
