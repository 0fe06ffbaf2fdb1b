// Part of the OpenCvSharp4 stand-in: the state of OpenCV's random number generator.
namespace OpenCvSharp;

public struct RNG(ulong state = RNG.FirstState)
{
    private const ulong FirstState = 0xffffffff;

    /// <summary>Never 0 at first: the generator would stay there.</summary>
    public ulong State { get; set; } = state != 0 ? state : FirstState;
}
