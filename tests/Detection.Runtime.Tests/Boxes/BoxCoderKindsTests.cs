// The box codings beside centre and size: by hand, and back again.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public sealed class BoxCoderKindsTests
{
    private static float[] Encode(BoxCoder coder, float[] box, float[] anchor)
    {
        using var scope = NewDisposeScope();
        return [.. coder.Encode(tensor(box).unsqueeze(0), tensor(anchor).unsqueeze(0)).Floats().Select(v => MathF.Round(v, 4))];
    }

    [Fact]
    public void Corners_are_offsets_of_edges() => Assert.Equal(
        [1f, -2, 0.5f, 4], Encode(new CornerBoxCoder(0.1), [0.42f, 0.33f, 0.61f, 0.49f], [0.5f, 0.4f, 0.2f, 0.1f]));

    [Fact]
    public void Distances_are_those_from_the_centre() => Assert.Equal(
        [0.4f, 0.7f, 0.55f, 0.9f], Encode(new DistanceBoxCoder(1), [0.42f, 0.33f, 0.61f, 0.49f], [0.5f, 0.4f, 0.2f, 0.1f]));

    [Fact]
    public void A_cell_codes_the_place_in_it_and_the_factor_of_the_size()
    {
        using var scope = NewDisposeScope();
        // Cell of 0.25 x 0.5 around (0.375, 0.25): the centre (0.3125, 0.375) is a quarter in and three quarters down.
        var anchors = tensor(new[] { 0.375f, 0.25f, 0.2f, 0.1f, 0.25f, 0.5f }).unsqueeze(0);
        var coded = new CellBoxCoder().Encode(tensor(new[] { 0.1125f, 0.325f, 0.5125f, 0.425f }).unsqueeze(0), anchors);

        Assert.Equal([-1.0986f, 1.0986f, 0.6931f, 0], coded.Floats().Select(v => MathF.Round(v, 4) + 0f));
        Assert.Equal([0.25f, 0.75f, 0.6931f, 0], new CellBoxCoder().Comparable(coded).Floats().Select(v => MathF.Round(v, 4) + 0f));
    }

    public static TheoryData<BoxCoder> Coders => [new CornerBoxCoder(0.1), new CornerBoxCoder(2), new DistanceBoxCoder(), new DistanceBoxCoder(1), new CellBoxCoder(), new CellBoxCoder(0.25)];

    [Theory]
    [MemberData(nameof(Coders))]
    public void Decoding_undoes_coding(BoxCoder coder)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        // Centres within the middle of the cell that the anchor stands in.
        var anchors = cat([rand(50, 2), 0.1 + rand(50, 2), 0.2 + rand(50, 2)], 1);
        var offset = coder is CellBoxCoder cell ? cell.Offset : 0.5;
        var centers = anchors.narrow(1, 0, 2) + (0.05 + 0.9 * rand(50, 2) - offset) * anchors.narrow(1, 4, 2);
        var halves = 0.01 + rand(50, 2);
        var boxes = cat([centers - halves, centers + halves], 1);

        var back = coder.Decode(coder.Encode(boxes, anchors), anchors);

        Assert.True((back - boxes).abs().max().item<float>() < 1e-4);
    }
}
