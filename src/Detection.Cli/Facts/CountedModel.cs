// The figures of one model at one input size, by name: what facts are compared with.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Detection.Runtime;
using Detection.Spec.Compilation;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Shapes;

namespace Detection.Cli;

internal sealed class CountedModel(CompiledModel model, InputSize input)
{
    private readonly Lazy<Dataflow> dataflow = new(() => Dataflow.Of(model.Graph));
    private readonly Lazy<ImmutableArray<NodeCost>> costs = new(() => model.CostsAt(input.Height, input.Width));

    /// <summary>A figure of the whole model.</summary>
    /// <exception cref="FailureException">The model has no such figure at this input.</exception>
    public long Sum(string figure) => Count(new FigureTerm(1, figure, FigureScope.All, []), _ => true, "");

    /// <summary>The value of a sum of figures.</summary>
    /// <param name="expression">The sum.</param>
    /// <param name="at">Where it is written, for messages.</param>
    /// <exception cref="FailureException">A node or tensor that it names does not exist.</exception>
    public long Evaluate(FigureExpression expression, string at) =>
        expression.Terms.Aggregate(0L, (sum, term) => checked(sum + (term.Factor * Count(term, Selected(term, at), at))));

    /// <summary>The shape of a node, result or output of a part.</summary>
    /// <exception cref="FailureException">There is none of that name, or the spec does not allow the input.</exception>
    public ConcreteShape Shape(string path, string at)
    {
        InputArgument.Check(model, input);
        return dataflow.Value.Values.TryGetValue(path, out var value)
            ? value.Shape.At(input.Height, input.Width)
            : throw Unknown(path, at);
    }

    private long Count(FigureTerm term, Func<int, bool> selected, string at)
    {
        switch (term.Name)
        {
            case "parameters":
                return Tensors(selected).Where(t => t.Tensor.Learned).Sum(t => t.Tensor.Count);
            case "statistics":
                return Tensors(selected).Where(t => !t.Tensor.Learned && t.Tensor.Shape.Count > 0).Sum(t => t.Tensor.Count);
            case "multiplyAdds":
                InputArgument.Check(model, input);
                return costs.Value.Where((_, i) => selected(i)).Sum(c => c.MultiplyAdds);
            case "boxes":
                InputArgument.Check(model, input);
                return model.AnchorCountAt(input.Height, input.Width)
                    ?? throw new FailureException($"{model.Name} has no default boxes or anchors.");
            default:
                var pattern = Glob(term.Name);
                var named = Tensors(_ => true).Where(t => pattern.IsMatch(t.Name)).ToArray();
                return named.Length > 0
                    ? named.Where(t => selected(t.Operator)).Sum(t => t.Tensor.Count)
                    : throw new FailureException(
                        $"{at}: {model.Name} has no tensors '{term.Name}'.{Suggestion.Phrase(term.Name, Tensors(_ => true).Select(t => t.Name).Distinct())}");
        }
    }

    private IEnumerable<(int Operator, string Name, Spec.Operators.StoredTensorShape Tensor)> Tensors(Func<int, bool> selected) =>
        dataflow.Value.Operators.SelectMany((o, i) => o.Node.Owner is null && selected(i)
            ? ((NodeBody.Operation)o.Node.Body).Tensors.Select(t => (i, o.Node.OperatorName + "." + t.Name, t))
            : []);

    private Func<int, bool> Selected(FigureTerm term, string at)
    {
        switch (term.Scope)
        {
            case FigureScope.Until:
                var needed = new bool[dataflow.Value.Operators.Length];
                foreach (var node in term.Nodes)
                {
                    var ancestors = dataflow.Value.Ancestors(dataflow.Value.Values.TryGetValue(node, out var value) ? value.Operator : throw Unknown(node, at));
                    needed = [.. needed.Zip(ancestors, (a, b) => a || b)];
                }
                return i => needed[i];
            case FigureScope.Of or FigureScope.Without:
                var inside = new bool[dataflow.Value.Operators.Length];
                foreach (var node in term.Nodes)
                {
                    var pattern = Glob(node, orInside: true);
                    var found = false;
                    for (var i = 0; i < inside.Length; i++)
                    {
                        var matches = pattern.IsMatch(dataflow.Value.Operators[i].Path);
                        found |= matches;
                        inside[i] |= matches;
                    }
                    if (!found)
                    {
                        throw Unknown(node, at);
                    }
                }
                return i => inside[i] == (term.Scope == FigureScope.Of);
            default:
                return _ => true;
        }
    }

    private FailureException Unknown(string node, string at) =>
        new($"{at}: {model.Name} has no node '{node}'.{Suggestion.Phrase(node, dataflow.Value.Values.Keys)}");

    private static Regex Glob(string text, bool orInside = false) =>
        new("^" + Regex.Escape(text).Replace(@"\*", ".*", StringComparison.Ordinal) + (orInside ? @"(\..*)?$" : "$"), RegexOptions.CultureInvariant);
}
