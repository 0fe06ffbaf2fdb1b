// cv::Mat: making, describing, copying and cutting matrices.

struct MatHeader
{
    int flags, dims, rows, cols;
    uchar *data, *start, *end, *limit;
};

static const cv::Mat nothing;

// OpenCV takes an empty mask for none.
static const cv::Mat& orNone(const cv::Mat* mask)
{
    return mask ? *mask : nothing;
}

EXPORTED void mat_delete(cv::Mat* m)
{
    delete m;
}

EXPORTED int mat_new(cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(); });
}

EXPORTED int mat_new_sized(int dims, const int* sizes, int type, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(dims, sizes, type); });
}

EXPORTED int mat_new_filled(int dims, const int* sizes, int type, const cv::Scalar* value, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(dims, sizes, type, *value); });
}

EXPORTED int mat_new_over_rows(int rows, int cols, int type, void* data, size_t step, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(rows, cols, type, data, step); });
}

EXPORTED int mat_new_over(int dims, const int* sizes, int type, void* data, const size_t* steps, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(dims, sizes, type, data, steps); });
}

EXPORTED int mat_new_header(const cv::Mat* m, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(*m); });
}

EXPORTED int mat_new_region(const cv::Mat* m, const cv::Rect* region, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(*m, *region); });
}

EXPORTED int mat_new_ranges(const cv::Mat* m, int count, const cv::Range* ranges, cv::Mat** result)
{
    return guarded([&] {
        if (count == 2) {
            *result = new cv::Mat(*m, ranges[0], ranges[1]); // its message names the range that lies outside
            return;
        }
        CV_Assert(count == m->dims);
        *result = new cv::Mat(*m, ranges);
    });
}

EXPORTED int mat_create(cv::Mat* m, int dims, const int* sizes, int type)
{
    return guarded([&] { m->create(dims, sizes, type); });
}

EXPORTED void mat_header(const cv::Mat* m, MatHeader* header)
{
    *header = MatHeader{m->flags, m->dims, m->rows, m->cols, m->data,
                        const_cast<uchar*>(m->datastart), const_cast<uchar*>(m->dataend), const_cast<uchar*>(m->datalimit)};
}

EXPORTED int mat_size(const cv::Mat* m, int dim, int* size, size_t* step)
{
    return guarded([&] {
        CV_Assert(dim >= 0 && dim < m->dims);
        *size = m->size[dim];
        *step = m->step[dim];
    });
}

EXPORTED int mat_clone(const cv::Mat* m, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(m->clone()); });
}

EXPORTED int mat_copy_to(const cv::Mat* m, cv::Mat* target, const cv::Mat* mask)
{
    return guarded([&] { mask ? m->copyTo(*target, *mask) : m->copyTo(*target); });
}

EXPORTED int mat_convert_to(const cv::Mat* m, cv::Mat* target, int type, double alpha, double beta)
{
    return guarded([&] { m->convertTo(*target, type, alpha, beta); });
}

EXPORTED int mat_set_to(cv::Mat* m, const cv::Mat* value, const cv::Mat* mask)
{
    return guarded([&] { m->setTo(*value, orNone(mask)); });
}

EXPORTED int mat_set_to_scalar(cv::Mat* m, const cv::Scalar* value, const cv::Mat* mask)
{
    return guarded([&] { m->setTo(*value, orNone(mask)); });
}

EXPORTED int mat_reshape(const cv::Mat* m, int channels, int rows, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(m->reshape(channels, rows)); });
}

EXPORTED int mat_reshape_to(const cv::Mat* m, int channels, int dims, const int* sizes, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(m->reshape(channels, dims, sizes)); });
}

EXPORTED int mat_eye(int rows, int cols, int type, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(cv::Mat::eye(rows, cols, type)); });
}

EXPORTED int mat_ones(int dims, const int* sizes, int type, cv::Mat** result)
{
    return guarded([&] { *result = new cv::Mat(cv::Mat::ones(dims, sizes, type)); });
}
