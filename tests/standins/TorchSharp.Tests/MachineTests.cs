// Threads and devices.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class MachineTests
{
    [Fact]
    public void The_number_of_threads_can_be_set()
    {
        var before = get_num_threads();
        Assert.True(before >= 1);
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
        Assert.Equal(before, get_num_threads());
    }

    [Fact]
    public void The_cpu_is_always_there()
    {
        Assert.True(TryInitializeDeviceType(DeviceType.CPU));
        InitializeDeviceType(DeviceType.CPU);
        Assert.Equal(DeviceType.CPU, device("cpu").type);
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
        Assert.Equal(cuda.is_available(), cuda.device_count() > 0);
    }

    [SkippableFact]
    public void Asking_for_a_missing_device_is_an_error()
    {
        Skip.If(cuda.is_available(), "There is a CUDA device.");
        Assert.ThrowsAny<Exception>(() => zeros(1, device: CUDA));
        Assert.ThrowsAny<Exception>(() => zeros(1).cuda());
    }
}
