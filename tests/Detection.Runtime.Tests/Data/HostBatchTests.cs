// Batches of a user's own source: what is taken and what is refused, with the image named.
using Xunit;

namespace Detection.Runtime.Tests;

public class HostBatchTests
{
    private static readonly InputSize Input = new(3, 2, 4);

    [Fact]
    public void A_batch_takes_arrays_over()
    {
        var pixels = new float[2 * 24];
        using var batch = new HostBatch(Input, pixels, [[0, 0, 0.5f, 1], []], [[1], []]);
        Assert.Same(pixels, batch.Images);
        Assert.Equal((2, Input), (batch.Count, batch.Input));
        Assert.Equal([[false], []], batch.Difficult);
        Assert.Equal([-1, -1], batch.SampleIndices);
    }

    public static TheoryData<int, float[][], int[][], bool[][]?, string> Misfits => new()
    {
        { 47, [[], []], [[], []], null, "2 images of 3x2x4 have 48 values, not 47" },
        { 48, [[], []], [[]], null, "Boxes of 2 images, classes of 1" },
        { 48, [[], [0, 0, 1]], [[], [0]], null, "Image 1 has 3 coordinates for 1 objects" },
        { 48, [[], [0, 0, 1, 1, 0.5f, 0.5f, 0.5f, 1]], [[], [0, 0]], null, "Box 1 of image 1 is no box: (0.5, 0.5) to (0.5, 1)" },
        { 48, [[0, 0, float.NaN, 1], []], [[0], []], null, "Box 0 of image 0 is no box: (0, 0) to (NaN, 1)" },
        { 48, [[0, 0, 1, 1], []], [[-1], []], null, "Image 0 has an object of the class -1" },
        { 48, [[0, 0, 1, 1], []], [[0], []], [[], []], "There is not one mark of difficulty for each object" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void What_does_not_fit_is_refused(int pixels, float[][] boxes, int[][] classes, bool[][]? difficult, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new HostBatch(Input, new float[pixels], boxes, classes, difficult)).Message);
}
