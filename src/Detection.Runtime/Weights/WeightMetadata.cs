// What our weight files say about the model they belong to, as texts in the safetensors header.
using System.Globalization;
using System.Text.Json;

namespace Detection.Runtime;

/// <summary>The metadata of weight files: which model, classes and preprocessing the weights were trained for.</summary>
public static class WeightMetadata
{
    /// <summary>Value of <c>format</c> in files written by <see cref="WeightLoader.Save"/>.</summary>
    public const string Format = "detection-gen";

    private const string FormatKey = "format";

    /// <summary>The metadata of a model's weights.</summary>
    public static IReadOnlyDictionary<string, string> Of(ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        return new Dictionary<string, string>
        {
            [FormatKey] = Format,
            ["model"] = card.Name,
            ["spec_hash"] = card.SpecHash,
            ["classes"] = JsonSerializer.Serialize(card.ClassNames.ToArray()),
            ["input"] = card.Input.ToString(),
            ["preprocessing"] = Describe(card.Preprocessing),
        };
    }

    /// <summary>
    /// What differs between a file's metadata and a model, one line per difference; nothing for files that others wrote, which do not say.
    /// </summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> metadata, ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (metadata.GetValueOrDefault(FormatKey) != Format)
        {
            return [];
        }
        return
        [
            .. from expected in Of(card)
               let stored = metadata.GetValueOrDefault(expected.Key)
               where stored != expected.Value
               select $"{expected.Key.Replace('_', ' ')}: {stored ?? "not stated"} in the file, {expected.Value} in the model",
        ];
    }

    private static string Describe(Preprocessing preprocessing) => FormattableString.Invariant(
        $"{preprocessing.Color} {preprocessing.Resize} {preprocessing.Interpolation} mean={Join(preprocessing.Mean)} std={Join(preprocessing.Std)}").ToLowerInvariant();

    private static string Join(IEnumerable<float> values) => string.Join(',', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
}
