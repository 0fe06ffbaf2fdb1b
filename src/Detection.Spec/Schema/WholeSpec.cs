// What the schema asks of a spec that stands for itself: one that neither extends another nor spans a grid has everything that it needs.
using System.Collections.Immutable;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Spec.Schema;

/// <summary>The keys that a spec without a base cannot lack, and the verbs that it cannot use.</summary>
internal static class WholeSpec
{
    private static readonly JsonMap NoVerbs = new JsonMap().With("^\\$", false);

    /// <summary>The schema, beside that of all specs.</summary>
    public static JsonMap Schema() => new JsonMap()
        .With("required", new[] { "kind", "input", "nodes" })
        .With("patternProperties", NoVerbs)
        .With("properties", new JsonMap()
            .With("input", Required(InputDeclaration.Attributes))
            .With("nodes", Nodes())
            .With("blocks", Named(Required("nodes").With("properties", new JsonMap().With("nodes", Nodes()))))
            .With("detection", new JsonMap().With("properties", new JsonMap().With("stages", Named(new JsonMap().With("properties", new JsonMap().With("nodes", Nodes()).With("heads", Nodes()))))))
            .With("train", Required("optimizer").With("properties", new JsonMap().With("optimizer", Required(TrainingRecipe.OptimizerAttributes)))))
        .With("allOf", new[]
        {
            Kind("backbone", Required("taps")),
            Kind("classifier", Required("classes")),
            Kind("oneStage", Detector(["levels", "heads"], ("levels", Named(Required("from"))), ("heads", Required("scores", "boxes")))),
            Kind("twoStage", Detector(
                ["proposals", "stages"],
                ("proposals", new JsonMap().With("anyOf", new[] { Required("given"), Required("levels", "heads").With("properties", new JsonMap().With("levels", Named(Required("from"))).With("heads", Required("objectness", "boxes"))) })),
                ("stages", Named(Required("nodes", "heads").With("properties", new JsonMap().With("heads", Required("scores"))))))),
        });

    private static JsonMap Kind(string word, JsonMap then) => new JsonMap().With("if", new JsonMap().With("properties", new JsonMap().With("kind", new JsonMap().With("const", word)))).With("then", then);

    private static JsonMap Detector(string[] keys, params (string Key, JsonMap Schema)[] parts) => Required("classes", "detection")
        .With("properties", new JsonMap().With("detection", Required(keys).With("properties", parts.Aggregate(new JsonMap(), (map, part) => map.With(part.Key, part.Schema)))));

    private static JsonMap Named(JsonMap value) => new JsonMap().With("patternProperties", NoVerbs).With("additionalProperties", value);

    // A map of nodes, each with an operator and the attributes that it cannot do without. A node that shares weights has those of their owner, one that is repeated may have them in 'first'.
    private static JsonMap Nodes() => new JsonMap().With("$ref", "#/definitions/wholeNodes");

    /// <summary>The definition of a map of whole nodes.</summary>
    public static JsonMap WholeNodes() => Named(new JsonMap().With("anyOf", new[]
    {
        new JsonMap().With("type", "string"),
        new JsonMap().With("type", "object").With("required", new[] { "op" }).With("patternProperties", NoVerbs).With("allOf", OperatorCatalog.All
            .Where(o => o.Attributes.Any(a => a.Required))
            .Select(o => new JsonMap()
                .With("if", new JsonMap().With("properties", new JsonMap().With("op", new JsonMap().With("const", o.Name))))
                .With("then", new JsonMap().With("anyOf", new[] { Required(o.Attributes), Required("shares"), Required("first") })))),
    })).With("type", "object");

    private static JsonMap Required(ImmutableArray<AttributeDefinition> attributes) => Required([.. attributes.Where(a => a.Required).Select(a => a.Name)]);

    private static JsonMap Required(params string[] keys) => new JsonMap().With("required", keys);
}
