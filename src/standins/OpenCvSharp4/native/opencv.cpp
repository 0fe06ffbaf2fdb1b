// The functions of opencv_core, opencv_imgproc and opencv_imgcodecs that the managed side calls, in C form.
// One compilation unit, because most of the time goes into OpenCV's headers.
#include "failure.h"

#include "mat.inl"

#include "arithmetic.inl"
#include "codecs.inl"
#include "drawing.inl"
#include "filters.inl"

// Without this OpenCV prints every exception to standard error before throwing it.
static int keepQuiet(int, const char*, const char*, const char*, int, void*)
{
    return 0;
}

static const cv::ErrorCallback previousCallback = cv::redirectError(keepQuiet);
