// A head that says how sure a one-stage detector is of an object: what it changes, and what it does not go with.
using Detection.Spec.Diagnostics;

namespace Detection.Spec.Tests;

public class ObjectnessTests
{
    private const string Text = """
        spec: 1
        model: m
        kind: oneStage
        input: { size: [64, 64] }
        classes: 3
        nodes:
          map: { op: conv, out: 8, kernel: 3, stride: 8, padding: 1 }
        detection:
          levels: { one: { from: map, anchors: { sizes: [10, 20] } } }
          heads:
            scores: { op: conv, out: "A*classes", kernel: 1 }
            boxes: { op: conv, out: "A*4", kernel: 1 }
            objectness: { op: conv, out: A, kernel: 1 }
        train: { optimizer: { rate: 0.1 } }

        """;

    [Fact]
    public void There_is_no_background_and_one_number_more_for_each_box()
    {
        var model = Specs.Model(Text);

        Assert.True(model.Detection!.HasObjectness);
        Assert.Equal(3, model.Detection.ScoresPerBox);
        Assert.Equal(["scores_one", "boxes_one", "objectness_one"], model.Graph.Results.Select(r => r.Name));
        Assert.Equal("2x8x8", Specs.Shape(model, "objectness_one"));
        Assert.NotEqual(model.SpecHash, Specs.Model(Text.Replace("    objectness: { op: conv, out: A, kernel: 1 }\n", "").Replace("A*classes", "A*(classes+1)")).SpecHash);
    }

    [Fact]
    public void YOLOv2_has_125_channels_of_outputs()
    {
        var model = Compilation.SpecCompiler.Compile(Repository.Library.Find("yolov2-darknet19-voc")!, Repository.Library).Model!;

        Assert.Equal(125, model.Graph.Results.Sum(r => model.Graph.ShapeOf(r.Port).Channels));
    }

    [Theory]
    [InlineData("out: A, kernel", "out: 2*A, kernel", "one number")]
    [InlineData("heads:", "scores: sigmoidBackground\n  heads:", "tells background from objects")]
    [InlineData("rate: 0.1 }", "rate: 0.1 }, mining: { kind: hardNegative }", "goes with 'kind: none'")]
    [InlineData("rate: 0.1 }", "rate: 0.1 }, mining: { ratio: 2 }", "'ratio' counts for nothing with 'none'")]
    [InlineData("heads:", "refine: { heads: { objectness: { op: conv, out: 2*A, kernel: 1 }, boxes: { op: conv, out: 4*A, kernel: 1 } } }\n  heads:", "has an objectness of its own")]
    public void What_does_not_go_with_it_is_told(string old, string changed, string words)
    {
        var problem = Specs.Problem(Text.Replace(old, changed));

        Assert.Contains(words, problem.ToString());
    }

    [Fact]
    public void Its_weights_count_for_nothing_without_it()
    {
        var problem = Specs.Problem(Text.Replace("    objectness: { op: conv, out: A, kernel: 1 }\n", "").Replace("A*classes", "A*(classes+1)").Replace("rate: 0.1 } }", "rate: 0.1 }, loss: { objectWeight: 2 } }"));

        Assert.Equal(Rules.Detector, problem.Descriptor);
        Assert.Contains("'objectWeight' counts for nothing", problem.ToString());
    }
}
