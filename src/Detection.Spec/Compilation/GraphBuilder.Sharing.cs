// `shares`: a node that uses the weights of a node above it, all of them or those of some nodes inside it.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <content>Reads and carries out <c>shares</c>.</content>
internal sealed partial class GraphBuilder
{
    private static readonly ImmutableArray<string> SharingKeys = ["from", "nodes"];

    private readonly Dictionary<string, GraphNode> built = new(StringComparer.Ordinal);

    // What `shares` says: whose weights, of which nodes inside (none for all), and where it stands.
    private sealed record SharingRequest(GraphNode Owner, ImmutableArray<ScalarSyntax> Parts, SyntaxNode At);

    /// <summary>Reads <c>shares</c>.</summary>
    /// <returns>False when it is wrong, or names a node that is: then the node cannot be built.</returns>
    private bool TryReadSharing(MappingSyntax? map, ScalarSyntax op, string nodeName, int? repetition, out SharingRequest? request)
    {
        request = null;
        ImmutableArray<ScalarSyntax> parts = [];
        var name = default(ScalarSyntax);
        switch (map?["shares"])
        {
            case null:
                return true;
            case ScalarSyntax { IsNull: false } scalar:
                name = scalar;
                break;
            case MappingSyntax detailed:
                foreach (var entry in detailed.Entries.Where(e => !SharingKeys.Contains(e.Name)))
                {
                    Diagnostics.Report(Rules.UnknownKey, entry.Key, entry.Name, "'shares'", Diagnostics.DidYouMean(entry.Name, SharingKeys));
                }

                if (detailed["nodes"] is SequenceSyntax { Items.IsEmpty: false } list && list.Items.All(i => i is ScalarSyntax { IsNull: false }))
                {
                    parts = [.. list.Items.Cast<ScalarSyntax>()];
                }
                else if (detailed["nodes"] is { } other)
                {
                    Diagnostics.Report(Rules.WrongType, other, "nodes", "a list of nodes inside the block", other is SequenceSyntax ? "another list" : other.Kind);
                    return false;
                }

                name = detailed["from"] as ScalarSyntax;
                if (name is null or { IsNull: true })
                {
                    Diagnostics.Report(Rules.MissingKey, detailed, "'shares'", "from");
                    return false;
                }

                break;
            case var other:
                Diagnostics.Report(Rules.WrongType, other, "shares", "the name of a node, or a map of 'from' and 'nodes'", other.Kind);
                return false;
        }

        if (Owner(name!, repetition) is not { } owner)
        {
            // Of an owner that failed its operator is known all the same.
            if (names.TryGetValue(name!.Value, out var ports) && ports.IsEmpty && failedParts.TryGetValue(name.Value, out var ofOwner) && ofOwner != op.Value && IsKnown(op.Value))
            {
                Diagnostics.Report(Rules.Sharing, op, nodeName, name.Value, $"'{nodeName}' is a '{op.Value}', but '{name.Value}' a '{ofOwner}'");
            }

            return false;
        }

        if (owner.OperatorName != op.Value)
        {
            // A word that names nothing is not another operator.
            if (!IsKnown(op.Value))
            {
                ReportUnknown(op);
                return false;
            }

            Diagnostics.Report(Rules.Sharing, op, nodeName, name!.Value, $"'{nodeName}' is a '{op.Value}', but '{owner.Name}' a '{owner.OperatorName}'");
            return false;
        }

        request = new SharingRequest(owner, parts, name!);
        return true;
    }

    // The node that has the weights; a node that shares all of its own stands for the one it shares them with.
    private GraphNode? Owner(ScalarSyntax name, int? repetition)
    {
        var text = name.Value;
        var numbered = text + "_" + repetition?.ToString(CultureInfo.InvariantCulture);
        if (!(repetition is not null && built.TryGetValue(numbered, out var owner)) && !built.TryGetValue(text, out owner))
        {
            if (!names.TryGetValue(text, out var ports))
            {
                // A repetition of a node that failed.
                if (names.Any(n => n.Value.IsEmpty && text.StartsWith(n.Key + "_", StringComparison.Ordinal)))
                {
                    return null;
                }

                var hint = declared.Contains(text) ? " It stands further down; a node shares weights with what stands above it." : Diagnostics.DidYouMean(text, built.Keys);
                Diagnostics.Report(Rules.UnknownNode, name, text, " before this one", hint);
            }
            else if (repetition is not null && built.ContainsKey(text + "_1"))
            {
                Diagnostics.Report(Rules.UnknownNode, name, numbered, $": '{text}' is repeated less often", "");
            }
            else if (built.ContainsKey(text + "_1"))
            {
                Diagnostics.Report(Rules.UnknownNode, name, text, ", only its repetitions", $" Name one of them, such as '{text}_1'.");
            }
            else if (!ports.IsEmpty)
            {
                Diagnostics.Report(Rules.UnknownNode, name, text, " with weights: it is an input, or left out by 'when'", "");
            }

            return null;
        }

        if (owner.Owner is not { } first)
        {
            return owner;
        }

        if (!WeightSharing.HasOwnTensors(owner))
        {
            return first;
        }

        Diagnostics.Report(Rules.Sharing, name, name.Value, first.Name, $"'{owner.Name}' has some of its weights from '{first.Name}' itself");
        return null;
    }

    // Attributes that are not given are those of the owner.
    private static ImmutableArray<AttributeDefinition> Inherited(ImmutableArray<AttributeDefinition> definitions, SharingRequest? request) =>
        request?.Owner.Body is NodeBody.Operation { Use.Attributes: var attributes }
            ? [.. definitions.Select(d => d with { Required = false, Default = attributes.Find(d.Name) })]
            : definitions;

    // The owner is not looked for: whatever is missing may be its.
    private static ImmutableArray<AttributeDefinition> InheritedFromUnknown(MappingSyntax? map, ImmutableArray<AttributeDefinition> definitions) =>
        map?["shares"] is null ? definitions : [.. definitions.Select(d => d with { Required = false })];

    private static ImmutableDictionary<string, double>? Inherited(SharingRequest? request) => request?.Owner.Body switch
    {
        NodeBody.Block block => block.Given,
        NodeBody.Model model => model.Instance.Arguments.ToImmutableDictionary(),
        _ => null,
    };

    // The owner's weights begin once; what the node says itself must be the same.
    private Initialization? InitialOfOwner(Initialization? initial, MappingSyntax? map, string nodeName, SharingRequest request)
    {
        var ofOwner = (request.Owner.Body as NodeBody.Operation)?.Initial;
        if (map?[InitializationReader.Key] is { } said && !Equals(initial, ofOwner))
        {
            Diagnostics.Report(Rules.Sharing, said, nodeName, request.Owner.Name, $"its weights begin as those of '{request.Owner.Name}', {(ofOwner is null ? "which says no 'init'" : $"with 'init: {ofOwner}'")}");
        }

        return ofOwner;
    }

    private bool Share(GraphNode node, SharingRequest request, MappingSyntax? map)
    {
        try
        {
            if (!WeightSharing.HasOwnTensors(node))
            {
                throw new SharingException($"'{node.Name}' has no weights to share");
            }

            WeightSharing.Link(node, request.Owner, [.. request.Parts.Select(p => p.Value)]);
            if (map?["key"] is { } key && !WeightSharing.HasOwnTensors(node))
            {
                Diagnostics.Report(Rules.Sharing, key, node.Name, request.Owner.Name, "all of its weights have the owner's keys, so a 'key' of its own names nothing");
                return false;
            }

            return true;
        }
        catch (SharingException e)
        {
            Diagnostics.Report(Rules.Sharing, request.At, node.Name, request.Owner.Name, e.Message);
            return false;
        }
    }
}
