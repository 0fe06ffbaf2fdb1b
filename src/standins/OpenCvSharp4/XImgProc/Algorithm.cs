// Part of the OpenCvSharp4 stand-in: the base class of OpenCV's algorithm objects.
namespace OpenCvSharp;

public abstract class Algorithm : DisposableCvObject;
