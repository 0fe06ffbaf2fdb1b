// Training recipes: what the keys of several maps say together, and which layers a pattern means.
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;

namespace Detection.Spec.Tests;

public class TrainingRecipeTests
{
    private static string Text(string train, string scores = "softmax") =>
        "spec: 1\nmodel: m\nkind: oneStage\ninput: { size: [64, 64] }\nclasses: 3\nblocks:\n  unit:\n    nodes: { conv: { op: conv, out: 8, kernel: 3, padding: 1 }, norm: batchNorm, act: relu }\n"
        + "nodes:\n  stem: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 }\n  unit1: unit\n  unit2: unit\n"
        + "detection:\n  levels: { a: { from: unit2, anchors: { sizes: [8] } } }\n  heads:\n"
        + $"    scores: {{ op: conv, out: \"A*{(scores == "sigmoid" ? "classes" : "(classes+1)")}\", kernel: 1 }}\n    boxes: {{ op: conv, out: \"A*4\", kernel: 1 }}\n  scores: {scores}\n"
        + "train:\n  optimizer: { rate: 0.1 }\n" + Specs.Indented(train);

    private static TrainingRecipe Recipe(string train, string scores = "softmax") => Specs.Model(Text(train, scores)).Training!;

    [Theory]
    [InlineData("stem", "stem")]
    [InlineData("[stem, unit1]", "stem unit1")]
    [InlineData("'unit*'", "unit1 unit2")]
    [InlineData("'unit*.norm'", "unit1.norm unit2.norm")]
    [InlineData("'*.conv'", "unit1.conv unit2.conv")]
    [InlineData("[unit1.norm, unit1]", "unit1")]
    [InlineData("'*_a'", "scores_a boxes_a")]
    [InlineData("'u*1*n*m'", "unit1.norm")]
    public void A_pattern_means_the_highest_nodes_that_it_matches(string nodes, string expected) =>
        Assert.Equal(expected, string.Join(" ", Assert.Single(Recipe($"layers: [{{ nodes: {nodes}, rate: 0.5 }}]").Layers).Paths));

    [Fact]
    public void Rules_and_frozen_layers_are_kept_in_their_order()
    {
        var recipe = Recipe("layers: [{ nodes: unit1, rate: 0.1 }, { nodes: 'unit*', weightDecay: 0 }]\nfrozen: [stem, 'unit1.*']");

        Assert.Equal(["0.1 -", "1 0"], recipe.Layers.Select(l => FormattableString.Invariant($"{l.Keys["rate"].Number} {l.Keys.Find("weightDecay")?.ToString() ?? "-"}")));
        Assert.Equal(["stem", "unit1.conv", "unit1.norm"], recipe.Frozen.ToArray());
    }

    [Theory]
    [InlineData("frozen: [stm]", "There is no node 'stm' with learned values. Did you mean 'stem'?")]
    [InlineData("frozen: [unit1.act]", "There is no node 'unit1.act' with learned values.")]
    [InlineData("frozen: ['backbone.*']", "There is no node 'backbone.*' with learned values.")]
    [InlineData("frozen: ['*']", "all layers are frozen: nothing would be trained")]
    [InlineData("frozen: { a: b }", "'frozen' must be the path of a node such as backbone.conv1, '*' for anything, or a list of these, but here is a map")]
    [InlineData("layers: { nodes: stem }", "'layers' must be a list of maps with 'nodes', but here is a map")]
    [InlineData("layers: [stem]", "'layers' must be a list of maps with 'nodes', but here is 'stem'")]
    [InlineData("layers: [{ rate: 2 }]", "An entry of 'layers' needs the key 'nodes'")]
    [InlineData("layers: [{ nodes: stem, rat: 2 }]", "'rat' is not a key of an entry of 'layers'. Did you mean 'rate'?")]
    [InlineData("accumulate: 3", "'accumulate' is 3, but must be a divisor of 'batch', 8")]
    [InlineData("average: 1", "'average' is 1, but must be between 0 and 0.999999999")]
    [InlineData("schedule: { kind: exponential }", "An exponential schedule needs the key 'every'")]
    [InlineData("schedule: { kind: cosine, at: [0.5] }", "'at' counts for nothing with 'cosine'; it is for step")]
    [InlineData("schedule: { warmup: 0.1, warmupIterations: 5 }", "'warmup' and 'warmupIterations' say the same: give one of them")]
    [InlineData("matching: { kind: boxCenter, forceBest: true }", "'forceBest' counts for nothing with 'boxCenter'; it is for argmax")]
    [InlineData("matching: { kind: boxCentre }", "'boxCentre' is no value of 'kind'; it may be argmax, bipartite, boxCenter. Did you mean 'boxCenter'?")]
    [InlineData("mining: { kind: none, ratio: 2 }", "'ratio' counts for nothing with 'none'; it is for hardNegative, hardExample")]
    [InlineData("mining: { kind: hardNegative, overlap: 0.9 }", "'overlap' counts for nothing with 'hardNegative'; it is for hardExample")]
    [InlineData("mining: { examples: 100 }", "'examples' counts for nothing with 'hardNegative'; it is for hardExample")]
    [InlineData("loss: { boxes: giou, beta: 0.5 }", "'beta' counts for nothing with 'giou'; it is for smoothL1")]
    [InlineData("loss: { alpha: 0.5 }", "'alpha' counts for nothing with 'crossEntropy'; it is for focal")]
    [InlineData("loss: { scores: focal }", "the focal loss is of a sigmoid for each class: it needs 'scores: sigmoid' under 'detection'")]
    public void A_mistake_is_one_message(string train, string message) =>
        Assert.Equal(message, Specs.Problem(Text(train)).Message, ignoreCase: true);

    [Theory]
    [InlineData("sgd, beta1: 0.5", "'beta1' counts for nothing with 'sgd'; it is for adam, adamw")]
    [InlineData("adam, momentum: 0.5", "'momentum' counts for nothing with 'adam'; it is for sgd, rmsprop")]
    [InlineData("rmsprop, nesterov: true", "'nesterov' counts for nothing with 'rmsprop'; it is for sgd")]
    public void A_key_of_another_optimiser_is_a_mistake(string keys, string message) =>
        Assert.Equal(message, Specs.Problem(Text("").Replace("{ rate: 0.1 }", $"{{ rate: 0.1, kind: {keys} }}")).Message, ignoreCase: true);

    [Fact]
    public void Background_may_have_a_sigmoid_of_its_own()
    {
        var model = Specs.Model(Text("mining: { kind: hardExample, overlap: 0.9 }", "sigmoidBackground"));

        Assert.Equal((4, "sigmoidBackground"), (model.Detection!.ScoresPerBox, model.Detection.Scores));
        Assert.Equal((3000, 0.9), (model.Training!.Mining["examples"].Integer, model.Training.Mining["overlap"].Number));
    }

    [Fact]
    public void The_focal_loss_needs_no_mining_and_refuses_it()
    {
        Assert.False(Recipe("loss: { scores: focal }", "sigmoid").Mining.Has("kind"));
        Assert.Equal(
            "the focal loss weighs all background itself: it goes with 'kind: none'",
            Specs.Problem(Text("loss: { scores: focal }\nmining: { kind: hardNegative }", "sigmoid")).Message, ignoreCase: true);
        Assert.Equal(
            "the focal loss weighs all background itself: it goes with 'kind: none'",
            Specs.Problem(Text("loss: { scores: focal }\nmining: { kind: hardExample }", "sigmoid")).Message, ignoreCase: true);
    }

    [Fact]
    public void What_a_base_says_of_another_kind_is_no_mistake_of_the_variant()
    {
        var variant = "spec: 1\nmodel: v\nextends: m\ntrain: { schedule: { kind: cosine } }\n";

        Assert.Equal("cosine", Specs.Model(variant, Text("schedule: { at: [0.5], factor: 0.2 }")).Training!.Schedule["kind"].Word);
    }
}
