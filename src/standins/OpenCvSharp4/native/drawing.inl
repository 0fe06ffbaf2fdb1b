// opencv_imgproc: lines, shapes and text drawn into a matrix.
#include <opencv2/imgproc.hpp>

EXPORTED int draw_line(
    cv::Mat* m, const cv::Point* from, const cv::Point* to, const cv::Scalar* color, int thickness, int lineType, int shift)
{
    return guarded([&] { cv::line(*m, *from, *to, *color, thickness, lineType, shift); });
}

EXPORTED int draw_arrow(
    cv::Mat* m, const cv::Point* from, const cv::Point* to, const cv::Scalar* color, int thickness, int lineType, int shift, double tip)
{
    return guarded([&] { cv::arrowedLine(*m, *from, *to, *color, thickness, lineType, shift, tip); });
}

EXPORTED int draw_rectangle(
    cv::Mat* m, const cv::Point* corner, const cv::Point* opposite, const cv::Scalar* color, int thickness, int lineType, int shift)
{
    return guarded([&] { cv::rectangle(*m, *corner, *opposite, *color, thickness, lineType, shift); });
}

EXPORTED int draw_rect(cv::Mat* m, const cv::Rect* rect, const cv::Scalar* color, int thickness, int lineType, int shift)
{
    return guarded([&] { cv::rectangle(*m, *rect, *color, thickness, lineType, shift); });
}

EXPORTED int draw_circle(
    cv::Mat* m, const cv::Point* center, int radius, const cv::Scalar* color, int thickness, int lineType, int shift)
{
    return guarded([&] { cv::circle(*m, *center, radius, *color, thickness, lineType, shift); });
}

EXPORTED int draw_ellipse(
    cv::Mat* m, const cv::Point* center, const cv::Size* axes, double angle, double start, double end, const cv::Scalar* color,
    int thickness, int lineType, int shift)
{
    return guarded([&] { cv::ellipse(*m, *center, *axes, angle, start, end, *color, thickness, lineType, shift); });
}

// Polygons come as one run of points and the number of points of each.
EXPORTED int draw_fill_poly(
    cv::Mat* m, const cv::Point* points, const int* counts, int polygons, const cv::Scalar* color, int lineType, int shift,
    const cv::Point* offset)
{
    return guarded([&] {
        std::vector<const cv::Point*> starts;
        for (int i = 0; i < polygons; points += counts[i++])
            starts.push_back(points);
        cv::fillPoly(*m, starts.data(), counts, polygons, *color, lineType, shift, *offset);
    });
}

EXPORTED int draw_fill_convex_poly(cv::Mat* m, const cv::Point* points, int count, const cv::Scalar* color, int lineType, int shift)
{
    return guarded([&] { cv::fillConvexPoly(*m, points, count, *color, lineType, shift); });
}

EXPORTED int draw_polylines(
    cv::Mat* m, const cv::Point* points, const int* counts, int polygons, int closed, const cv::Scalar* color, int thickness,
    int lineType, int shift)
{
    return guarded([&] {
        std::vector<const cv::Point*> starts;
        for (int i = 0; i < polygons; points += counts[i++])
            starts.push_back(points);
        cv::polylines(*m, starts.data(), counts, polygons, closed != 0, *color, thickness, lineType, shift);
    });
}

EXPORTED int draw_text(
    cv::Mat* m, const char* text, const cv::Point* origin, int font, double scale, const cv::Scalar* color, int thickness, int lineType,
    int bottomLeftOrigin)
{
    return guarded([&] { cv::putText(*m, text, *origin, font, scale, *color, thickness, lineType, bottomLeftOrigin != 0); });
}

EXPORTED int draw_text_size(const char* text, int font, double scale, int thickness, int* baseLine, cv::Size* result)
{
    return guarded([&] { *result = cv::getTextSize(text, font, scale, thickness, baseLine); });
}

EXPORTED int draw_font_scale(int font, int pixels, int thickness, double* result)
{
    return guarded([&] { *result = cv::getFontScaleFromHeight(font, pixels, thickness); });
}
