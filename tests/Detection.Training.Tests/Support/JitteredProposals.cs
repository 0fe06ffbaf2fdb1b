// Proposals of drawn images without a network that proposes: boxes near the objects, and boxes anywhere.
using Detection.Runtime;

namespace Detection.Training.Tests;

/// <summary>Draws proposals.</summary>
internal static class JitteredProposals
{
    /// <summary>Of each object six boxes that overlap it more or less, and twelve anywhere.</summary>
    public static StoredProposals Of(DetectionDataset dataset, int seed)
    {
        var random = new Random(seed);
        float Shift(float side) => (float)((random.NextDouble() - 0.5) * 0.5 * side);
        var boxes = dataset.Samples.Select(sample =>
        {
            var near = sample.Boxes.SelectMany(o => Enumerable.Range(0, 6).Select(_ => new Box(
                o.Box.X1 + Shift(o.Box.Width), o.Box.Y1 + Shift(o.Box.Height), o.Box.X2 + Shift(o.Box.Width), o.Box.Y2 + Shift(o.Box.Height))));
            var far = Enumerable.Range(0, 12).Select(_ => (X: random.Next(0, 48), Y: random.Next(0, 48))).Select(p => new Box(p.X, p.Y, p.X + random.Next(8, 16), p.Y + random.Next(8, 16)));
            return near.Concat(far).SelectMany(b => new[] { Math.Max(b.X1, 0), Math.Max(b.Y1, 0), Math.Min(b.X2, sample.Width), Math.Min(b.Y2, sample.Height) }).ToArray();
        }).ToArray();
        return new StoredProposals([.. boxes], [.. boxes.Select(of => new float[of.Length / 4])]);
    }
}
