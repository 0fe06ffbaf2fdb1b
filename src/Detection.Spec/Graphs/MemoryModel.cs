// How much memory inference needs: the generated forward pass, run over sizes instead of values.
using System.Collections.Immutable;
using Detection.Spec.Shapes;

namespace Detection.Spec.Graphs;

/// <summary>Bytes that are alive while an operator runs: its inputs, its output, and what is kept for later.</summary>
/// <param name="Path">Node names from the model down, joined by dots.</param>
/// <param name="Bytes">Bytes for one image, the image included.</param>
public readonly record struct LiveBytes(string Path, long Bytes);

/// <summary>Memory of inference.</summary>
/// <remarks>
/// A batch of N images needs <see cref="WeightBytes"/> + <see cref="WeightCastBytes"/> + N · <see cref="PeakBytes"/>: exactly the tensors that the generated code holds at
/// the worst moment. What libraries need beside that while they compute (workspaces of convolutions, copies in other layouts) is not counted.
/// </remarks>
/// <param name="WeightBytes">Learned values and statistics.</param>
/// <param name="PeakBytes">Most bytes alive at once for one image, the image included.</param>
/// <param name="PeakAt">Path of the operator during which that is; empty for the joining of a detector's levels.</param>
/// <param name="ActivationCount">Values that all operators give, summed: what training keeps, in-place operators aside.</param>
/// <param name="Operators">Bytes alive during each operator, in running order.</param>
public sealed record InferenceMemory(
    long WeightBytes, long PeakBytes, string PeakAt, long ActivationCount, ImmutableArray<LiveBytes> Operators)
{
    /// <summary>Copies of weights in bfloat16, which are kept during a pass; 0 for a network in 32-bit floats.</summary>
    public long WeightCastBytes { get; init; }

    /// <summary>Bytes for a batch.</summary>
    public long BytesFor(long batch) => checked(WeightBytes + WeightCastBytes + (batch * PeakBytes));
}

/// <summary>Computes memory figures.</summary>
public static class MemoryModel
{
    private const long FloatBytes = 4;

    // Batch normalisation counts its steps in a 64-bit integer.
    private const long CounterBytes = 8;

    /// <summary>The memory of a network for one image of the given size in pixels.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="isDetector">Whether its results are the maps of a one-stage detector's levels, which are joined behind it.</param>
    /// <param name="twoStage">The layout of a two-stage detector, whose network runs in parts; null for others.</param>
    /// <param name="height">Height of the image.</param>
    /// <param name="width">Width of the image.</param>
    public static InferenceMemory Of(Graph graph, bool isDetector, TwoStageLayout? twoStage, long height, long width)
    {
        var run = new Run(height, width);
        ImmutableArray<Buffer> inputs = [.. graph.Inputs.Select((input, i) => run.Allocate(input.Shape, graph.PrecisionOf(new Port(null, i))))];
        if (twoStage is not null)
        {
            run.ExecuteParts(TwoStageParts.Of(graph, twoStage), inputs, twoStage.RegionsAtOnce);
        }
        else
        {
            run.Execute(graph, inputs, "");
        }

        if (isDetector)
        {
            run.Join(graph.Results.Select(r => graph.ShapeOf(r.Port)));
        }

        return new InferenceMemory(
            graph.StoredTensors().Sum(t => t.Tensor.Shape.Count == 0 && !t.Tensor.Learned ? CounterBytes : checked(t.Tensor.Count * FloatBytes)),
            run.Peak, run.PeakAt, run.Activations, run.Operators.ToImmutable())
        {
            WeightCastBytes = CastWeights(graph),
        };
    }

    // A layer's weights are cast once in a pass, however many nodes share them.
    private static long CastWeights(Graph graph) => graph.Flatten()
        .Where(n => n.Node is { Owner: null, Precision: Precision.BFloat16 })
        .Sum(n => checked(((NodeBody.Operation)n.Node.Body).Tensors.Where(t => t.Learned).Sum(t => t.Count) * PrecisionCast.Bytes(Precision.BFloat16)));

    // Tensors that share it keep it alive.
    private sealed class Buffer(long bytes)
    {
        public long Bytes { get; } = bytes;

        public int Owners { get; set; } = 1;
    }

    private sealed class Run(long height, long width)
    {
        private long live;

        // Regions that go through a stage at once.
        private long mostPerImage = long.MaxValue;

        public long Peak { get; private set; }

        public string PeakAt { get; private set; } = "";

        public long Activations { get; private set; }

        public ImmutableArray<LiveBytes>.Builder Operators { get; } = ImmutableArray.CreateBuilder<LiveBytes>();

        public Buffer Allocate(TensorShape shape, Precision precision = Precision.Float32)
        {
            var buffer = new Buffer(checked(shape.At(height, width).Count * Math.Min(shape.PerImage, mostPerImage) * PrecisionCast.Bytes(precision)));
            live = checked(live + buffer.Bytes);
            return buffer;
        }

        // What the images give stays until the last stage is done; the maps of the heads of the proposals are joined before the first.
        // Where regions go through a stage in several passes, what these give is kept and then joined.
        public void ExecuteParts(TwoStageParts parts, ImmutableArray<Buffer> inputs, long? regionsAtOnce)
        {
            var given = Execute(parts.Images, inputs, "");
            var heads = given.Length - parts.Maps.Length;
            if (heads > 0)
            {
                var before = live;
                Join(parts.Images.Results.Take(heads).Select(r => parts.Images.ShapeOf(r.Port)));
                live = before;
            }

            var outside = parts.Maps.Zip(given.Skip(heads), (map, buffer) => (map.Port, buffer)).ToDictionary(p => p.Port, p => p.buffer);
            foreach (var stage in parts.Stages)
            {
                // Features are for training alone.
                var results = stage.Results.Where(r => !r.Name.EndsWith("Features", StringComparison.Ordinal)).Select(r => stage.ShapeOf(r.Port)).ToArray();
                var kept = regionsAtOnce is { } most && results[0].PerImage > most ? results.Sum(r => checked(r.At(height, width).Count * r.PerImage * FloatBytes)) : 0;
                mostPerImage = regionsAtOnce ?? long.MaxValue;
                live = checked(live + kept);
                var passed = Execute(stage, inputs, "", outside);
                foreach (var result in passed)
                {
                    Release(result);
                }

                live = checked(live + kept);
                Meet("");
                live -= 2 * kept;
                mostPerImage = long.MaxValue;
            }
        }

        // Inputs, and values from outside of the graph, belong to the caller; of the results the caller becomes an owner.
        public ImmutableArray<Buffer> Execute(Graph graph, ImmutableArray<Buffer> inputs, string prefix, IReadOnlyDictionary<Port, Buffer>? outside = null)
        {
            var lives = Liveness.Of(graph);
            var buffers = outside?.ToDictionary(b => b.Key, b => b.Value) ?? [];
            var unnamed = new List<Buffer>();
            Buffer Of(Port port) => port.Node is null ? inputs[port.Index] : buffers[port];
            for (var i = 0; i < graph.Nodes.Length; i++)
            {
                var node = graph.Nodes[i];
                var path = prefix + node.Name;
                var given = node.Inside is { } inside
                    ? Execute(inside, [.. node.Inputs.Select(Of)], path + ".")
                    : Operate(node, [.. node.Inputs.Select(Of)], lives.RunsInPlace(node), path);
                for (var output = 0; output < given.Length; output++)
                {
                    buffers[new Port(node, output)] = given[output];
                }

                unnamed.AddRange(Unnamed(graph, node, Of, path));

                foreach (var port in lives.Dying[i])
                {
                    Release(buffers[port]);
                }
            }

            // A value that is a result twice, or an input, is handed out as a second tensor over the same memory.
            var handed = new HashSet<Port>();
            foreach (var (_, port) in graph.Results)
            {
                if (port.Node is null || !handed.Add(port))
                {
                    Of(port).Owners++;
                }
            }

            unnamed.ForEach(Release);
            return [.. graph.Results.Select(r => Of(r.Port))];
        }

        // [N, a·K, h, w] of each level is copied to [N, h·w·a, K], where that is no mere view, and all copies into one tensor;
        // the maps live until that is done. OneStageOutput.Concatenate.
        public void Join(IEnumerable<TensorShape> maps)
        {
            foreach (var map in maps)
            {
                var concrete = map.At(height, width);
                var isView = concrete.Channels == 1 || concrete.Height * concrete.Width == 1;
                live = checked(live + (concrete.Count * FloatBytes * (isView ? 1 : 2)));
            }

            Meet("");
        }

        private ImmutableArray<Buffer> Operate(GraphNode node, ImmutableArray<Buffer> inputs, bool inPlace, string path)
        {
            var operation = (NodeBody.Operation)node.Body;
            ImmutableArray<Buffer> given = inPlace || operation.Operator.SharesInput
                ? [inputs[0]]
                : [.. node.Outputs.Select(o => Allocate(o.Shape, node.Precision))];
            if (given[0] == inputs[0])
            {
                given[0].Owners++;
            }

            Activations = checked(Activations + node.Outputs.Sum(o => checked(o.Shape.At(height, width).Count * o.Shape.PerImage)));
            Meet(path);
            Operators.Add(new LiveBytes(path, live));
            return given;
        }

        // Tensors within an expression, which live until the pass ends: a * b in a * b * c, and vectors spread over a map. A sum of
        // many adds to its first two in place, unless a vector comes first.
        private IEnumerable<Buffer> Unnamed(Graph graph, GraphNode node, Func<Port, Buffer> of, string path)
        {
            if (node.Body is not NodeBody.Operation { Operator.Name: "add" or "multiply" } operation)
            {
                yield break;
            }

            bool IsSpread(Port port) => graph.ShapeOf(port) is TensorShape.Vector && node.Outputs[0].Shape is TensorShape.Feature;
            foreach (var spread in node.Inputs.Where(IsSpread).Select(of))
            {
                spread.Owners++;
                yield return spread;
            }

            for (var extra = node.Inputs.Length - 2; extra > 0 && (operation.Operator.Name == "multiply" || IsSpread(node.Inputs[0])); extra--)
            {
                yield return Allocate(node.Outputs[0].Shape, node.Precision);
                Meet(path);
            }
        }

        private void Meet(string path)
        {
            if (live > Peak)
            {
                (Peak, PeakAt) = (live, path);
            }
        }

        private void Release(Buffer buffer)
        {
            if (--buffer.Owners == 0)
            {
                live -= buffer.Bytes;
            }
        }
    }
}
