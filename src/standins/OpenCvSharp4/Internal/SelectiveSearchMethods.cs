// Part of the OpenCvSharp4 stand-in: the functions of native/selective_search.cpp.
// Each answers 0, or 1 after a C++ exception (see NativeMethods.Check).
using System.Runtime.InteropServices;

namespace OpenCvSharp.Internal;

internal static partial class SelectiveSearchMethods
{
    static SelectiveSearchMethods() => OpenCvLibrary.Register();

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial void search_delete(nint search);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    private static partial void last_failure(out int status, out int line, out nint function, out nint message, out nint file);

    /// <summary>Throws what the last call on this thread reported.</summary>
    internal static void Check(int failed)
    {
        if (failed != 0)
        {
            last_failure(out int status, out int line, out nint function, out nint message, out nint file);
            throw NativeMethods.Failure(status, line, function, message, file);
        }
    }

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_new(out SearchHandle result);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_set_base_image(SearchHandle search, MatHandle image);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_single_strategy(SearchHandle search, int k, float sigma);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_fast(SearchHandle search, int baseK, int step, float sigma);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_quality(SearchHandle search, int baseK, int step, float sigma);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_add_image(SearchHandle search, MatHandle image);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_clear_images(SearchHandle search);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_clear_strategies(SearchHandle search);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_clear_graph_segmentations(SearchHandle search);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial int search_process(SearchHandle search, out nint result);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static unsafe partial void search_rects(nint rects, out Rect* data, out nuint count);

    [LibraryImport(OpenCvLibrary.SelectiveSearchName)]
    internal static partial void search_rects_delete(nint rects);
}
