// Sixteen channels of a map side by side: [C, H, W] turned so that one cell's channels are neighbours, and back.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Detection.Runtime;

/// <summary>
/// All channels of a cell get the same weight, so that with channels as lanes no operator needs a gather: every load is one aligned row of a cell's
/// channels. A block of a map of usual size stays in a core's second-level cache while all regions of an image pass over it.
/// </summary>
internal static unsafe class ChannelBlock
{
    /// <summary>Channels in a block: two vectors.</summary>
    public const int Lanes = 16;

    /// <summary>Writes channels [channels, length] as [length, 16]; lanes without a channel are zero.</summary>
    /// <param name="source">First channel.</param>
    /// <param name="sourceStride">Elements from one channel to the next.</param>
    /// <param name="channels">1 .. 16.</param>
    /// <param name="length">Elements of a channel.</param>
    /// <param name="target">[length, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* source, nint sourceStride, int channels, int length, float* target)
    {
        if (channels < Lanes)
        {
            NativeMemory.Clear(target, (nuint)length * Lanes * sizeof(float));
        }
        var c = 0;
        for (; c + 8 <= channels; c += 8)
        {
            var i = 0;
            if (Avx.IsSupported)
            {
                for (; i + 8 <= length; i += 8)
                {
                    Transpose(source + c * sourceStride + i, sourceStride, target + i * Lanes + c, Lanes);
                }
            }
            Rest(i);
        }
        for (; c < channels; c++)
        {
            for (var i = 0; i < length; i++)
            {
                target[i * Lanes + c] = source[c * sourceStride + i];
            }
        }

        void Rest(int i)
        {
            for (; i < length; i++)
            {
                for (var k = 0; k < 8; k++)
                {
                    target[i * Lanes + c + k] = source[(c + k) * sourceStride + i];
                }
            }
        }
    }

    /// <summary>The inverse: writes [length, 16] as channels [channels, length].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* source, int channels, int length, float* target, nint targetStride)
    {
        var c = 0;
        for (; c + 8 <= channels; c += 8)
        {
            var i = 0;
            if (Avx.IsSupported)
            {
                for (; i + 8 <= length; i += 8)
                {
                    Transpose(source + i * Lanes + c, Lanes, target + c * targetStride + i, targetStride);
                }
            }
            for (; i < length; i++)
            {
                for (var k = 0; k < 8; k++)
                {
                    target[(c + k) * targetStride + i] = source[i * Lanes + c + k];
                }
            }
        }
        for (; c < channels; c++)
        {
            for (var i = 0; i < length; i++)
            {
                target[c * targetStride + i] = source[i * Lanes + c];
            }
        }
    }

    // Eight rows of eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        var (r0, r1, r2, r3) = (Vector256.Load(source), Vector256.Load(source + sourceStride),
            Vector256.Load(source + 2 * sourceStride), Vector256.Load(source + 3 * sourceStride));
        var (r4, r5, r6, r7) = (Vector256.Load(source + 4 * sourceStride), Vector256.Load(source + 5 * sourceStride),
            Vector256.Load(source + 6 * sourceStride), Vector256.Load(source + 7 * sourceStride));
        var (a0, a1, a2, a3) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1), Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (a4, a5, a6, a7) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5), Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        const byte low = 0b01_00_01_00, high = 0b11_10_11_10;
        var (b0, b1, b2, b3) = (Avx.Shuffle(a0, a2, low), Avx.Shuffle(a0, a2, high), Avx.Shuffle(a1, a3, low), Avx.Shuffle(a1, a3, high));
        var (b4, b5, b6, b7) = (Avx.Shuffle(a4, a6, low), Avx.Shuffle(a4, a6, high), Avx.Shuffle(a5, a7, low), Avx.Shuffle(a5, a7, high));
        Avx.Permute2x128(b0, b4, 0x20).Store(target);
        Avx.Permute2x128(b1, b5, 0x20).Store(target + targetStride);
        Avx.Permute2x128(b2, b6, 0x20).Store(target + 2 * targetStride);
        Avx.Permute2x128(b3, b7, 0x20).Store(target + 3 * targetStride);
        Avx.Permute2x128(b0, b4, 0x31).Store(target + 4 * targetStride);
        Avx.Permute2x128(b1, b5, 0x31).Store(target + 5 * targetStride);
        Avx.Permute2x128(b2, b6, 0x31).Store(target + 6 * targetStride);
        Avx.Permute2x128(b3, b7, 0x31).Store(target + 7 * targetStride);
    }
}

/// <summary>Scratch memory of one thread's piece of work, aligned to cache lines.</summary>
internal readonly unsafe struct Scratch : IDisposable
{
    public Scratch(long floats) => Start = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, floats) * sizeof(float), 64);

    public float* Start { get; }

    public void Dispose() => NativeMemory.AlignedFree(Start);
}
