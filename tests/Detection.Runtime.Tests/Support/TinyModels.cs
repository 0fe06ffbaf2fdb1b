// Small modules in the form in which the generator writes them.
using System.Collections.Immutable;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

internal static class Cards
{
    public static ModelCard Make(string name = "tiny-ssd", ModelKind kind = ModelKind.OneStage, int height = 16, int width = 24) => new()
    {
        Name = name,
        Kind = kind,
        SpecHash = "0123abcd",
        ClassNames = ["cat", "dog"],
        Input = new InputSize(3, height, width),
        Preprocessing = new Preprocessing { Mean = [127, 127, 127], Std = [128, 128, 128] },
    };
}

/// <summary>One convolution and one batch normalisation, keyed as 0 and 1.</summary>
internal sealed class ConvBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d norm;

    public ConvBlock(int inputs, int outputs)
        : base(nameof(ConvBlock))
    {
        conv = nn.Conv2d(inputs, outputs, 3, stride: 2, padding: 1, bias: false);
        norm = nn.BatchNorm2d(outputs);
        register_module("conv", conv);
        register_module("norm", norm);
    }

    public override Tensor forward(Tensor input)
    {
        using var convolved = conv.call(input);
        using var normed = norm.call(convolved);
        return normed.relu();
    }

    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        StateKeys.Collect(this, destination, prefix, child => child == "conv" ? "0" : "1");
}

/// <summary>An SSD with one feature map of stride 4, two default boxes per cell and two classes.</summary>
internal sealed class TinySsd : OneStageDetector
{
    private readonly ConvBlock stem = new(3, 8);
    private readonly ConvBlock body;
    private readonly Conv2d scores = nn.Conv2d(8, 2 * 3, 3, padding: 1);
    private readonly Conv2d boxes = nn.Conv2d(8, 2 * 4, 3, padding: 1);

    public TinySsd(ModelCard? card = null, ScoreActivation activation = ScoreActivation.Softmax, int channels = 8)
        : base(nameof(TinySsd), card ?? Cards.Make(), new OneStageHead
        {
            Levels = [new AnchorLevel("body", [new AnchorShape(6, 6), new AnchorShape(10, 8)])],
            ScoreActivation = activation,
            PostProcessing = new PostProcessing { ScoreThreshold = 0.3f },
        })
    {
        body = new ConvBlock(channels, 8);
        if (channels != 8)
        {
            stem = new ConvBlock(3, channels);
        }
        register_module("stem", stem);
        register_module("body", body);
        register_module("scores", scores);
        register_module("boxes", boxes);
    }

    public override OneStageOutput forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = body.call(stem.call(input));
        return OneStageOutput.Concatenate(3, [scores.call(features)], [boxes.call(features)]).MoveToOuterDisposeScope();
    }

    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        StateKeys.Collect(this, destination, prefix, child => child switch
        {
            "stem" => "base_net.0.0",
            "body" => "base_net.0.1",
            _ => child,
        });
}

/// <summary>A detector that answers with given tensors, whatever it sees.</summary>
internal sealed class PlaybackDetector(ModelCard card, OneStageHead head, Func<OneStageOutput> answer)
    : OneStageDetector(nameof(PlaybackDetector), card, head)
{
    public override OneStageOutput forward(Tensor input) => answer();
}

internal static class Images
{
    public static RgbImage Noise(int seed, int width = 40, int height = 30)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
