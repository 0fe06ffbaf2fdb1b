// opencv_imgcodecs: reading, writing, decoding and encoding image files.
#include <opencv2/imgcodecs.hpp>

EXPORTED int codecs_imread(const char* path, int flags, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(cv::imread(path, flags)); });
}

EXPORTED int codecs_imwrite(const char* path, const cv::Mat* m, const int* options, int count, int* written)
{
    return guarded([&] { *written = cv::imwrite(path, *m, std::vector<int>(options, options + count)); });
}

EXPORTED int codecs_imdecode(const uchar* bytes, int length, int flags, cv::Mat** result)
{
    return guarded([&] {
        const cv::Mat view(1, length, CV_8UC1, const_cast<uchar*>(bytes));
        *result = new cv::Mat(cv::imdecode(view, flags));
    });
}

EXPORTED int codecs_imdecode_mat(const cv::Mat* bytes, int flags, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(cv::imdecode(*bytes, flags)); });
}

EXPORTED int codecs_imencode(
    const char* extension, const cv::Mat* m, const int* options, int count, std::vector<uchar>** encoded, int* done)
{
    return guarded([&] {
        std::vector<uchar> bytes;
        *done = cv::imencode(extension, *m, bytes, std::vector<int>(options, options + count));
        *encoded = new std::vector<uchar>(std::move(bytes));
    });
}

EXPORTED void codecs_bytes(const std::vector<uchar>* bytes, const uchar** data, size_t* length)
{
    *data = bytes->data();
    *length = bytes->size();
}

EXPORTED void codecs_bytes_delete(std::vector<uchar>* bytes)
{
    delete bytes;
}

EXPORTED int codecs_have_reader(const char* path, int* result)
{
    return guarded([&] { *result = cv::haveImageReader(path); });
}

EXPORTED int codecs_have_writer(const char* path, int* result)
{
    return guarded([&] { *result = cv::haveImageWriter(path); });
}
