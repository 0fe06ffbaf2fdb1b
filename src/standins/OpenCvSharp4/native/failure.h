// How the exported functions report C++ exceptions: they answer 1 and keep what happened for the calling thread.
#pragma once
#include <opencv2/core.hpp>

#include <exception>
#include <new>
#include <string>

#define EXPORTED extern "C" __attribute__((visibility("default")))

struct Failure
{
    int status = 0;
    int line = 0;
    std::string function, message, file;
};

inline Failure& lastFailure()
{
    static thread_local Failure failure;
    return failure;
}

inline int remember(int status, const char* function, const char* message, const char* file, int line) noexcept
{
    try
    {
        lastFailure() = Failure{status, line, function, message, file};
    }
    catch (...) // no memory left for the words
    {
        lastFailure().status = cv::Error::StsNoMem;
    }
    return 1;
}

template <typename Body>
int guarded(Body&& body) noexcept
{
    try
    {
        body();
        return 0;
    }
    catch (const cv::Exception& e)
    {
        return remember(e.code, e.func.c_str(), e.err.c_str(), e.file.c_str(), e.line);
    }
    catch (const std::bad_alloc&)
    {
        return remember(cv::Error::StsNoMem, "", "out of memory", "", 0);
    }
    catch (const std::exception& e)
    {
        return remember(cv::Error::StsError, "", e.what(), "", 0);
    }
    catch (...)
    {
        return remember(cv::Error::StsError, "", "unknown C++ exception", "", 0);
    }
}

// The texts stay valid until the next failure on this thread.
EXPORTED void last_failure(int* status, int* line, const char** function, const char** message, const char** file)
{
    const Failure& failure = lastFailure();
    *status = failure.status;
    *line = failure.line;
    *function = failure.function.c_str();
    *message = failure.message.c_str();
    *file = failure.file.c_str();
}
