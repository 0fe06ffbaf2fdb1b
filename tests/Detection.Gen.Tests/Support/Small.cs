// Small specs, written as their middle: a head of the right kind is put before it.
namespace Detection.Gen.Tests.Support;

internal static class Small
{
    /// <summary>A backbone; <paramref name="body"/> holds nodes, taps and blocks.</summary>
    public static SpecText Backbone(string body, string name = "small", string input = "{ size: [32, 32] }") => new(
        $"/specs/{name}.yaml", $"spec: 1\nmodel: {name}\nkind: backbone\ninput: {input}\n{body.ReplaceLineEndings("\n")}\n");

    /// <summary>A backbone of one node behind a convolution to 8 channels.</summary>
    public static SpecText Node(string node, string name = "small") =>
        Backbone($"nodes:\n  first: {{ op: conv, out: 8, kernel: 3, padding: 1 }}\n  second: {node}\ntaps: {{ result: second }}", name);

    public static SpecText Classifier(string body, string name = "small") => new(
        $"/specs/{name}.yaml", $"spec: 1\nmodel: {name}\nkind: classifier\ninput: {{ size: [32, 32] }}\n{body.ReplaceLineEndings("\n")}\n");

    public static SpecText OneStage(string body, string name = "small", string classes = "3") => new(
        $"/specs/{name}.yaml",
        $"spec: 1\nmodel: {name}\nkind: oneStage\ninput: {{ size: [32, 32] }}\nclasses: {classes}\n{body.ReplaceLineEndings("\n")}\n");

    public static SpecText TwoStage(string body, string name = "small", string classes = "3") => new(
        $"/specs/{name}.yaml",
        $"spec: 1\nmodel: {name}\nkind: twoStage\ninput: {{ size: [32, 64], minimum: 16 }}\nclasses: {classes}\n{body.ReplaceLineEndings("\n")}\n");

    /// <summary>A right detection section over the node <c>map</c>.</summary>
    public const string Detection = """
        detection:
          levels: { only: { from: map } }
          anchors: { sizes: [8, 16] }
          heads:
            scores: { op: conv, out: "A*(classes+1)", kernel: 3, padding: 1 }
            boxes: { op: conv, out: "A*4", kernel: 3, padding: 1 }
        """;
}
