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
                var matrix = torch.rand(300, 300);
                for (var first = true; ; first = false)
                {
                    using var product = matrix.matmul(matrix);
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
