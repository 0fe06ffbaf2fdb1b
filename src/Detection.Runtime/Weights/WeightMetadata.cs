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

    /// <summary>The classes that a file of ours names, without background; null for files of others and for models that name none.</summary>
    internal static IReadOnlyList<string>? Classes(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.GetValueOrDefault(FormatKey) != Format || metadata.GetValueOrDefault("classes") is not { } text)
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<string[]>(text) is { Length: > 0 } names && !names.Contains(null) ? names : null;
        }
        catch (JsonException)
        {
            // A header that somebody has edited names no classes.
            return null;
        }
    }

    private static string Describe(Preprocessing preprocessing) => FormattableString.Invariant(
        $"{preprocessing.Color} {preprocessing.Resize} {preprocessing.Interpolation} mean={Join(preprocessing.Mean)} std={Join(preprocessing.Std)}").ToLowerInvariant();

    private static string Join(IEnumerable<float> values) => string.Join(',', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
}
