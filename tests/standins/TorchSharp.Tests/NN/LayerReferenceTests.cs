// Layers, functions and losses against PyTorch: outputs and gradients with respect to the input.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;
using Layer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace TorchSharpTests.NN;

public class LayerReferenceTests
{
    private static readonly long[] Image = [1, 2, 3, 3];
    private static readonly long[] Grid = [1, 1, 5, 5];
    private static readonly long[] Small = [1, 1, 2, 3];
    private static readonly long[] Vectors = [2, 4];
    private static readonly long[] Scores = [3, 4];

    private static readonly Dictionary<string, (long[] Shape, Func<Tensor, Tensor> Run)> Cases = new()
    {
        ["Conv1d"] = Of([1, 2, 5], () => Conv1d(2, 2, 3, stride: 2, padding: 1)),
        ["Conv2d"] = Of(Image, () => Conv2d(2, 2, 3, padding: 1)),
        ["Conv2d stride dilation no bias"] = Of(
            [1, 2, 3, 4], () => Conv2d(2, 2, (2, 3), stride: (2, 1), padding: (1, 2), dilation: (1, 2), bias: false)),
        ["Conv2d groups"] = Of(Image, () => Conv2d(2, 4, 2, groups: 2)),
        ["Conv2d same"] = Of(Image, () => Conv2d(2, 1, (2, 3), Padding.Same)),
        ["Conv2d valid"] = Of(Image, () => Conv2d(2, 1, 2, Padding.Valid)),
        ["Conv2d reflect"] = Of(Image, () => Conv2d(2, 1, (3, 3), padding: (2, 1), padding_mode: PaddingModes.Reflect)),
        ["Conv2d replicate"] = Of(Image, () => Conv2d(2, 1, 3, padding: 1, padding_mode: PaddingModes.Replicate)),
        ["Conv2d circular"] = Of(Image, () => Conv2d(2, 1, 3, padding: 1, padding_mode: PaddingModes.Circular)),
        ["ConvTranspose2d"] = Of([1, 2, 2, 2], () => ConvTranspose2d(2, 1, 3, stride: 2, padding: 1, output_padding: 1)),
        ["ConvTranspose2d to size"] = ([1, 2, 2, 2],
            x => Numbers.Filled(ConvTranspose2d(2, 1, 3, stride: 2, padding: 1)).forward(x, [4, 3])),
        ["Linear"] = Of(Vectors, () => Linear(4, 3)),
        ["BatchNorm2d training"] = Of([2, 2, 2, 2], () => BatchNorm2d(2)),
        ["BatchNorm2d evaluation"] = ([2, 2, 2, 2], AfterOneBatch),
        ["GroupNorm"] = Of([1, 4, 2, 2], () => GroupNorm(2, 4)),
        ["LayerNorm"] = Of([2, 2, 3], () => LayerNorm([2, 3])),
        ["LocalResponseNorm"] = Of([1, 4, 2, 2], () => LocalResponseNorm(3, alpha: 0.5, beta: 0.75, k: 2.0)),
        ["LocalResponseNorm even size 3D"] = Of([1, 4, 3], () => LocalResponseNorm(2, alpha: 0.5, beta: 0.75, k: 1.0)),
        ["ReLU"] = Scaled(() => ReLU()),
        ["ReLU6"] = Scaled(() => ReLU6()),
        ["LeakyReLU"] = Scaled(() => LeakyReLU(0.1)),
        ["ELU"] = Scaled(() => ELU(0.7)),
        ["SiLU"] = Scaled(() => SiLU()),
        ["GELU"] = Scaled(() => GELU()),
        ["GELU tanh"] = Scaled(() => GELU(TorchSharp.Modules.GELU.Approximate.tanh)),
        ["Hardswish"] = Scaled(() => Hardswish()),
        ["Hardsigmoid"] = Scaled(() => Hardsigmoid()),
        ["Sigmoid"] = Scaled(() => Sigmoid()),
        ["Tanh"] = Scaled(() => Tanh()),
        ["Softmax"] = Of(Vectors, () => Softmax(1)),
        ["LogSoftmax"] = Of(Vectors, () => LogSoftmax(1)),
        ["MaxPool2d"] = Of(Grid, () => MaxPool2d(2)),
        ["MaxPool2d ceil"] = Of(Grid, () => MaxPool2d(2, 2, ceil_mode: true)),
        ["MaxPool2d padding dilation"] = Of(Grid, () => MaxPool2d((2, 2), stride: (1, 2), padding: (1, 1), dilation: (2, 1))),
        ["AvgPool2d ceil"] = Of(Grid, () => AvgPool2d(2, 2, ceil_mode: true)),
        ["AvgPool2d padding not counted"] = Of(Grid, () => AvgPool2d(3, 2, padding: 1, count_include_pad: false)),
        ["AvgPool2d divisor"] = Of(Grid, () => AvgPool2d(2, divisor_override: 3)),
        ["AdaptiveAvgPool2d"] = Of(Grid, () => AdaptiveAvgPool2d((2, 3))),
        ["AdaptiveMaxPool2d"] = Of(Grid, () => AdaptiveMaxPool2d([2, 3])),
        ["Upsample nearest"] = Of(Small, () => Upsample(scale_factor: [2.0, 2.0])),
        ["Upsample bilinear"] = Of(Small, () => Upsample([3, 4], mode: UpsampleMode.Bilinear, align_corners: false)),
        ["Upsample bilinear corners"] = Of(Small, () => Upsample([3, 4], mode: UpsampleMode.Bilinear, align_corners: true)),
        ["interpolate scale"] = (Small, x => F.interpolate(
            x, scale_factor: [1.6, 1.4], mode: InterpolationMode.Bilinear, align_corners: false)),
        ["interpolate scale recomputed"] = (Small, x => F.interpolate(
            x, scale_factor: [1.6, 1.4], mode: InterpolationMode.Bilinear, align_corners: false, recompute_scale_factor: true)),
        ["interpolate bicubic"] = (Small, x => F.interpolate(x, [3, 4], mode: InterpolationMode.Bicubic, align_corners: false)),
        ["interpolate area"] = (Small, x => F.interpolate(x, [1, 2], mode: InterpolationMode.Area)),
        ["interpolate exact"] = (Small, x => F.interpolate(x, [3, 5], mode: InterpolationMode.NearestExact)),
        ["interpolate antialias"] = (Grid, x => F.interpolate(
            x, [2, 2], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true)),
        ["ZeroPad2d"] = Of(Small, () => ZeroPad2d((1, 0, 2, 1))),
        ["pad constant"] = (Small, x => F.pad(x, (1, 2), value: 0.5)),
        ["normalize"] = (Vectors, x => F.normalize(x, p: 2, dim: 1)),
        ["grid_sample"] = (new long[] { 1, 1, 3, 3 }, x => F.grid_sample(
            x, AffineGrid([0.8f, 0.2f, 0.1f, -0.1f, 0.9f, 0.2f], false), GridSampleMode.Bilinear, GridSamplePaddingMode.Border, false)),
        ["grid_sample nearest reflection"] = (new long[] { 1, 1, 3, 3 }, x => F.grid_sample(
            x, AffineGrid([1.4f, 0.2f, 0.1f, -0.1f, 1.3f, 0.2f], true), GridSampleMode.Nearest, GridSamplePaddingMode.Reflection, true)),
        ["unfold"] = (new long[] { 1, 1, 3, 3 }, x => F.unfold(x, 2, padding: 1, stride: 2)),
        ["fold"] = (new long[] { 1, 4, 4 }, x => F.fold(x, (3, 3), (2, 2))),
        ["CrossEntropyLoss"] = (Scores, x => CrossEntropyLoss().call(x, Classes())),
        ["CrossEntropyLoss weight ignore"] = (Scores, x => CrossEntropyLoss(Weights(), ignore_index: 0).call(x, Classes())),
        ["cross_entropy smoothing sum"] = (Scores, x => F.cross_entropy(x, Classes(), reduction: Reduction.Sum, label_smoothing: 0.1)),
        ["NLLLoss"] = (Scores, x => NLLLoss(Weights()).call(F.log_softmax(x, 1), Classes())),
        ["MSELoss"] = (Scores, x => MSELoss().call(x * 2, Targets())),
        ["L1Loss sum"] = (Scores, x => L1Loss(Reduction.Sum).call(x * 2, Targets())),
        ["SmoothL1Loss"] = (Scores, x => SmoothL1Loss(beta: 1.0 / 9).call(x * 2, Targets())),
        ["SmoothL1Loss none"] = (Scores, x => SmoothL1Loss(Reduction.None).call(x * 2, Targets())),
        ["HuberLoss"] = (Scores, x => HuberLoss(delta: 0.6).call(x * 2, Targets())),
        ["BCELoss"] = (Scores, x => BCELoss().call(x.sigmoid(), Targets().abs())),
        ["BCEWithLogitsLoss"] = (Scores, x => BCEWithLogitsLoss(pos_weights: Weights()).call(x, Targets().abs())),
    };

    public static TheoryData<string> Names => new(Cases.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Output_and_input_gradient_are_those_of_PyTorch(string name)
    {
        var (shape, run) = Cases[name];
        var (expectedShape, output, gradient) = LayerReferences.All[name];
        using var scope = NewDisposeScope();
        var input = Numbers.Wave(shape).requires_grad_();

        var result = run(input);
        (result * Numbers.Wave(expectedShape, 1.1, 0.2)).sum().backward();

        Assert.Equal(expectedShape, result.shape);
        Numbers.AssertClose(output, result);
        Numbers.AssertClose(gradient, input.grad!);
    }

    [Fact]
    public void Every_reference_has_its_case() => Assert.Equal(LayerReferences.All.Keys.Order(), Cases.Keys.Order());

    private static (long[], Func<Tensor, Tensor>) Of(long[] shape, Func<Layer> make) => (shape, x => Numbers.Filled(make()).call(x));

    private static (long[], Func<Tensor, Tensor>) Scaled(Func<Layer> make) => (Vectors, x => make().call(x * 4));

    private static Tensor AfterOneBatch(Tensor x)
    {
        var layer = Numbers.Filled(BatchNorm2d(2));
        layer.call(Numbers.Wave([2, 2, 2, 2], 0.4));
        layer.eval();
        return layer.call(x);
    }

    private static Tensor AffineGrid(float[] theta, bool corners) => F.affine_grid(tensor(theta, [1, 2, 3]), [1, 1, 2, 2], corners);

    private static Tensor Classes() => tensor(new long[] { 1, 0, 3 });

    private static Tensor Weights() => Numbers.Wave([4], 0.5, 1.0).abs() + 0.2;

    private static Tensor Targets() => Numbers.Wave([3, 4], 0.31, 0.4);
}
