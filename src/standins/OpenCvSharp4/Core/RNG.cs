// Part of the OpenCvSharp4 stand-in: the state of OpenCV's random number generator.
namespace OpenCvSharp;

public struct RNG(ulong state)
{
    public ulong State { get; set; } = state;
}
