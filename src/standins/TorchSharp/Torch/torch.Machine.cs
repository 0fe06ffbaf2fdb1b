// torch: threads, CUDA and the switches of its libraries.
namespace TorchSharp;

public static partial class torch
{
    /// <summary>The number of threads that work on one CPU operator.</summary>
    public static int get_num_threads() => Native.dg_num_threads();

    public static void set_num_threads(int num) => Native.Check(Native.dg_set_num_threads(num));

    /// <summary>The number of threads that work on different operators.</summary>
    public static int get_num_interop_threads() => Native.dg_num_interop_threads();

    public static void set_num_interop_threads(int num) => Native.Check(Native.dg_set_num_interop_threads(num));

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => false;

    public static partial class cuda
    {
        public static bool is_available() => Answer(Native.dg_cuda_is_available());

        public static bool is_cudnn_available() => Answer(Native.dg_cudnn_is_available());

        public static int device_count()
        {
            var count = Native.dg_cuda_device_count();
            Native.Check(count);
            return count;
        }

        public static void manual_seed(long seed) => Native.Check(Native.dg_cuda_manual_seed(unchecked((ulong)seed), 0));

        public static void manual_seed_all(long seed) => Native.Check(Native.dg_cuda_manual_seed(unchecked((ulong)seed), 1));

        /// <summary>Waits until a device has done all that was given to it.</summary>
        public static void synchronize(Device? device = null) => Native.Check(Native.dg_cuda_synchronize(device?.index ?? -1));
    }

    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                public static bool allow_tf32
                {
                    get => Answer(Native.dg_flag(0));
                    set => Native.Check(Native.dg_set_flag(0, value ? 1 : 0));
                }

                public static bool allow_fp16_reduced_precision_reduction
                {
                    get => Answer(Native.dg_flag(1));
                    set => Native.Check(Native.dg_set_flag(1, value ? 1 : 0));
                }
            }
        }

        public static partial class cudnn
        {
            public static bool allow_tf32
            {
                get => Answer(Native.dg_flag(2));
                set => Native.Check(Native.dg_set_flag(2, value ? 1 : 0));
            }
        }
    }

    private static bool Answer(int code)
    {
        Native.Check(code);
        return code != 0;
    }
}
