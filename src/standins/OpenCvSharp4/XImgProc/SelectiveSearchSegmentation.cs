// Part of the OpenCvSharp4 stand-in: selective search, which proposes boxes that may hold objects
// (Uijlings et al., "Selective Search for Object Recognition", IJCV 2013). Needs opencv_ximgproc from OpenCV's contrib modules.
using OpenCvSharp.Internal;
using static OpenCvSharp.Internal.SelectiveSearchMethods;

namespace OpenCvSharp.XImgProc.Segmentation;

public class SelectiveSearchSegmentation : Algorithm
{
    private readonly SearchHandle _handle;

    private SelectiveSearchSegmentation()
    {
        Check(search_new(out _handle));
    }

    private protected override IntPtr Address => Handle.DangerousGetHandle();

    private SearchHandle Handle
    {
        get
        {
            ThrowIfDisposed();
            return _handle;
        }
    }

    public static SelectiveSearchSegmentation Create() => new();

    public virtual void SetBaseImage(InputArray img)
    {
        ArgumentNullException.ThrowIfNull(img);
        Check(search_set_base_image(Handle, img.Handle));
    }

    public virtual void SwitchToSingleStrategy(int k = 200, float sigma = 0.8f) => Check(search_single_strategy(Handle, k, sigma));

    public virtual void SwitchToSelectiveSearchFast(int baseK = 150, int incK = 150, float sigma = 0.8f) =>
        Check(search_fast(Handle, baseK, incK, sigma));

    public virtual void SwitchToSelectiveSearchQuality(int baseK = 150, int incK = 150, float sigma = 0.8f) =>
        Check(search_quality(Handle, baseK, incK, sigma));

    public virtual void AddImage(InputArray img)
    {
        ArgumentNullException.ThrowIfNull(img);
        Check(search_add_image(Handle, img.Handle));
    }

    public virtual void ClearImages() => Check(search_clear_images(Handle));

    public virtual void ClearGraphSegmentations() => Check(search_clear_graph_segmentations(Handle));

    public virtual void ClearStrategies() => Check(search_clear_strategies(Handle));

    /// <summary>The proposals, most likely first.</summary>
    public virtual unsafe void Process(out Rect[] rects)
    {
        Check(search_process(Handle, out nint found));
        try
        {
            search_rects(found, out Rect* data, out nuint count);
            rects = new ReadOnlySpan<Rect>(data, checked((int)count)).ToArray();
        }
        finally
        {
            search_rects_delete(found);
        }
    }

    protected override void DisposeUnmanaged() => _handle.Dispose();
}
