// The JSON schema of the language, for completion and validation in editors, made of the tables that the compiler reads specs with: what is added to a
// table is in the schema. It is looser than the compiler where that takes arithmetic or other files; it is never stricter.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Spec.Schema;

/// <summary>Writes the JSON schema (draft 7, which YAML editors know).</summary>
public static class SpecSchema
{
    // The text of a grid's hole, which becomes a word or number of its own in each model.
    private const string Hole = "\\{[^}]+\\}";

    // What the keys that hold structure mean. The keys themselves come from the compiler; a test fails when one has no words here.
    internal static ImmutableDictionary<string, string> Meanings { get; } = new Dictionary<string, string>
    {
        ["spec"] = "Version of the language: 1.",
        ["model"] = "Name of the model: lower-case letters, digits, '-', '_' and '.'.",
        ["class"] = "Name of the C# class; made from the model's name when absent.",
        ["kind"] = "What the model is.",
        ["extends"] = "The model this one is a variant of: a name, never a path.",
        ["summary"] = "One sentence about it.",
        ["source"] = "The paper or code it follows.",
        ["parameters"] = "Numbers that the spec computes with: name and default.",
        ["input"] = "Size and channels of the image.",
        ["init"] = "What convolutions and fully connected layers begin with: a distribution, a number, or a map of both weight and bias; their own values when absent.",
        ["preprocess"] = "How an image becomes the input.",
        ["classes"] = "Names of the classes, or their number; background not counted.",
        ["blocks"] = "Groups of nodes with parameters.",
        ["operators"] = "Operators that C# classes of the project compute.",
        ["attributes"] = "What a node gives the operator: names, each with its kind, bounds and default.",
        ["shape"] = "The output, as expressions over 'in' (input channels), the attributes, 'height' and 'width'; as the input where it says nothing.",
        ["default"] = "The value where a node gives none; without it every node must.",
        ["tensors"] = "What the operator keeps: names and sizes, as expressions over 'in' and the attributes.",
        ["multiplyAdds"] = "Multiply-adds for each output value.",
        ["sees"] = "Input cells that an output cell depends on, from the first to the last; all of them when absent.",
        ["channels"] = "Output channels.",
        ["height"] = "Rows of the output, from 'height' of the input.",
        ["width"] = "Columns of the output, from 'width' of the input.",
        ["vector"] = "Length of the output, when that is a vector.",
        ["nodes"] = "The network: named nodes in the order in which they run.",
        ["taps"] = "Outputs of a backbone: name and node.",
        ["output"] = "The node whose value is the result; the last one when absent.",
        ["detection"] = "Levels, default boxes and heads of a one-stage detector; proposals and stages of a two-stage detector.",
        ["train"] = "Training recipe of a detector.",
        ["expect"] = "What the model must be, with the source of the figures.",
        ["variants"] = "A grid of models over axes, each a model of its own.",
        ["op"] = "An operator, a block of this spec, or another model.",
        ["from"] = "What the node takes: a node above it, 'input', one output of a part, or a list of these; the node above when absent.",
        ["key"] = "Prefix of the node's tensors in state dicts; its name when absent.",
        ["repeat"] = "How often the node stands behind itself.",
        ["first"] = "Attributes that differ in the first of the repetitions.",
        ["when"] = "A condition: if it does not hold the node is left out, and whoever names it gets its input.",
        ["patch"] = "What this use of a block or model changes of it.",
        ["shares"] = "A node above whose weights this one uses too.",
        ["inputs"] = "Names of the inputs of a block or operator; a single one when absent.",
        ["levels"] = "The feature maps with default boxes, in the order of their boxes.",
        ["anchors"] = "Default boxes.",
        ["heads"] = "Nodes that are built once for each level, from the level's map.",
        ["scores"] = "The head of class scores.",
        ["boxes"] = "The head of box deltas.",
        ["refine"] = "A first step that moves and filters the default boxes.",
        ["refineFrom"] = "The map of the level's first step; the level's own when absent.",
        ["objectness"] = "The first step's head of background and object.",
        ["proposals"] = "What proposes regions: levels with anchors, heads and limits, or how many the caller gives.",
        ["given"] = "Regions of an image that the caller gives, in place of proposals of the detector's own.",
        ["stages"] = "What is done with each region, by name; several are a cascade.",
        ["averageStages"] = "Whether scores are the mean over the heads of all stages of a cascade.",
        ["regionsAtOnce"] = "Regions that go through a stage at once when testing.",
        ["svm"] = "How support vector machines are trained on the features that the network has learned.",
        ["boxRegression"] = "How regressors of boxes are fitted to the features that the network has learned.",
        ["select"] = "Which boxes become regions.",
        ["coding"] = "How boxes become deltas.",
        ["postprocess"] = "Thresholds and limits of detections.",
        [MultiScaleLayout.Key] = "A test at several sizes.",
        ["runs"] = "The sizes of a test at several sizes, by name.",
        ["optimizer"] = "Update rule.",
        ["schedule"] = "How the learning rate falls.",
        ["matching"] = "Which default boxes learn which object.",
        ["mining"] = "Which background boxes are learned from.",
        ["loss"] = "Losses and their weights.",
        ["augment"] = "Distortions of training images.",
        ["regions"] = "Which regions the stages learn from, and what they cost.",
        ["shapes"] = "Shapes by node, output or path: [C, H, W] or [C].",
        ["for"] = "The models of a grid that the figures hold for, by axis.",
        ["weights"] = "Maps of foreign state dicts: whose names are translated into the model's, by prefix.",
        ["layers"] = "Rules that differ for some layers.",
        ["frozen"] = "Layers that are not trained.",
        ["axes"] = "The axes of the grid, by name.",
        ["only"] = "The points that are left of the grid.",
        ["exclude"] = "The points that are taken out of the grid.",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>The schema as JSON text: LF line ends, the same on every machine.</summary>
    public static string Write() => new JsonMap()
        .With("$schema", "http://json-schema.org/draft-07/schema#")
        .With("$comment", "Made of the compiler's tables by Detection.Spec.Schema.SpecSchema; do not edit.")
        .With("title", "Detection.Gen spec")
        .With("description", "An object detector or a part of one, declared in YAML.")
        .With("type", "object")
        .With("required", new[] { "spec", "model" })
        .With("properties", Properties(SpecCompiler.TopLevelKeys, TopLevel))
        .With("patternProperties", Verbs())
        .With("additionalProperties", false)
        .With("if", AnyOf(Required("extends"), Required("variants")))
        .With("else", WholeSpec.Schema())
        .With("definitions", Definitions())
        .ToString();

    private static JsonMap TopLevel(string key) => key switch
    {
        "spec" => new JsonMap().With("enum", new object[] { 1, "1" }),
        "kind" => new JsonMap().With("enum", ModelBuilder.KindWords),
        "model" or "class" or "extends" or "summary" or "source" or "output" => Reference("text"),
        "parameters" => Reference("parameters"),
        "input" => Reference("input"),
        "preprocess" => Reference("preprocess"),
        "classes" => AnyOf(Whole(1, 1_000_000), Expression(), ListOf(Reference("text"))),
        "blocks" => NamedMap(Reference("block")),
        "operators" => NamedMap(Reference("operator")),
        "init" => Reference("init"),
        "nodes" => NamedMap(Reference("node")),
        "taps" => NamedMap(Reference("text")),
        "detection" => Reference("detection"),
        "train" => Reference("train"),
        "expect" => AnyOf(Reference("expectation"), ListOf(Reference("expectation"))),
        "variants" => Section(Properties(VariantReader.Keys, key => key == "axes" ? MapOf(Reference("axis")) : AnyOf(Reference("points"), ListOf(Reference("points"))))).With("required", new[] { "axes" }),
        "weights" => MapOf(Reference("weightMap")),
        _ => new JsonMap(),
    };

    private static JsonMap TrainingPart(string part) => part switch
    {
        "optimizer" => Map(TrainingRecipe.OptimizerAttributes),
        "schedule" => Map(TrainingRecipe.ScheduleAttributes),
        "matching" => Map(TrainingRecipe.MatchingAttributes),
        "mining" => Map(TrainingRecipe.MiningAttributes),
        "loss" => Map(TrainingRecipe.LossAttributes),
        "augment" => Map([.. TrainingRecipe.AugmentAttributes, .. RegionRecipe.AugmentAttributes.Where(a => TrainingRecipe.AugmentAttributes.All(b => b.Name != a.Name))]),
        "proposals" => Map(RegionRecipe.ProposalAttributes),
        "regions" => Map(RegionRecipe.RegionAttributes),
        "svm" => Map(FittingRecipe.MachineAttributes),
        "boxRegression" => Map(FittingRecipe.BoxAttributes),
        "layers" => AnyOf(ListOf(Map(TrainingRecipe.LayerAttributes, [("nodes", AnyOf(Reference("text"), ListOf(Reference("text"))))]).With("required", new[] { "nodes" })), Nothing()),
        "frozen" => AnyOf(Reference("text"), ListOf(Reference("text")), Nothing()),
        _ => new JsonMap(),
    };

    private static JsonMap Definitions() => new JsonMap()
        .With("text", new JsonMap().With("type", new[] { "string", "number", "boolean" }))
        .With("expression", new JsonMap().With("type", new[] { "string", "number", "boolean" }).With("description", "A number, or arithmetic over parameters."))
        .With("wholeNumber", new JsonMap().With("type", new[] { "string", "integer" }).With("description", "A whole number, or an expression for one."))
        .With("hole", new JsonMap().With("type", "string").With("pattern", Hole).With("description", "A hole that the models of a grid fill."))
        .With("input", Section(Attributes(InputDeclaration.Attributes, [])))
        .With("preprocess", Section(Attributes(PreprocessingDeclaration.Attributes, [])))
        .With("train", Section(Attributes([.. TrainingRecipe.GeneralAttributes, .. RegionRecipe.GeneralAttributes.Where(a => TrainingRecipe.GeneralAttributes.All(b => b.Name != a.Name))], [.. TrainingReader.Parts.Union(TrainingReader.RegionParts).Select(part => (part, Described(part, TrainingPart(part))))])))
        .With("axis", AnyOf(ListOf(Reference("text")), MapOf(AnyOf(Reference("overlay"), Nothing()))))
        .With("overlay", Section(Properties([.. SpecCompiler.TopLevelKeys.Where(k => k is not ("spec" or "model" or "variants")), "texts"], key => key == "texts" ? MapOf(Reference("text")) : TopLevel(key))))
        .With("points", MapOf(AnyOf(Reference("text"), ListOf(Reference("text")))))
        .With("weightMap", Section(Properties(WeightMapReader.MapKeys, key => key switch
        {
            "keys" => MapOf(Reference("text")),
            "source" => Reference("text"),
            _ => AnyOf(Reference("text"), ListOf(Reference("text"))),
        })))
        .With("parameters", new JsonMap().With("type", "object").With("patternProperties", Verbs())
            .With("additionalProperties", new JsonMap().With("type", new[] { "string", "number", "boolean", "null" })))
        .With("block", Closed(Properties(PartBuilder.BlockKeys, key => key switch
        {
            "parameters" => Reference("parameters"),
            "inputs" => ListOf(Reference("text")),
            "init" => Reference("init"),
            "nodes" => NamedMap(Reference("node")),
            _ => Reference("text"),
        })))
        .With("init", AnyOf(new JsonMap().With("enum", Initialization.Attributes[0].Words), Number("number", Initialization.Attributes[0]), Expression(), Map(Initialization.Attributes)))
        .With("operator", Closed(Properties(OperatorReader.Keys, key => key switch
        {
            "attributes" => NamedMap(Map(OperatorReader.AttributeKeys, [("default", Reference("expression"))])),
            "shape" => Closed(Properties(OperatorReader.ShapeKeys, _ => Reference("expression"))),
            "tensors" => NamedMap(AnyOf(ListOf(Reference("expression")), Map(OperatorReader.TensorKeys, [("shape", ListOf(Reference("expression")))]))),
            "inputs" => ListOf(Reference("text")),
            "multiplyAdds" => Reference("expression"),
            "sees" => AnyOf(Reference("expression"), ListOf(Reference("expression"))),
            _ => Reference("text"),
        })))
        .With("node", AnyOf(new JsonMap().With("type", "string").With("description", "An operator, block or model without attributes."), NodeMap()))
        .With("wholeNodes", WholeSpec.WholeNodes())
        .With("head", AnyOf(Reference("node")))
        .With("detection", Closed(Properties([.. DetectionBuilder.Keys, .. TwoStageBuilder.Keys.Except(DetectionBuilder.Keys)], key => key switch
        {
            "proposals" => Closed(Properties(TwoStageBuilder.ProposalKeys, Proposals)),
            "stages" => NamedMap(Closed(Properties(TwoStageBuilder.StageKeys, key => key switch
            {
                "nodes" => NamedMap(Reference("node")),
                "heads" => NamedMap(Reference("head")),
                _ => Map(RegionCoding.Attributes),
            }))),
            "averageStages" => Reference("expression"),
            "regionsAtOnce" => Reference("wholeNumber"),
            "levels" => NamedMap(Reference("level")),
            "anchors" => Map(DetectionLayout.AnchorAttributes),
            "heads" => NamedMap(Reference("head")),
            "refine" => Map(RefinementLayout.Attributes, [("heads", Closed(Properties(DetectionBuilder.RefineHeadNames, _ => Reference("head"))))]),
            "coding" => Map(BoxCoding.Attributes),
            "scores" => new JsonMap().With("enum", DetectionBuilder.ScoresDefinition.Words.Union(TwoStageBuilder.ScoresDefinition.Words)),
            MultiScaleLayout.Key => Map(MultiScaleLayout.Attributes, [(MultiScaleReader.Runs, NamedMap(Map(MultiScaleRun.Attributes)))]),
            "postprocess" => AnyOf(Map(DetectionLayout.PostProcessingAttributes), Map(TwoStageLayout.PostProcessingAttributes)),
            _ => new JsonMap(),
        })))
        .With("level", Closed(Properties(DetectionBuilder.LevelKeys, key => key switch
        {
            "from" or "refineFrom" => Reference("text"),
            "anchors" => Map(DetectionLayout.LevelAnchorAttributes),
            "heads" => NamedMap(Reference("head")),
            _ => new JsonMap(),
        })))
        .With("expectation", Map(Expectations.Attributes, [("shapes", new JsonMap().With("type", "object").With("additionalProperties", ListOf(Reference("wholeNumber")))), ("for", new JsonMap().With("type", "object"))]));

    private static JsonMap Proposals(string key) => key switch
    {
        "given" => Reference("wholeNumber"),
        "levels" => NamedMap(Closed(Properties(TwoStageBuilder.ProposalLevelKeys, part => part switch
        {
            "from" => Reference("text"),
            "anchors" => Map(ProposalLayout.AnchorAttributes),
            _ => NamedMap(Reference("head")),
        }))),
        "anchors" => Map(ProposalLayout.AnchorAttributes),
        "heads" => NamedMap(Reference("head")),
        "scores" => new JsonMap().With("enum", TwoStageBuilder.ProposalScoresDefinition.Words),
        "coding" => Map(RegionCoding.Attributes),
        _ => Map(ProposalLayout.SelectionAttributes),
    };

    // A node says what it is by `op`; then its attributes are known. A node of a block, a model or a variant may have any.
    private static JsonMap NodeMap()
    {
        var common = Properties(GraphBuilder.NodeKeys, key => key switch
        {
            "op" => new JsonMap().With("anyOf", new object[] { new JsonMap().With("enum", OperatorCatalog.All.Select(o => o.Name)), new JsonMap().With("type", "string") }),
            "from" => AnyOf(Reference("text"), ListOf(Reference("text"))),
            "repeat" => AnyOf(Whole(1, 1000), Expression()),
            "first" => new JsonMap().With("type", "object"),
            "when" => Reference("expression"),
            "shares" => AnyOf(Reference("text"), Section(Properties(["from", "nodes"], part => part == "from" ? Reference("text") : ListOf(Reference("text"))))),
            "patch" => AnyOf(new JsonMap().With("type", "object"), ListOf(new JsonMap().With("type", "object"))),
            _ => Reference("text"),
        });
        return new JsonMap().With("type", "object").With("properties", common).With("allOf", OperatorCatalog.All.Select(o => new JsonMap()
            .With("if", new JsonMap().With("properties", new JsonMap().With("op", new JsonMap().With("const", o.Name))).With("required", new[] { "op" }))
            .With("then", new JsonMap().With("description", o.Summary).With("properties", Attributes(o.Attributes, GraphBuilder.NodeKeys.Concat(RegressionHeadKeys).Select(k => (k, new JsonMap())).Concat(InitialOf(o))))
                .With("patternProperties", Verbs()).With("additionalProperties", false))));
    }

    private static IEnumerable<(string Key, JsonMap Schema)> InitialOf(OperatorDefinition definition) =>
        definition.Initial == InitialTensors.None ? [] : [("init", Described("init", Reference("init")))];

    // A head may stand wherever a node may, so these are let through everywhere; the compiler knows better.
    private static IEnumerable<string> RegressionHeadKeys => RegressionHead.Attributes.Select(a => a.Name);

    private static JsonMap Map(ImmutableArray<AttributeDefinition> attributes, (string Key, JsonMap Schema)[]? parts = null) =>
        Closed(Attributes(attributes, (parts ?? []).Select(p => (p.Key, Described(p.Key, p.Schema)))));

    private static JsonMap Attributes(ImmutableArray<AttributeDefinition> attributes, IEnumerable<(string Key, JsonMap Schema)> others)
    {
        var result = new JsonMap();
        foreach (var attribute in attributes)
        {
            result.With(attribute.Name, Value(attribute));
        }

        foreach (var (key, schema) in others.Where(o => attributes.All(a => a.Name != o.Key)))
        {
            result.With(key, schema);
        }

        return result;
    }

    private static JsonMap Value(AttributeDefinition attribute)
    {
        var schema = attribute.Kind switch
        {
            AttributeKind.Text => Reference("text"),
            AttributeKind.Word => AnyOf(new JsonMap().With("enum", attribute.Words), Reference("hole")),
            AttributeKind.Flag => Reference("expression"),
            AttributeKind.Integer => AnyOf(Number("integer", attribute), Expression()),
            AttributeKind.Number => AnyOf(Number("number", attribute), Expression()),
            AttributeKind.Pair => AnyOf(Number("integer", attribute), Expression(), Two(Number("integer", attribute), Expression())),
            AttributeKind.PairOrWord => AnyOf(
                new JsonMap().With("enum", attribute.Words), Number("integer", attribute), Expression(), Two(Number("integer", attribute), Expression())),
            AttributeKind.NumberOrWord => AnyOf(new JsonMap().With("enum", attribute.Words), Number("number", attribute), Expression()),
            AttributeKind.Numbers => ListOf(AnyOf(Number("number", attribute), Expression())),
            AttributeKind.NumberPairs => ListOf(Two(Number("number", attribute), Expression())),
            _ => new JsonMap(),
        };
        var text = attribute.Summary + (attribute.Default is { } standard ? $" Default: {standard}." : attribute.Required ? " Required." : "");
        return new JsonMap().With("description", text).With("allOf", new[] { schema });
    }

    private static JsonMap Number(string type, AttributeDefinition attribute) => new JsonMap().With("type", type)
        .With("minimum", double.IsInfinity(attribute.Minimum) ? null : attribute.Minimum)
        .With("maximum", double.IsInfinity(attribute.Maximum) ? null : attribute.Maximum);

    private static JsonMap Expression() => new JsonMap().With("type", "string").With("description", "An expression.");

    private static JsonMap Two(params JsonMap[] item) => ListOf(AnyOf(item)).With("minItems", 2).With("maxItems", 2);

    private static JsonMap Properties(IEnumerable<string> keys, Func<string, JsonMap> schema)
    {
        var result = new JsonMap();
        foreach (var key in keys)
        {
            result.With(key, Described(key, schema(key)));
        }

        return result;
    }

    private static JsonMap Described(string key, JsonMap schema) =>
        new JsonMap().With("description", Meanings.TryGetValue(key, out var words) ? words : null).With("allOf", new[] { schema });

    private static JsonMap Closed(JsonMap properties) => new JsonMap()
        .With("type", new[] { "object", "null" }).With("properties", properties).With("patternProperties", Verbs()).With("additionalProperties", false);

    // A map whose keys are names that the author gives; a variant adds and removes some.
    private static JsonMap NamedMap(JsonMap value) => new JsonMap()
        .With("type", new[] { "object", "null" }).With("patternProperties", Verbs(value)).With("additionalProperties", value);

    // The same where no verb changes it name by name.
    private static JsonMap MapOf(JsonMap value) => new JsonMap().With("type", "object").With("patternProperties", Verbs()).With("additionalProperties", value);

    // A map with these keys, which cannot be left empty as `key:`.
    private static JsonMap Section(JsonMap properties) => new JsonMap()
        .With("type", "object").With("properties", properties).With("patternProperties", Verbs()).With("additionalProperties", false);

    // What stands under the verbs of variants; under $insert what may stand beside it, where that is known.
    private static JsonMap Verbs(JsonMap? value = null)
    {
        var added = new JsonMap().With("type", "object").With("properties", new JsonMap().With("$before", Reference("text")).With("$after", Reference("text"))).With("additionalProperties", value);
        return new JsonMap()
            .With("^\\$remove$", AnyOf(Reference("text"), ListOf(Reference("text"))))
            .With("^\\$insert$", AnyOf(added, ListOf(added)))
            .With("^\\$replace$", new JsonMap().With("type", "object"));
    }

    private static JsonMap Nothing() => new JsonMap().With("type", "null");

    private static JsonMap Whole(long minimum, long maximum) => new JsonMap().With("type", "integer").With("minimum", minimum).With("maximum", maximum);

    private static JsonMap Required(params string[] keys) => new JsonMap().With("required", keys);

    private static JsonMap Reference(string definition) => new JsonMap().With("$ref", "#/definitions/" + definition);

    private static JsonMap ListOf(JsonMap item) => new JsonMap().With("type", "array").With("items", item);

    private static JsonMap AnyOf(params JsonMap[] alternatives) => new JsonMap().With("anyOf", alternatives);
}
