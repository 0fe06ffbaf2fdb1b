// What sampling ratios may be.
namespace Detection.Runtime;

internal static class SamplingRules
{
    public static void Check(int sampling)
    {
        if (sampling is < 0 or > 64)
        {
            throw new ArgumentException($"Samples in a bin along an axis: 1 to 64, or 0 for as many as the bin has cells, not {sampling}.");
        }
    }
}
