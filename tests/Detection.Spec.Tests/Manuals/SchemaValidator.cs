// Validates JSON by the part of draft 7 that the schema uses; a keyword that it does not know fails, so that none is ignored in silence.
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Detection.Spec.Tests.Manuals;

/// <summary>A small JSON schema validator.</summary>
internal sealed class SchemaValidator(JsonElement root)
{
    public IEnumerable<string> Problems(JsonElement value) => Check(root, value, "");

    private IEnumerable<string> Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.ValueKind is JsonValueKind.True)
        {
            return [];
        }

        return schema.ValueKind is JsonValueKind.False
            ? [path + " is not allowed"]
            : schema.EnumerateObject().SelectMany(keyword => Apply(schema, keyword.Name, keyword.Value, value, path));
    }

    private IEnumerable<string> Apply(JsonElement schema, string keyword, JsonElement argument, JsonElement value, string path)
    {
        switch (keyword)
        {
            case "$schema" or "$comment" or "title" or "description" or "definitions" or "then" or "else":
                return [];
            case "$ref":
                return Check(argument.GetString()!.Split('/').Skip(1).Aggregate(root, (at, name) => at.GetProperty(name)), value, path);
            case "type":
                var types = argument.ValueKind == JsonValueKind.Array ? argument.EnumerateArray().Select(t => t.GetString()) : [argument.GetString()];
                return types.Any(t => IsOf(t!, value)) ? [] : [$"{path} is {value.ValueKind}"];
            case "const":
                return AreEqual(argument, value) ? [] : [$"{path} is not {argument}"];
            case "enum":
                return argument.EnumerateArray().Any(a => AreEqual(a, value)) ? [] : [$"{path} is none of {argument}"];
            case "anyOf":
                return argument.EnumerateArray().Any(s => !Check(s, value, path).Any()) ? [] : [$"{path} fits no alternative: " + string.Join("; ", argument.EnumerateArray().SelectMany(s => Check(s, value, path)))];
            case "allOf":
                return argument.EnumerateArray().SelectMany(s => Check(s, value, path));
            case "if":
                return schema.TryGetProperty(Check(argument, value, path).Any() ? "else" : "then", out var branch) ? Check(branch, value, path) : [];
            case "pattern":
                return value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, argument.GetString()!) ? [] : [$"{path} does not match {argument}"];
            case "minimum":
                return value.ValueKind != JsonValueKind.Number || value.GetDouble() >= argument.GetDouble() ? [] : [$"{path} is below {argument}"];
            case "maximum":
                return value.ValueKind != JsonValueKind.Number || value.GetDouble() <= argument.GetDouble() ? [] : [$"{path} is above {argument}"];
            case "minItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= argument.GetInt32() ? [] : [$"{path} is too short"];
            case "maxItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= argument.GetInt32() ? [] : [$"{path} is too long"];
            case "items":
                return value.ValueKind != JsonValueKind.Array ? [] : value.EnumerateArray().SelectMany((item, i) => Check(argument, item, $"{path}[{i}]"));
            case "required":
                return value.ValueKind != JsonValueKind.Object ? [] : argument.EnumerateArray().Where(k => !value.TryGetProperty(k.GetString()!, out _)).Select(k => $"{path} lacks {k}");
            case "properties" or "patternProperties" or "additionalProperties":
                return value.ValueKind != JsonValueKind.Object ? [] : value.EnumerateObject().SelectMany(p => Property(schema, keyword, argument, p, path));
            default:
                throw new NotSupportedException(keyword);
        }
    }

    private IEnumerable<string> Property(JsonElement schema, string keyword, JsonElement argument, JsonProperty property, string path)
    {
        var inner = path + "." + property.Name;
        var patterns = schema.TryGetProperty("patternProperties", out var all) ? all.EnumerateObject().Where(p => Regex.IsMatch(property.Name, p.Name)).ToArray() : [];
        switch (keyword)
        {
            case "properties":
                return argument.TryGetProperty(property.Name, out var own) ? Check(own, property.Value, inner) : [];
            case "patternProperties":
                return patterns.SelectMany(p => Check(p.Value, property.Value, inner));
            default:
                var isKnown = patterns.Length > 0 || (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(property.Name, out _));
                return isKnown ? [] : Check(argument, property.Value, inner);
        }
    }

    private static bool IsOf(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("null", JsonValueKind.Null) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => value.GetDouble() == Math.Floor(value.GetDouble()),
        _ => false,
    };

    private static bool AreEqual(JsonElement a, JsonElement b) =>
        a.ValueKind == b.ValueKind && (a.ValueKind == JsonValueKind.Number ? a.GetDouble() == b.GetDouble() : a.ToString() == b.ToString());
}
