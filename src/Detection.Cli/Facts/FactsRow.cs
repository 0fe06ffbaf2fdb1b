// Rows of a facts file: what the world says of a model.
using System.Collections.Immutable;
using System.Text.Json;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>A published or computed figure.</summary>
/// <param name="Model">What the source calls the model.</param>
/// <param name="Input">The input that the figure holds for; null when it does not depend on one.</param>
/// <param name="Quantity"><c>params</c>, <c>madds</c>, <c>boxes</c>, <c>channels:NODE</c>, <c>size:NODE</c>, or another word that the map explains.</param>
/// <param name="Value">The figure; a size may be a pair, height and width.</param>
/// <param name="Source">Where it stands.</param>
internal sealed record FactsRow(string Model, InputSize? Input, string Quantity, ImmutableArray<long> Value, string Source)
{
    /// <summary>The rows of a JSON file.</summary>
    /// <exception cref="FailureException">The file cannot be read, or it is no list of rows.</exception>
    public static ImmutableArray<FactsRow> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select((row, i) => Of(row, $"{path}: row {i + 1}"))]
                : throw new FailureException($"{path}: a facts file is a list of rows, {{ model, input, quantity, value, source }}.");
        }
        catch (FileNotFoundException e)
        {
            throw new FailureException($"{path}: there is no such file.", inner: e);
        }
        catch (JsonException e)
        {
            throw new FailureException($"{path}: no JSON: {e.Message}", inner: e);
        }
    }

    private static FactsRow Of(JsonElement row, string at)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw new FailureException($"{at} is no object.");
        }
        var input = Member("input") is not { } size ? null
            : Numbers(size) is [var channels, var height, var width] && Numbers(size).All(n => n is >= 1 and <= 100_000)
                ? new InputSize((int)channels, (int)height, (int)width)
                : throw new FailureException($"{at}: 'input' must be [channels, height, width] or null.");
        var value = Member("value") is { } figure && Numbers(figure) is { Length: 1 or 2 } numbers
            ? numbers
            : throw new FailureException($"{at}: 'value' must be a whole number, or [height, width].");
        return new FactsRow(Text("model"), input, Text("quantity"), value, Member("source") is null ? "" : Text("source"));

        JsonElement? Member(string name) =>
            row.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

        string Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : throw new FailureException($"{at}: '{name}' must be text.");
    }

    // A number or a list of numbers; empty for anything else.
    private static ImmutableArray<long> Numbers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.TryGetInt64(out var number) ? [number] : [],
        JsonValueKind.Array when element.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out _)) =>
            [.. element.EnumerateArray().Select(e => e.GetInt64())],
        _ => [],
    };
}
