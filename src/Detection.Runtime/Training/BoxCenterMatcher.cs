// The cell that holds an object's centre is responsible for it.
namespace Detection.Runtime;

/// <summary>
/// Every object gets one anchor: in the cell that holds its centre, the one whose shape fits it best wherever it may lie
/// (Redmon and Farhadi, YOLO9000, section 2). Of two objects with the same anchor the later one gets it.
/// </summary>
/// <param name="Negative">Any other anchor is background below this overlap and counts for nothing from it on.</param>
public sealed record BoxCenterMatcher(double Negative = 0.5) : AnchorMatcher
{
    private protected override void Assign(AnchorSet anchors, ReadOnlySpan<float> boxes, Overlaps overlaps, int[] result)
    {
        var grid = anchors.Grid ?? throw new InvalidOperationException("Matching by box centres needs anchors that know their cells: AnchorSet.Of with a grid.");
        CheckThresholds(1, Negative);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = overlaps.Best[i] < Negative ? Background : Ignored;
        }
        for (var i = 0; i < boxes.Length / 4; i++)
        {
            result[grid.OfCentre(boxes.Slice(4 * i, 4))] = i;
        }
    }
}
