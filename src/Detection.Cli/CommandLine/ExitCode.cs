// What the process answers.
namespace Detection.Cli;

internal static class ExitCode
{
    public const int Done = 0;

    public const int Failed = 1;

    public const int WrongUse = 2;

    /// <summary>128 + SIGINT, as shells expect of a program that was interrupted.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;
}
