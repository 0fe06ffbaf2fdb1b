// Losses, gradients and matches that torchvision 0.14 computed (SSD.compute_loss, SSDMatcher, generalized_box_iou), as arrays.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

internal sealed class RecordedLosses
{
    private static readonly string File = RepositoryFiles.Asset("multibox-loss.npz");
    private readonly string name;

    public RecordedLosses(string name)
    {
        this.name = name;
        var counts = Values("counts").Select(n => (int)n).ToArray();
        var (boxes, classes) = (Values("boxes"), Values("classes"));
        var start = 0;
        var (perImage, labels) = (new List<float[]>(), new List<int[]>());
        foreach (var count in counts)
        {
            perImage.Add(boxes[(4 * start)..(4 * (start + count))]);
            labels.Add([.. classes[start..(start + count)].Select(c => (int)c)]);
            start += count;
        }
        Truth = new GroundTruth(perImage, labels);
    }

    public GroundTruth Truth { get; }

    public float[] Values(string array) => Npz.Read(File, $"{name}_{array}").Values;

    public Tensor Tensor(string array)
    {
        var stored = Npz.Read(File, $"{name}_{array}");
        return tensor(stored.Values, stored.Shape);
    }

    public static Tensor Anchors()
    {
        var stored = Npz.Read(File, "anchors");
        return tensor(stored.Values, stored.Shape);
    }
}
