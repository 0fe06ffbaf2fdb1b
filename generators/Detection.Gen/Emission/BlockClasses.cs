// Finds the classes that a model's blocks become. Uses of a block that differ only in numbers share a class whose constructor takes
// those numbers; uses that differ in structure get classes of their own. So ResNet's forty bottlenecks are one class, as one would write it.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Detection.Spec.Graphs;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>A class for structurally equal uses of a block.</summary>
internal sealed class BlockClass
{
    /// <summary>Name of the class.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the block.</summary>
    public required string BlockName { get; init; }

    /// <summary>The class of the block whose weights it uses, given to its constructor; null for a block with weights of its own.</summary>
    public BlockClass? OwnerClass { get; init; }

    /// <summary>Whether a class that uses its weights reads its fields.</summary>
    public bool IsExposed { get; set; }

    /// <summary>The uses, in running order.</summary>
    public List<GraphNode> Uses { get; } = [];

    /// <summary>Constructor parameters: names, and the value at each use.</summary>
    public List<(string Name, long[] Values)> Parameters { get; } = [];

    /// <summary>C# expressions of the numbers inside: by node and slot, a literal or a parameter.</summary>
    public Dictionary<(string Node, string Slot), string> Expressions { get; } = [];

    /// <summary>The graph of the first use, which stands for all.</summary>
    public Graph Graph => ((NodeBody.Block)Uses[0].Body).Graph;
}

/// <summary>Groups the blocks of a model into classes.</summary>
internal sealed class BlockClasses
{
    private readonly Dictionary<GraphNode, BlockClass> byUse = [];
    private readonly Dictionary<string, BlockClass> bySignature = new(StringComparer.Ordinal);
    private readonly HashSet<string> names;

    private BlockClasses(IEnumerable<string> taken) => names = [.. taken];

    /// <summary>Names of all classes: the model's, its parts' and those of its blocks.</summary>
    public ICollection<string> Names => names;

    /// <summary>The classes; a class stands behind those it uses.</summary>
    public List<BlockClass> All { get; } = [];

    /// <summary>The class of a use of a block.</summary>
    public BlockClass this[GraphNode use] => byUse[use];

    /// <summary>Groups the blocks of a graph; models used as parts keep their own.</summary>
    public static BlockClasses Of(Graph graph, IEnumerable<string> taken)
    {
        var classes = new BlockClasses(taken);
        classes.Collect(graph);
        foreach (var blockClass in classes.All)
        {
            Parametrize(blockClass, classes);
        }

        return classes;
    }

    /// <summary>Constructor arguments of a use, as C# expressions in the class that holds it.</summary>
    public IEnumerable<(string Name, long Value)> Arguments(GraphNode use)
    {
        var blockClass = byUse[use];
        var index = blockClass.Uses.IndexOf(use);
        return blockClass.Parameters.Select(p => (p.Name, p.Values[index]));
    }

    /// <summary>The numbers of an operator that a class may take as parameters, by slot.</summary>
    public static IEnumerable<(string Slot, long Value)> Numbers(GraphNode node)
    {
        var operation = (NodeBody.Operation)node.Body;
        if (!node.IsField)
        {
            yield break;
        }

        foreach (var channels in Channels(operation))
        {
            yield return channels;
        }

        foreach (var attribute in operation.Settings.Values)
        {
            switch (attribute.Value.Kind)
            {
                case AttributeKind.Integer:
                    yield return (attribute.Key, attribute.Value.Integer);
                    break;
                case AttributeKind.Pair:
                    yield return (attribute.Key, attribute.Value.First);
                    if (attribute.Value.First != attribute.Value.Second)
                    {
                        yield return (attribute.Key + "Width", attribute.Value.Second);
                    }

                    break;
            }
        }
    }

    /// <summary>The numbers of channels that the constructor of an operator takes, by slot: of its input, or of all that a declared operator names.</summary>
    public static IEnumerable<(string Slot, long Value)> Channels(NodeBody.Operation operation)
    {
        yield return ("in", operation.Use.Inputs[0].Channels);
        for (var i = 1; i < operation.Operator.Class?.Inputs.Length; i++)
        {
            yield return (operation.Operator.Class.Inputs[i] + "Channels", operation.Use.Inputs[i].Channels);
        }
    }

    private void Collect(Graph graph)
    {
        foreach (var node in graph.Nodes)
        {
            if (node.Body is not NodeBody.Block block || node.RunsOwner)
            {
                continue;
            }

            Collect(block.Graph);
            var ownerClass = node.Owner is { } owner ? byUse[owner] : null;
            if (ownerClass is not null)
            {
                ownerClass.IsExposed = true;
            }

            var signature = Signature(block) + "|" + ownerClass?.Name;
            if (!bySignature.TryGetValue(signature, out var blockClass))
            {
                blockClass = new BlockClass { Name = NewName(block.Name), BlockName = block.Name, OwnerClass = ownerClass };
                bySignature.Add(signature, blockClass);
                All.Add(blockClass);
            }

            blockClass.Uses.Add(node);
            byUse.Add(node, blockClass);
        }
    }

    // Everything about a block but the numbers that a constructor can take.
    private string Signature(NodeBody.Block block)
    {
        var graph = block.Graph;
        // With its parameters: a patched use may have others.
        var text = new StringBuilder(block.Name).Append('(').Append(string.Join(",", block.ParameterNames)).Append(')');
        foreach (var node in graph.Nodes)
        {
            text.Append('|').Append(node.Name).Append(' ').Append(node.Key).Append(' ');
            if (node.Owner is { } owner)
            {
                text.Append(node.RunsOwner ? "runs " : "shares ").Append(graph.Nodes.IndexOf(owner)).Append(' ');
            }

            switch (node.Body)
            {
                case NodeBody.Operation operation:
                    text.Append(operation.Operator.Name);
                    var numbers = Numbers(node).Select(n => n.Slot).ToImmutableHashSet();
                    text.Append(' ').Append(string.Join(",", numbers.OrderBy(n => n, StringComparer.Ordinal)));
                    foreach (var attribute in operation.Settings.Values.Where(a => !numbers.Contains(a.Key)))
                    {
                        text.Append(' ').Append(attribute.Key).Append('=').Append(attribute.Value);
                    }

                    text.Append(node.IsField && operation.Initial is { } initial ? " init=" + initial : "");

                    break;
                case NodeBody.Block when !node.RunsOwner:
                    text.Append("block ").Append(byUse[node].Name);
                    break;
                case NodeBody.Model model:
                    text.Append("model ").Append(model.Instance);
                    break;
            }

            foreach (var port in node.Inputs)
            {
                text.Append(" <").Append(Position(graph, port));
            }
        }

        return text.Append("=>").Append(string.Join(",", graph.Results.Select(r => Position(graph, r.Port)))).ToString();
    }

    private static string Position(Graph graph, Port port) => string.Format(
        CultureInfo.InvariantCulture, "{0}.{1}", port.Node is null ? -1 : graph.Nodes.IndexOf(port.Node), port.Index);

    private string NewName(string block)
    {
        var name = Spec.Resolution.Names.Pascal(block);
        if (GeneratedNames.Reserved.Contains(name) || names.Contains(name))
        {
            name += "Block";
        }

        var unique = name;
        for (var i = 2; !names.Add(unique); i++)
        {
            unique = name + i.ToString(CultureInfo.InvariantCulture);
        }

        return unique;
    }

    private static void Parametrize(BlockClass blockClass, BlockClasses classes)
    {
        var graphs = blockClass.Uses.Select(u => ((NodeBody.Block)u.Body).Graph).ToArray();
        for (var n = 0; n < blockClass.Graph.Nodes.Length; n++)
        {
            var node = blockClass.Graph.Nodes[n];
            switch (node.Body)
            {
                case NodeBody.Operation:
                    foreach (var (slot, _) in Numbers(node))
                    {
                        Assign(blockClass, node.Name, slot, [.. graphs.Select(g => Numbers(g.Nodes[n]).First(s => s.Slot == slot).Value)]);
                    }

                    break;
                case NodeBody.Block when !node.RunsOwner:
                    var arguments = graphs.Select(g => classes.Arguments(g.Nodes[n]).ToArray()).ToArray();
                    for (var a = 0; a < arguments[0].Length; a++)
                    {
                        Assign(blockClass, node.Name, arguments[0][a].Name, [.. arguments.Select(row => row[a].Value)]);
                    }

                    break;
            }
        }

        // As one would declare them: what comes in, the block's parameters as the spec has them, and what follows from both.
        var first = (NodeBody.Block)blockClass.Uses[0].Body;
        ImmutableArray<string> declared = ["inChannels", .. first.ParameterNames.Select(ConstructorName)];
        var ordered = blockClass.Parameters.OrderBy(p => declared.IndexOf(p.Name) is >= 0 and var index ? index : declared.Length).ToArray();
        blockClass.Parameters.Clear();
        blockClass.Parameters.AddRange(ordered);
    }

    // Equal at all uses: a literal. Otherwise a parameter, shared by all numbers that always agree.
    private static void Assign(BlockClass blockClass, string node, string slot, long[] values)
    {
        if (values.Distinct().Count() == 1)
        {
            blockClass.Expressions[(node, slot)] = CSharp.Literal(values[0]);
            return;
        }

        var known = blockClass.Parameters.FirstOrDefault(p => p.Values.SequenceEqual(values)).Name;
        if (known is null)
        {
            known = ParameterName(blockClass, node, slot, values);
            blockClass.Parameters.Add((known, values));
        }

        blockClass.Expressions[(node, slot)] = known;
    }

    private static string ParameterName(BlockClass blockClass, string node, string slot, long[] values)
    {
        var uses = blockClass.Uses.Select(u => (NodeBody.Block)u.Body).ToArray();
        var channels = uses.Select(u => u.Graph.Inputs[0].Shape.Channels);
        if (values.SequenceEqual(channels) && IsFree(blockClass, "inChannels"))
        {
            return "inChannels";
        }

        foreach (var parameter in uses[0].ParameterNames)
        {
            var name = ConstructorName(parameter);
            if (uses.Select(u => u.Arguments[parameter]).SequenceEqual(values.Select(v => (double)v)) && IsFree(blockClass, name))
            {
                return name;
            }
        }

        var derived = node + char.ToUpperInvariant(slot[0]) + slot.Substring(1);
        var unique = derived;
        for (var i = 2; !IsFree(blockClass, unique); i++)
        {
            unique = derived + i.ToString(CultureInfo.InvariantCulture);
        }

        return unique;
    }

    private static bool IsFree(BlockClass blockClass, string name) =>
        !GeneratedNames.Reserved.Contains(name) && blockClass.Parameters.All(p => p.Name != name)
        && blockClass.Graph.Nodes.All(n => !n.IsField || Spec.Resolution.Names.Identifier(n.Name) != name);

    private static string ConstructorName(string parameter) =>
        parameter is "out" or "in" ? parameter + "Channels" : Spec.Resolution.Names.Identifier(parameter);
}
