// The UltraFace slim-320 face detector, as far as boxes are concerned.
namespace Detection.Runtime.Tests;

internal static class UltraFace
{
    public static readonly ModelCard Card = new()
    {
        Name = "ultraface-slim-320",
        Kind = ModelKind.OneStage,
        SpecHash = "test",
        ClassNames = ["face"],
        Input = new InputSize(3, 240, 320),
        Preprocessing = new Preprocessing { Mean = [127, 127, 127], Std = [128, 128, 128] },
    };

    public static readonly IReadOnlyList<FeatureSize> FeatureSizes = [new(30, 40), new(15, 20), new(8, 10), new(4, 5)];

    public static readonly OneStageHead Head = new()
    {
        Levels =
        [
            new("stride8", [new(10, 10), new(16, 16), new(24, 24)]),
            new("stride16", [new(32, 32), new(48, 48)]),
            new("stride32", [new(64, 64), new(96, 96)]),
            new("stride64", [new(128, 128), new(192, 192), new(256, 256)]),
        ],
        ClipAnchors = true,
        PostProcessing = new PostProcessing { ScoreThreshold = 0.7f, NmsThreshold = 0.3f },
    };
}
