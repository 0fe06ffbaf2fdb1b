// The child process of StandInTests. (The test runner loads the assembly and never comes here.)
using TorchSharp;

namespace TorchSharpTests.StandIn;

internal static class Program
{
    private static int Main(string[] args)
    {
        try
        {
            using var one = torch.ones(1);
            if (args is ["leave"])
                LeaveWorkingThreads();
            return 0;
        }
        catch (Exception failure)
        {
            Console.WriteLine(failure);
            return 3;
        }
    }

    private static void LeaveWorkingThreads()
    {
        using var busy = new CountdownEvent(3);
        for (var i = 0; i < busy.InitialCount; i++)
        {
            new Thread(() =>
            {
                var (images, kernels) = (torch.rand(2, 8, 64, 64), torch.rand([8, 8, 3, 3], requires_grad: true));
                for (var first = true; ; first = false)
                {
                    using var scope = torch.NewDisposeScope();
                    torch.nn.functional.conv2d(images, kernels).relu().matmul(torch.rand(62, 62)).sum().backward();
                    if (first)
                        busy.Signal();
                }
            })
            { IsBackground = true }.Start();
        }
        busy.Wait();
        Console.WriteLine("leaving");
    }
}
