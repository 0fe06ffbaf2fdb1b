// Plans the tests of a model: every inferred shape against a real forward pass, at sizes where rounding shows.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Shapes;

namespace Detection.Gen.Emission;

/// <summary>The tests of a model.</summary>
/// <param name="SpecName">File of its spec.</param>
/// <param name="Namespace">Namespace of the tests.</param>
/// <param name="TypeName">Its class, qualified.</param>
/// <param name="ClassName">Its class.</param>
/// <param name="ModelName">Its name, as a literal.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Parameters">Learned values.</param>
/// <param name="Channels">Channels of its input.</param>
/// <param name="Cases">Forward passes.</param>
/// <param name="Gradient">The size of a forward and backward pass in training.</param>
/// <param name="Extras">Further outputs of a one-stage detector.</param>
/// <param name="Stages">Stages of a two-stage detector.</param>
internal sealed record TestPlan(
    string SpecName, string Namespace, string TypeName, string ClassName, string ModelName, string Kind, long Parameters, string Channels,
    ImmutableArray<TestCase> Cases, TestCase Gradient, ImmutableArray<TestExtra> Extras, ImmutableArray<TestStage> Stages);

/// <summary>A stage of a two-stage detector.</summary>
/// <param name="Scores">Numbers of class scores of a region.</param>
/// <param name="Boxes">Numbers of its boxes; empty without any.</param>
internal sealed record TestStage(string Scores, string Boxes);

/// <summary>A further output of a one-stage detector.</summary>
internal sealed record TestExtra(string Member, string Values);

/// <summary>A forward pass at one input size.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Modules">Shapes that modules give, by path.</param>
/// <param name="Results">Shapes of the model's results.</param>
/// <param name="Anchors">Number of default boxes or anchors; 0 where there are none.</param>
/// <param name="Regions">Number of regions that the stages look at.</param>
internal sealed record TestCase(string Batch, string Height, string Width, ImmutableArray<TestShape> Modules, ImmutableArray<TestShape> Results, string Anchors, string Regions);

/// <summary>An expected shape.</summary>
internal sealed record TestShape(string Name, string Shape);

/// <summary>Plans tests.</summary>
internal static class TestPlanner
{
    // A larger nominal size would cost seconds and show nothing that a smaller one does not.
    private const long MostMultiplyAdds = 1_000_000_000;

    // Regions of each image in a test: enough that none is like another.
    private const int RegionsPerImage = 3;

    public static TestPlan Plan(CompiledModel model, string specName, string modelNamespace, string testNamespace)
    {
        var sizes = Sizes(model);

        // One image has nothing to normalise where its map is a single cell.
        var batch = model.Graph.Flatten().Any(n => n.Node.OperatorName == "batchNorm") ? 2 : 1;
        return new(
            specName,
            testNamespace,
            $"global::{modelNamespace}.{model.ClassName}",
            model.ClassName,
            CSharp.Literal(model.Name),
            model.Kind.ToString(),
            CostModel.Parameters(model.Graph),
            CSharp.Literal(model.Input.Channels),
            [.. sizes.Select(size => Case(model, size.Batch, size.Height, size.Width))],
            Case(model, batch, sizes[sizes.Length - 1].Height, sizes[sizes.Length - 1].Width),
            Extras(model),
            [.. model.TwoStage?.Stages.Select(s => new TestStage(CSharp.Literal(model.Graph.ShapeOf(s.Scores).Channels), s.Boxes is { } boxes ? CSharp.Literal(model.Graph.ShapeOf(boxes).Channels) : "")) ?? []]);
    }

    private static ImmutableArray<TestExtra> Extras(CompiledModel model) => model.Detection is { } detection
        ? [
            .. detection.Extras.Zip(GeneratedNames.OutputMembers(detection.Extras.Select(e => e.Name)), (head, member) => new TestExtra(member, CSharp.Literal(head.Values))),
            .. detection.HasObjectness ? new[] { new TestExtra("Objectness!", "1") } : [],
            .. detection.Refinement is null ? [] : new[] { new TestExtra("Refinement!.ObjectnessLogits", "2"), new TestExtra("Refinement!.Deltas", "4") },
        ]
        : [];

    // A fixed input has one size. A flexible one is tried at three: the smallest, the nominal one or in its place a high and narrow one,
    // and, with gradients too, a wide one of sides that are odd and not multiples of each other.
    private static ImmutableArray<(long Batch, long Height, long Width)> Sizes(CompiledModel model)
    {
        var nominal = (Batch: 1L, model.Input.Height, model.Input.Width);
        if (model.Input.IsFixed)
        {
            return [nominal];
        }

        var (height, width) = (model.Input.HeightDomain, model.Input.WidthDomain);
        var isCheap = CostModel.Nodes(model.Graph, nominal.Height, nominal.Width).Sum(c => c.MultiplyAdds) <= MostMultiplyAdds;
        return
        [
            .. new[]
            {
                (2, height.Minimum, width.Minimum),
                isCheap ? nominal : (1, Near(height, (3 * height.Minimum) + 4), Near(width, width.Minimum + 19)),
                (1, Near(height, (2 * height.Minimum) + 13), Near(width, (2 * width.Minimum) + 39)),
            }.Distinct(),
        ];
    }

    private static long Near(SizeDomain domain, long size)
    {
        var steps = (Math.Min(size, domain.Maximum ?? size) - domain.Minimum) / domain.Step;
        return domain.Minimum + (Math.Max(0, steps) * domain.Step);
    }

    private static TestCase Case(CompiledModel model, long batch, long height, long width)
    {
        string Shape(TensorShape shape)
        {
            var concrete = shape.At(height, width);
            var count = shape.Regions is null ? batch : batch * RegionsPerImage;
            return concrete.Height is null ? $"{count}, {concrete.Channels}" : $"{count}, {concrete.Channels}, {concrete.Height}, {concrete.Width}";
        }

        return new TestCase(
            CSharp.Literal(batch),
            CSharp.Literal(height),
            CSharp.Literal(width),
            [.. Modules(model.Graph).Select(m => new TestShape(CSharp.Literal(m.Path), Shape(m.Shape)))],
            [.. model.Graph.Results.Zip(GeneratedNames.Members(model.Graph.Results.Select(r => r.Name)), (r, member) => new TestShape(member, Shape(model.Graph.ShapeOf(r.Port))))],
            CSharp.Literal(model.AnchorCountAt(height, width) ?? 0),
            CSharp.Literal(batch * RegionsPerImage));
    }

    // What ModuleShapes observes: modules from one or two tensors to one. One that runs several times is observed the last time.
    private static IEnumerable<(string Path, TensorShape Shape)> Modules(Graph graph) =>
        Modules(graph, graph, "", "").GroupBy(m => m.Path, StringComparer.Ordinal).Select(g => g.Last());

    // `graph` says what runs and `code` which modules there are: where a node runs its owner's module, they are the owner's.
    private static IEnumerable<(string Path, TensorShape Shape)> Modules(Graph graph, Graph code, string prefix, string ownerPrefix)
    {
        const int mostInputs = 2;
        foreach (var (node, module) in graph.Nodes.Zip(code.Nodes, (n, m) => (n, m)).Where(p => p.m.IsField || p.m.RunsOwner))
        {
            var path = Path(code, module, prefix, ownerPrefix);
            if (Inside(node) is { } inner && Inside(First(module)) is { } innerCode)
            {
                foreach (var part in Modules(inner, innerCode, path + ".", module.Owner is { } owner && module.IsField ? Path(code, owner, prefix, ownerPrefix) + "." : ""))
                {
                    yield return part;
                }
            }

            if (node.Inputs.Length <= mostInputs && node.Outputs.Length == 1 && node.Outputs[0].Name.Length == 0)
            {
                yield return (path, node.Outputs[0].Shape);
            }
        }
    }

    // Where the module that runs for a node is registered.
    private static string Path(Graph code, GraphNode node, string prefix, string ownerPrefix) => (code.Nodes.Contains(node), node) switch
    {
        (false, _) => ownerPrefix + node.Name,
        (true, { RunsOwner: true, Owner: { } owner }) => Path(code, owner, prefix, ownerPrefix),
        _ => prefix + node.Name,
    };

    private static GraphNode First(GraphNode node) => node is { RunsOwner: true, Owner: { } owner } ? First(owner) : node;

    private static Graph? Inside(GraphNode node) => node.Body switch
    {
        NodeBody.Block block => block.Graph,
        NodeBody.Model part => part.Graph,
        _ => null,
    };
}
