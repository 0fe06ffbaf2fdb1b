// torch.Generator: a source of random numbers with its own state.
namespace TorchSharp;

public static partial class torch
{
    /// <summary>A pseudo-random generator.</summary>
    public class Generator : IDisposable
    {
        private Generator(nint handle, Device device)
        {
            Handle = handle;
            this.device = device;
        }

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Handle = Native.Check(Native.dg_generator_new(seed, (int)this.device.type, this.device.index));
        }

        ~Generator() => Dispose(false);

        /// <summary>libtorch's own generator for the CPU.</summary>
        public static Generator Default => new(Native.Check(Native.dg_generator_default((int)DeviceType.CPU, -1)), CPU);

        public IntPtr Handle { get; private set; }

        public Device device { get; private set; }

        public Tensor get_state() => new(Native.Check(Native.dg_generator_state(Handle)));

        public void set_state(Tensor value) => Native.Check(Native.dg_generator_set_state(Handle, value.Handle));

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.dg_generator_set_seed(Handle, unchecked((ulong)seed)));
            return this;
        }

        /// <summary>Seeds from the clock, and says with what.</summary>
        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public unsafe long initial_seed()
        {
            ulong seed;
            Native.Check(Native.dg_generator_current_seed(Handle, &seed));
            return unchecked((long)seed);
        }

        public void Dispose()
        {
            Dispose(disposing: true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle == 0)
                return;
            Native.dg_generator_release(Handle);
            Handle = 0;
        }
    }
}
