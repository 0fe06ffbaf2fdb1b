// The bridge between the managed side and libtorch: operator calls by schema name through the boxed dispatcher,
// tensor handles, autograd, custom autograd nodes, random generators. Compiled once per libtorch, at first use.
//
// Handles are at::TensorImpl* with one reference owned by the holder. An export that can fail returns a negative
// code or a null pointer and leaves its message in dg_error(); no C++ exception ever crosses into managed code.
//
// One translation unit in several files: libtorch's headers take most of the compile time.
#include "autograd.h"
#include "handles.h"
#include "machine.h"
#include "operators.h"
#include "tensors.h"
