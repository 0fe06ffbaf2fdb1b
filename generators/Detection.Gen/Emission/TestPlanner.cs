// Plans the tests of a model: every inferred shape against a real forward pass, at sizes where rounding shows.
using System.Collections.Immutable;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Shapes;

namespace Detection.Gen.Emission;

/// <summary>The tests of a model.</summary>
internal sealed record TestPlan(
    string SpecName, string Namespace, string TypeName, string ClassName, string ModelName, string Kind, long Parameters, string Channels, ImmutableArray<TestCase> Cases);

/// <summary>A forward pass at one input size.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Modules">Shapes that modules give, by path.</param>
/// <param name="Results">Shapes of the model's results.</param>
/// <param name="Anchors">Number of default boxes; 0 for other kinds.</param>
internal sealed record TestCase(string Batch, string Height, string Width, ImmutableArray<TestShape> Modules, ImmutableArray<TestShape> Results, string Anchors);

/// <summary>An expected shape.</summary>
internal sealed record TestShape(string Name, string Shape);

/// <summary>Plans tests.</summary>
internal static class TestPlanner
{
    public static TestPlan Plan(CompiledModel model, string specName, string modelNamespace, string testNamespace) => new(
        specName,
        testNamespace,
        $"global::{modelNamespace}.{model.ClassName}",
        model.ClassName,
        CSharp.Literal(model.Name),
        model.Kind.ToString(),
        CostModel.Parameters(model.Graph),
        CSharp.Literal(model.Input.Channels),
        [.. Sizes(model).Select(size => Case(model, size.Batch, size.Height, size.Width))]);

    // The nominal size; for a flexible input also the smallest one and a pair of odd, unequal sizes near twice the smallest.
    private static IEnumerable<(long Batch, long Height, long Width)> Sizes(CompiledModel model)
    {
        var (height, width) = (model.Input.HeightDomain, model.Input.WidthDomain);
        var sizes = new List<(long, long, long)> { (1, model.Input.Height, model.Input.Width) };
        if (!model.Input.IsFixed)
        {
            sizes.Add((2, height.Minimum, width.Minimum));
            sizes.Add((1, Near(height, (2 * height.Minimum) + 13), Near(width, (2 * width.Minimum) + 38)));
        }

        return sizes.Distinct();
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
            return concrete.Height is null ? $"{batch}, {concrete.Channels}" : $"{batch}, {concrete.Channels}, {concrete.Height}, {concrete.Width}";
        }

        return new TestCase(
            CSharp.Literal(batch),
            CSharp.Literal(height),
            CSharp.Literal(width),
            [.. Modules(model.Graph, "").Select(m => new TestShape(CSharp.Literal(m.Path), Shape(m.Shape)))],
            [.. model.Graph.Results.Zip(GeneratedNames.Members(model.Graph.Results.Select(r => r.Name)), (r, member) => new TestShape(member, Shape(model.Graph.ShapeOf(r.Port))))],
            model.Detection is { } detection ? CSharp.Literal(detection.AnchorCount(model.Graph, height, width)) : "0");
    }

    // What ModuleShapes observes: modules from one or two tensors to one.
    private static IEnumerable<(string Path, TensorShape Shape)> Modules(Graph graph, string prefix)
    {
        const int mostInputs = 2;
        foreach (var node in graph.Nodes.Where(n => n.IsField))
        {
            var path = prefix + node.Name;
            var inner = node.Body switch
            {
                NodeBody.Block block => block.Graph,
                NodeBody.Model part => part.Graph,
                _ => null,
            };
            foreach (var module in inner is null ? [] : Modules(inner, path + "."))
            {
                yield return module;
            }

            if (node.Inputs.Length <= mostInputs && node.Outputs.Length == 1 && node.Outputs[0].Name.Length == 0)
            {
                yield return (path, node.Outputs[0].Shape);
            }
        }
    }
}
