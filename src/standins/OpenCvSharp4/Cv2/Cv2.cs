// Part of the OpenCvSharp4 stand-in: Cv2, OpenCV's functions. This file: threads, logging, and what all parts share.
using System.Runtime.CompilerServices;
using OpenCvSharp.Internal;

namespace OpenCvSharp;

public static partial class Cv2
{
    public const double PI = 3.1415926535897932384626433832795;

    public static string? GetVersionString() => NativeMethods.Text(NativeMethods.core_version());

    /// <summary>Threads that OpenCV uses inside one call; 0 and 1 mean none besides the caller's.</summary>
    public static void SetNumThreads(int nThreads) => NativeMethods.Check(NativeMethods.core_set_num_threads(nThreads));

    public static int GetNumThreads()
    {
        NativeMethods.Check(NativeMethods.core_get_num_threads(out int count));
        return count;
    }

    /// <summary>What OpenCV prints on standard error; answers the level until now.</summary>
    public static LogLevel SetLogLevel(LogLevel logLevel)
    {
        NativeMethods.Check(NativeMethods.core_set_log_level((int)logLevel, out int previous));
        return (LogLevel)previous;
    }

    public static LogLevel GetLogLevel()
    {
        NativeMethods.Check(NativeMethods.core_get_log_level(out int level));
        return (LogLevel)level;
    }

    internal static void RequireText(string? text, [CallerArgumentExpression(nameof(text))] string? name = null)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new ArgumentNullException(name);
        }
    }

    private static MatHandle In(InputArray array, [CallerArgumentExpression(nameof(array))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(array is { IsNone: true } ? null : array, name);
        array.ThrowIfDisposed();
        return array.Handle;
    }

    private static MatHandle Out(OutputArray array, [CallerArgumentExpression(nameof(array))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(array, name);
        array.ThrowIfDisposed();
        return array.Handle;
    }

    private static MatHandle Optional(InputArray? array) => array is null or { IsNone: true } ? MatHandle.None : In(array);
}
