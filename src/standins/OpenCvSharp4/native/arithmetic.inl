// opencv_core: arithmetic, channels, statistics, random numbers, threads and logging.
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/core/version.hpp>


static std::vector<cv::Mat> listed(const cv::Mat* const* mats, int count)
{
    std::vector<cv::Mat> list;
    list.reserve(count);
    for (int i = 0; i < count; i++)
        list.push_back(*mats[i]);
    return list;
}

EXPORTED int core_add(const cv::Mat* a, const cv::Mat* b, cv::Mat* result, const cv::Mat* mask, int type)
{
    return guarded([&] { cv::add(*a, *b, *result, orNone(mask), type); });
}

EXPORTED int core_subtract(const cv::Mat* a, const cv::Mat* b, cv::Mat* result, const cv::Mat* mask, int type)
{
    return guarded([&] { cv::subtract(*a, *b, *result, orNone(mask), type); });
}

EXPORTED int core_multiply(const cv::Mat* a, const cv::Mat* b, cv::Mat* result, double scale, int type)
{
    return guarded([&] { cv::multiply(*a, *b, *result, scale, type); });
}

EXPORTED int core_divide(const cv::Mat* a, const cv::Mat* b, cv::Mat* result, double scale, int type)
{
    return guarded([&] { cv::divide(*a, *b, *result, scale, type); });
}

EXPORTED int core_add_weighted(const cv::Mat* a, double alpha, const cv::Mat* b, double beta, double gamma, cv::Mat* result, int type)
{
    return guarded([&] { cv::addWeighted(*a, alpha, *b, beta, gamma, *result, type); });
}

EXPORTED int core_absdiff(const cv::Mat* a, const cv::Mat* b, cv::Mat* result)
{
    return guarded([&] { cv::absdiff(*a, *b, *result); });
}

EXPORTED int core_min(const cv::Mat* a, const cv::Mat* b, cv::Mat* result)
{
    return guarded([&] { cv::min(*a, *b, *result); });
}

EXPORTED int core_max(const cv::Mat* a, const cv::Mat* b, cv::Mat* result)
{
    return guarded([&] { cv::max(*a, *b, *result); });
}

EXPORTED int core_compare(const cv::Mat* a, const cv::Mat* b, cv::Mat* result, int comparison)
{
    return guarded([&] { cv::compare(*a, *b, *result, comparison); });
}

EXPORTED int core_in_range(const cv::Mat* m, const cv::Mat* low, const cv::Mat* high, cv::Mat* result)
{
    return guarded([&] { cv::inRange(*m, *low, *high, *result); });
}

EXPORTED int core_bitwise_not(const cv::Mat* m, cv::Mat* result, const cv::Mat* mask)
{
    return guarded([&] { cv::bitwise_not(*m, *result, orNone(mask)); });
}

EXPORTED int core_convert_scale_abs(const cv::Mat* m, cv::Mat* result, double alpha, double beta)
{
    return guarded([&] { cv::convertScaleAbs(*m, *result, alpha, beta); });
}

EXPORTED int core_lut(const cv::Mat* m, const cv::Mat* table, cv::Mat* result)
{
    return guarded([&] { cv::LUT(*m, *table, *result); });
}

EXPORTED int core_normalize(const cv::Mat* m, cv::Mat* result, double alpha, double beta, int norm, int type, const cv::Mat* mask)
{
    return guarded([&] { cv::normalize(*m, *result, alpha, beta, norm, type, orNone(mask)); });
}

EXPORTED int core_split(const cv::Mat* m, int count, cv::Mat** channels)
{
    return guarded([&] {
        std::vector<cv::Mat> split;
        cv::split(*m, split);
        CV_Assert(static_cast<int>(split.size()) == count);
        std::vector<cv::Ptr<cv::Mat>> made; // frees the first ones when a later one fails
        for (const cv::Mat& channel : split)
            made.push_back(cv::makePtr<cv::Mat>(channel));
        for (int i = 0; i < count; i++)
            channels[i] = new (std::nothrow) cv::Mat(*made[i]);
    });
}

EXPORTED int core_merge(const cv::Mat* const* channels, int count, cv::Mat* result)
{
    return guarded([&] { cv::merge(listed(channels, count), *result); });
}

EXPORTED int core_hconcat(const cv::Mat* const* mats, int count, cv::Mat* result)
{
    return guarded([&] { cv::hconcat(listed(mats, count), *result); });
}

EXPORTED int core_vconcat(const cv::Mat* const* mats, int count, cv::Mat* result)
{
    return guarded([&] { cv::vconcat(listed(mats, count), *result); });
}

EXPORTED int core_extract_channel(const cv::Mat* m, cv::Mat* result, int channel)
{
    return guarded([&] { cv::extractChannel(*m, *result, channel); });
}

EXPORTED int core_insert_channel(const cv::Mat* m, cv::Mat* target, int channel)
{
    return guarded([&] { cv::insertChannel(*m, *target, channel); });
}

EXPORTED int core_flip(const cv::Mat* m, cv::Mat* result, int mode)
{
    return guarded([&] { cv::flip(*m, *result, mode); });
}

EXPORTED int core_rotate(const cv::Mat* m, cv::Mat* result, int mode)
{
    return guarded([&] { cv::rotate(*m, *result, mode); });
}

EXPORTED int core_transpose(const cv::Mat* m, cv::Mat* result)
{
    return guarded([&] { cv::transpose(*m, *result); });
}

EXPORTED int core_copy_make_border(
    const cv::Mat* m, cv::Mat* result, int top, int bottom, int left, int right, int border, const cv::Scalar* value)
{
    return guarded([&] { cv::copyMakeBorder(*m, *result, top, bottom, left, right, border, *value); });
}

EXPORTED int core_sum(const cv::Mat* m, cv::Scalar* result)
{
    return guarded([&] { *result = cv::sum(*m); });
}

EXPORTED int core_mean(const cv::Mat* m, const cv::Mat* mask, cv::Scalar* result)
{
    return guarded([&] { *result = cv::mean(*m, orNone(mask)); });
}

EXPORTED int core_mean_std_dev(const cv::Mat* m, const cv::Mat* mask, cv::Scalar* mean, cv::Scalar* deviation)
{
    return guarded([&] { cv::meanStdDev(*m, *mean, *deviation, orNone(mask)); });
}

EXPORTED int core_count_non_zero(const cv::Mat* m, int* result)
{
    return guarded([&] { *result = cv::countNonZero(*m); });
}

EXPORTED int core_norm(const cv::Mat* m, int type, const cv::Mat* mask, double* result)
{
    return guarded([&] { *result = cv::norm(*m, type, orNone(mask)); });
}

EXPORTED int core_norm_of_difference(const cv::Mat* a, const cv::Mat* b, int type, const cv::Mat* mask, double* result)
{
    return guarded([&] { *result = cv::norm(*a, *b, type, orNone(mask)); });
}

EXPORTED int core_min_max_loc(
    const cv::Mat* m, double* low, double* high, cv::Point* lowAt, cv::Point* highAt, const cv::Mat* mask)
{
    return guarded([&] { cv::minMaxLoc(*m, low, high, lowAt, highAt, orNone(mask)); });
}

EXPORTED int core_randu(cv::Mat* m, const cv::Mat* low, const cv::Mat* high)
{
    return guarded([&] { cv::randu(*m, *low, *high); });
}

EXPORTED int core_randn(cv::Mat* m, const cv::Mat* mean, const cv::Mat* deviation)
{
    return guarded([&] { cv::randn(*m, *mean, *deviation); });
}

EXPORTED int core_get_rng(uint64* state)
{
    return guarded([&] { *state = cv::theRNG().state; });
}

EXPORTED int core_set_rng(uint64 state)
{
    return guarded([&] { cv::theRNG().state = state; });
}

EXPORTED int core_set_num_threads(int count)
{
    return guarded([&] { cv::setNumThreads(count); });
}

EXPORTED int core_get_num_threads(int* count)
{
    return guarded([&] { *count = cv::getNumThreads(); });
}

EXPORTED int core_set_log_level(int level, int* previous)
{
    return guarded([&] {
        *previous = cv::utils::logging::setLogLevel(static_cast<cv::utils::logging::LogLevel>(level));
    });
}

EXPORTED int core_get_log_level(int* level)
{
    return guarded([&] { *level = cv::utils::logging::getLogLevel(); });
}

EXPORTED const char* core_version()
{
    return CV_VERSION;
}
