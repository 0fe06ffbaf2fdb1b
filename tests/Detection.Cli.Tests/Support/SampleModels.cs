// A catalogue of small models whose answers are known beforehand, written by hand, so that the command line is tested without generated code.
using System.Collections.Immutable;
using Detection.Runtime;
using Detection.Spec.Compilation;
using Detection.Spec.Resolution;
using TorchSharp;
using static TorchSharp.torch;
using ModelKind = Detection.Runtime.ModelKind;
using SpecDocument = Detection.Runtime.SpecDocument;

namespace Detection.Cli.Tests;

internal sealed class SampleModels : IModelCatalog
{
    private const string RedSquares = """
        spec: 1
        model: red-squares
        kind: oneStage
        summary: Finds cells that are red.
        input: { size: [32, 32], minimum: 32, maximum: 64, multipleOf: 8 }
        preprocess: { std: [255] }
        classes: [square]
        nodes:
          cells: { op: conv, out: 3, kernel: 8, stride: 8 }
        detection:
          levels: { grid: { from: cells, anchors: { sizes: [8] } } }
          heads:
            scores: { op: conv, out: "A*(classes+1)", kernel: 1 }
            boxes: { op: conv, out: "A*4", kernel: 1 }
        """;

    private const string Colors = """
        spec: 1
        model: colors
        kind: classifier
        summary: Tells which colour channel is the strongest.
        input: { size: [8, 8] }
        preprocess: { std: [255] }
        classes: 3
        nodes:
          mean: globalAvgPool
          scores: { op: linear, out: classes }
        weights:
          lib: { keys: { fc: scores }, drop: aux }
        """;

    private const string Trunk = """
        spec: 1
        model: trunk
        kind: backbone
        summary: Three channels of cells.
        input: { size: [32, 32], minimum: 8 }
        preprocess: { std: [255] }
        nodes:
          cells: { op: conv, out: 3, kernel: 8, stride: 8 }
        taps: { cells: cells }
        """;

    private SampleModels() => Models =
    [
        new ModelEntry(Card("colors"), () => new ColorClassifier(Card("colors"))),
        new ModelEntry(Card("red-squares"), () => new RedSquareDetector(Card("red-squares"))),
        new ModelEntry(Card("trunk"), () => nn.Conv2d(3, 3, 8, stride: 8)),
    ];

    public static SampleModels Instance { get; } = new();

    public IReadOnlyList<ModelEntry> Models { get; }

    public IReadOnlyList<SpecDocument> Specs { get; } =
        [new("samples/colors.yaml", Colors), new("samples/red-squares.yaml", RedSquares), new("samples/trunk.yaml", Trunk)];

    /// <summary>Writes the weights with which a model gives the answers that tests expect.</summary>
    public static string WriteWeights(TemporaryFolder folder, string model)
    {
        var entry = ModelCatalogs.Find(Instance, model);
        var path = folder[model + ".safetensors"];
        using var module = entry.Create();
        WeightLoader.Save(module, entry.Card, path);
        return path;
    }

    /// <summary>An image in one colour, with a red square of 1/4 of its side whose upper left corner lies at a quarter of width and height.</summary>
    public static RgbImage Square(int side, (byte, byte, byte) background)
    {
        var image = new RgbImage(side, side);
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var inside = x >= side / 4 && x < side / 2 && y >= side / 4 && y < side / 2;
                image[x, y] = inside ? ((byte)255, (byte)0, (byte)0) : background;
            }
        }
        return image;
    }

    private static ModelCard Card(string name)
    {
        var library = SpecLibrary.Parse(new[] { RedSquares, Colors, Trunk }.Select((text, i) => new Detection.Spec.Resolution.SpecDocument($"{i}.yaml", text)));
        var model = SpecCompiler.Compile(library.Find(name)!, library).Model ?? throw new InvalidOperationException($"{name} does not compile.");
        return new ModelCard
        {
            Name = name,
            Kind = Enum.Parse<ModelKind>(model.Kind.ToString()),
            Summary = model.Summary,
            SpecHash = model.SpecHash,
            ClassNames = [.. model.Classes.Names],
            Input = new InputSize(3, (int)model.Input.Height, (int)model.Input.Width),
            Preprocessing = new Preprocessing { Std = [255, 255, 255] },
            WeightMaps = [.. model.WeightMaps.Select(m => new WeightMap { Name = m.Name, Keys = [.. m.Keys.Select(k => new KeyPrefix(k.From, k.To))], Drop = [.. m.Drop], New = [.. m.New] })],
            Parameters = Detection.Spec.Graphs.CostModel.Parameters(model.Graph),
            MultiplyAdds = Detection.Spec.Graphs.CostModel.Nodes(model.Graph, model.Input.Height, model.Input.Width).Sum(n => n.MultiplyAdds),
        };
    }

    // Sums each colour over a cell of 8x8 pixels; red without green and blue is an object as large as the cell.
    private sealed class RedSquareDetector : OneStageDetector
    {
        private readonly nn.Module<Tensor, Tensor> cells = nn.Conv2d(3, 3, 8, stride: 8);
        private readonly nn.Module<Tensor, Tensor> scores = nn.Conv2d(3, 2, 1);
        private readonly nn.Module<Tensor, Tensor> boxes = nn.Conv2d(3, 4, 1);

        public RedSquareDetector(ModelCard card)
            : base(nameof(RedSquareDetector), card, new OneStageHead
            {
                Levels = [new AnchorLevel("grid", [new AnchorShape(8, 8)])],
                PostProcessing = new PostProcessing { ScoreThreshold = 0.5f },
            })
        {
            register_module("cells", cells);
            register_module("scores", scores);
            register_module("boxes", boxes);
            using var gradients = no_grad();
            foreach (var (name, parameter) in named_parameters())
            {
                parameter.zero_();
            }
            for (var color = 0; color < 3; color++)
            {
                cells.get_parameter("weight")!.select(0, color).select(0, color).fill_(1f / 64);
                scores.get_parameter("weight")!.select(0, 1).select(0, color).fill_(color == 0 ? 20f : -20f);
            }
            scores.get_parameter("bias")!.select(0, 1).fill_(-10f);
        }

        public override OneStageOutput forward(Tensor input)
        {
            using var map = cells.call(input);
            return OneStageOutput.Concatenate(2, [scores.call(map)], [boxes.call(map)]);
        }
    }

    private sealed class ColorClassifier : ImageClassifier
    {
        private readonly nn.Module<Tensor, Tensor> scores = nn.Linear(3, 3);

        public ColorClassifier(ModelCard card)
            : base(nameof(ColorClassifier), card)
        {
            register_module("scores", scores);
            using var gradients = no_grad();
            scores.get_parameter("bias")!.zero_();
            scores.get_parameter("weight")!.zero_();
            for (var color = 0; color < 3; color++)
            {
                scores.get_parameter("weight")!.select(0, color).select(0, color).fill_(10f);
            }
        }

        public override Tensor forward(Tensor input)
        {
            using var mean = input.mean([2, 3]);
            return scores.call(mean);
        }
    }
}
