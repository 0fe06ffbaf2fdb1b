// opencv_imgproc: resizing, colour conversion, filters and warps.
#include <opencv2/imgproc.hpp>

EXPORTED int imgproc_resize(const cv::Mat* m, cv::Mat* result, const cv::Size* size, double fx, double fy, int interpolation)
{
    return guarded([&] { cv::resize(*m, *result, *size, fx, fy, interpolation); });
}

EXPORTED int imgproc_cvt_color(const cv::Mat* m, cv::Mat* result, int code, int channels)
{
    return guarded([&] { cv::cvtColor(*m, *result, code, channels); });
}

EXPORTED int imgproc_gaussian_blur(const cv::Mat* m, cv::Mat* result, const cv::Size* kernel, double sigmaX, double sigmaY, int border)
{
    return guarded([&] { cv::GaussianBlur(*m, *result, *kernel, sigmaX, sigmaY, border); });
}

EXPORTED int imgproc_blur(const cv::Mat* m, cv::Mat* result, const cv::Size* kernel, const cv::Point* anchor, int border)
{
    return guarded([&] { cv::blur(*m, *result, *kernel, *anchor, border); });
}

EXPORTED int imgproc_threshold(const cv::Mat* m, cv::Mat* result, double threshold, double high, int type, double* used)
{
    return guarded([&] { *used = cv::threshold(*m, *result, threshold, high, type); });
}

EXPORTED int imgproc_equalize_hist(const cv::Mat* m, cv::Mat* result)
{
    return guarded([&] { cv::equalizeHist(*m, *result); });
}

EXPORTED int imgproc_warp_affine(
    const cv::Mat* m, cv::Mat* result, const cv::Mat* matrix, const cv::Size* size, int flags, int border, const cv::Scalar* value)
{
    return guarded([&] { cv::warpAffine(*m, *result, *matrix, *size, flags, border, *value); });
}

EXPORTED int imgproc_warp_perspective(
    const cv::Mat* m, cv::Mat* result, const cv::Mat* matrix, const cv::Size* size, int flags, int border, const cv::Scalar* value)
{
    return guarded([&] { cv::warpPerspective(*m, *result, *matrix, *size, flags, border, *value); });
}

EXPORTED int imgproc_rotation_matrix(const cv::Point2f* center, double angle, double scale, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(cv::getRotationMatrix2D(*center, angle, scale)); });
}

EXPORTED int imgproc_affine_transform(const cv::Point2f* from, const cv::Point2f* to, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(cv::getAffineTransform(from, to)); });
}
