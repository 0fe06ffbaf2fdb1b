// The images of a training: two splits of a folder, their classes in the order of the model's outputs.
using System.Collections.Immutable;
using Detection.Runtime;

namespace Detection.Cli;

internal static class TrainingData
{
    /// <summary>Loads a split for a model.</summary>
    /// <param name="folder">The data set.</param>
    /// <param name="split">Name of the split.</param>
    /// <param name="card">The model.</param>
    /// <param name="includeDifficult">Difficult objects are ordinary ones.</param>
    /// <exception cref="DatasetException">There is no such data.</exception>
    /// <exception cref="FailureException">The model does not know the classes of the data.</exception>
    public static DetectionDataset Load(string folder, string split, ModelCard card, bool includeDifficult = false)
    {
        var loaded = DetectionDatasets.Load(folder, split);
        var dataset = includeDifficult ? loaded.WithDifficultAsOrdinary() : loaded;
        if (dataset.ClassNames.Any(name => !card.ClassNames.Contains(name)))
        {
            var known = card.ClassNames.IsEmpty ? "it names none" : string.Join(", ", card.ClassNames);
            throw new FailureException($"""
                {folder}: the classes of the data are not those of {card.Name}.
                  data:  {string.Join(", ", dataset.ClassNames)}
                  model: {known}
                {SpecFor(dataset.ClassNames, card)}
                """);
        }
        return InOrderOf(dataset, card.ClassNames);
    }

    /// <summary>Classes of the model that no image has an object of.</summary>
    public static IReadOnlyList<string> ClassesWithoutObjects(DetectionDataset dataset) =>
        [.. dataset.CountBoxes().Select((count, i) => (count, i)).Where(c => c.count == 0).Select(c => dataset.ClassNames[c.i])];

    // A folder lists its classes in an order of its own.
    private static DetectionDataset InOrderOf(DetectionDataset dataset, ImmutableArray<string> names)
    {
        if (dataset.ClassNames.SequenceEqual(names))
        {
            return dataset;
        }
        int[] places = [.. dataset.ClassNames.Select(name => names.IndexOf(name))];
        return dataset with
        {
            ClassNames = names,
            Samples =
            [
                .. dataset.Samples.Select(sample => sample with { Boxes = [.. sample.Boxes.Select(box => box with { ClassIndex = places[box.ClassIndex] })] }),
            ],
        };
    }

    /// <summary>The lines of a spec for other classes, with a sentence before them.</summary>
    /// <param name="names">The classes.</param>
    /// <param name="card">The model to extend.</param>
    public static string SpecFor(IEnumerable<string> names, ModelCard card) => $"""
        A spec of these lines makes a model for this data; put it into a project as a YAML file and name the project with --project:
          spec: 1
          model: my-detector
          extends: {card.Name}
          classes: [{string.Join(", ", names.Select(Quoted))}]
        """;

    // What YAML would read as something else than this text goes into quotes.
    private static string Quoted(string name)
    {
        var isPlain = name.Length > 0 && char.IsLetter(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-')
            && name.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off");
        return isPlain ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
