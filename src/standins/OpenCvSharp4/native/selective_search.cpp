// Selective search from opencv_ximgproc (contrib), in a library of its own: ximgproc pulls in half of OpenCV.
#include "failure.h"

#include <opencv2/ximgproc/segmentation.hpp>

using Search = cv::Ptr<cv::ximgproc::segmentation::SelectiveSearchSegmentation>;

EXPORTED int search_new(Search** result)
{
    return guarded([&] { *result = new Search(cv::ximgproc::segmentation::createSelectiveSearchSegmentation()); });
}

EXPORTED void search_delete(Search* search)
{
    delete search;
}

EXPORTED int search_set_base_image(Search* search, const cv::Mat* image)
{
    return guarded([&] { (*search)->setBaseImage(*image); });
}

EXPORTED int search_single_strategy(Search* search, int k, float sigma)
{
    return guarded([&] { (*search)->switchToSingleStrategy(k, sigma); });
}

EXPORTED int search_fast(Search* search, int baseK, int step, float sigma)
{
    return guarded([&] { (*search)->switchToSelectiveSearchFast(baseK, step, sigma); });
}

EXPORTED int search_quality(Search* search, int baseK, int step, float sigma)
{
    return guarded([&] { (*search)->switchToSelectiveSearchQuality(baseK, step, sigma); });
}

EXPORTED int search_add_image(Search* search, const cv::Mat* image)
{
    return guarded([&] { (*search)->addImage(*image); });
}

EXPORTED int search_clear_images(Search* search)
{
    return guarded([&] { (*search)->clearImages(); });
}

EXPORTED int search_clear_strategies(Search* search)
{
    return guarded([&] { (*search)->clearStrategies(); });
}

EXPORTED int search_clear_graph_segmentations(Search* search)
{
    return guarded([&] { (*search)->clearGraphSegmentations(); });
}

EXPORTED int search_process(Search* search, std::vector<cv::Rect>** result)
{
    return guarded([&] {
        std::vector<cv::Rect> found;
        (*search)->process(found);
        *result = new std::vector<cv::Rect>(std::move(found));
    });
}

EXPORTED void search_rects(const std::vector<cv::Rect>* rects, const cv::Rect** data, size_t* count)
{
    *data = rects->data();
    *count = rects->size();
}

EXPORTED void search_rects_delete(std::vector<cv::Rect>* rects)
{
    delete rects;
}
