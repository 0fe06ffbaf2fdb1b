// The enumerations of the top-level namespace.
namespace TorchSharp;

/// <summary>The kinds of device libtorch knows.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MKLDNN = 2,
    OPENGL = 3,
    OPENCL = 4,
    IDEEP = 5,
    HIP = 6,
    FPGA = 7,
    MSNPU = 8,
    XLA = 9,
    MPS = 13,
    META = 14,
}

/// <summary>Memory layouts.</summary>
public enum layout
{
    strided,
    sparse_coo,
}

/// <summary>Orders in which dense elements lie in memory.</summary>
public enum memory_format
{
    preserve_format,
    contiguous_format,
    channels_last,
}

/// <summary>Reductions of scatter operations.</summary>
public enum Reduce
{
    prod,
    mean,
    amax,
    amin,
}

/// <summary>Axis conventions of meshgrid.</summary>
public enum indexing
{
    xy,
    ij,
}

/// <summary>How cdist computes Euclidean distances.</summary>
public enum compute_mode
{
    use_mm_for_euclid_dist_if_necessary = 0,
    use_mm_for_euclid_dist = 1,
    donot_use_mm_for_euclid_dist = 2,
}
