// Rows of layers that predict classes: which of them a model of other classes can take over. COCO's detectors become VOC's this way.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>A layer of which some rows were taken, those of the classes that both models know.</summary>
/// <param name="Key">Its key in the model.</param>
/// <param name="Taken">Rows of the model that the file filled.</param>
/// <param name="Of">Rows of the model's layer.</param>
/// <param name="InFile">Rows of the file's layer.</param>
public sealed record SubsampledWeight(string Key, int Taken, int Of, int InFile)
{
    /// <summary>"scores.weight: 126 rows of the file's 486", then how many are new.</summary>
    public override string ToString() => FormattableString.Invariant($"{Key}: {Taken} rows of the file's {InFile}")
        + (Taken < Of ? FormattableString.Invariant($", {Of - Taken} new") : "");
}

/// <summary>Names under which two data sets know the same classes.</summary>
public static class ClassSynonyms
{
    /// <summary>COCO's names of classes that Pascal VOC names otherwise, with VOC's names.</summary>
    public static ImmutableDictionary<string, string> CocoToVoc { get; } = new Dictionary<string, string>
    {
        ["airplane"] = "aeroplane",
        ["couch"] = "sofa",
        ["dining table"] = "diningtable",
        ["motorcycle"] = "motorbike",
        ["potted plant"] = "pottedplant",
        ["tv"] = "tvmonitor",
    }.ToImmutableDictionary(StringComparer.Ordinal);
}

/// <summary>
/// How class-prediction layers of a file's model go into those of another. Such a layer has so many rows for every class: a convolution of a one-stage
/// detector has the classes of one default box beside each other, [A * (K + 1)]; a two-stage detector's layers have all rows of a class
/// beside each other, [(K + 1)] for scores, [(K + 1) * 4] for boxes, [(K + 1) * k * k] for position-sensitive maps.
/// </summary>
internal sealed class ClassRows
{
    // Slot of the file for every slot of the model, -1 for a class that the file does not know. Slots are the classes, after background where there is one.
    private readonly int[] slots;
    private readonly int fileSlots;
    private readonly bool isClassMajor;

    private ClassRows(int[] slots, int fileSlots, bool isClassMajor, ImmutableArray<string> shared) =>
        (this.slots, this.fileSlots, this.isClassMajor, Shared) = (slots, fileSlots, isClassMajor, shared);

    /// <summary>The model's classes that the file knows too.</summary>
    public ImmutableArray<string> Shared { get; }

    /// <summary>The rows that two models have in common; null when their numbers of classes agree or no class is common.</summary>
    /// <param name="file">Classes of the file, without background.</param>
    /// <param name="model">Classes of the model, likewise.</param>
    /// <param name="renames">What the model calls classes of the file; a class that is not there keeps its name, or has a synonym of it.</param>
    /// <param name="hasBackground">Scores have a background slot before the classes.</param>
    /// <param name="isClassMajor">Rows of one class lie beside each other.</param>
    public static ClassRows? Between(
        IReadOnlyList<string> file, IReadOnlyList<string> model, IReadOnlyDictionary<string, string> renames, bool hasBackground, bool isClassMajor)
    {
        if (file.Count == model.Count)
        {
            return null;
        }
        var synonyms = ClassSynonyms.CocoToVoc.ToDictionary(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < file.Count; i++)
        {
            places.TryAdd(renames.GetValueOrDefault(file[i], file[i]), i);
        }
        int Find(string name) => places.TryGetValue(name, out var at)
            || ClassSynonyms.CocoToVoc.TryGetValue(name, out var other) && places.TryGetValue(other, out at)
            || synonyms.TryGetValue(name, out other) && places.TryGetValue(other, out at) ? at : -1;
        int[] found = [.. model.Select(Find)];
        if (found.All(at => at < 0))
        {
            return null;
        }
        var first = hasBackground ? 1 : 0;
        int[] slots = [.. Enumerable.Range(0, first), .. found.Select(at => at < 0 ? -1 : at + first)];
        return new ClassRows(slots, file.Count + first, isClassMajor, [.. model.Where((_, i) => found[i] >= 0)]);
    }

    /// <summary>Rows of a layer, those of the model with those of the file that fill them; null for what is no class-prediction layer of both.</summary>
    /// <param name="stored">Shape in the file.</param>
    /// <param name="target">Shape in the model.</param>
    public (long[] Target, long[] Source)? Of(ReadOnlySpan<long> stored, ReadOnlySpan<long> target)
    {
        if (stored.Length == 0 || stored.Length != target.Length || !stored[1..].SequenceEqual(target[1..]) || stored[0] == 0
            || stored[0] % fileSlots != 0 || target[0] % slots.Length != 0 || stored[0] / fileSlots != target[0] / slots.Length)
        {
            return null;
        }
        var (to, from) = (new List<long>(), new List<long>());
        var perClass = stored[0] / fileSlots;
        for (long repeat = 0; repeat < perClass; repeat++)
        {
            for (var slot = 0; slot < slots.Length; slot++)
            {
                if (slots[slot] >= 0)
                {
                    to.Add(isClassMajor ? perClass * slot + repeat : slots.Length * repeat + slot);
                    from.Add(isClassMajor ? perClass * slots[slot] + repeat : fileSlots * repeat + slots[slot]);
                }
            }
        }
        return ([.. to], [.. from]);
    }
}
