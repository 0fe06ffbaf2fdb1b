// From exceptions to messages and exit codes. What a user can cause has a message of its own; only our own mistakes show a stack trace.
using System.CommandLine;
using Detection.Runtime;

namespace Detection.Cli;

/// <summary>The command line asks for something that makes no sense: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What was asked for cannot be done: exit code 1.</summary>
/// <param name="message">Names the file or model and says what is wrong.</param>
/// <param name="details">The same in parts, for <c>--json</c>.</param>
/// <param name="inner">The cause, where there is one.</param>
internal sealed class FailureException(string message, IReadOnlyList<SpecProblem>? details = null, Exception? inner = null)
    : Exception(message, inner)
{
    public IReadOnlyList<SpecProblem>? Details { get; } = details;
}

/// <summary>What <c>--json</c> prints when nothing could be done.</summary>
internal sealed record FailureDocument(string Error, IReadOnlyList<SpecProblem>? Diagnostics);

internal static class Failures
{
    /// <summary>Writes the message and, where JSON was asked for, the document that carries it.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception exception, Terminal terminal, ParseResult parsed)
    {
        // The static constructor that failed is of no interest, nor are the threads; why it failed is.
        while (exception is TypeInitializationException or System.Reflection.TargetInvocationException or AggregateException && exception.InnerException is { } inner)
        {
            exception = inner;
        }
        switch (exception)
        {
            case OperationCanceledException:
                terminal.Problem("interrupted.");
                return ExitCode.Interrupted;
            case UsageException or UnknownModelException:
                terminal.Problem(exception.Message);
                return ExitCode.WrongUse;
            case FailureException failure:
                terminal.Problem(failure.Message);
                return Failed(failure.Message, failure.Details);
            case WeightFileException or ImageReadException or DatasetException or TrainingStoppedException or IOException or UnauthorizedAccessException or NotSupportedException or DllNotFoundException:
                terminal.Problem(exception.Message);
                return Failed(exception.Message, null);
            default:
                terminal.Problem($"{exception.GetType().Name}: {exception.Message}{Environment.NewLine}{exception.StackTrace}");
                return Failed($"{exception.GetType().Name}: {exception.Message}", null);
        }

        int Failed(string message, IReadOnlyList<SpecProblem>? details)
        {
            try
            {
                if (CommonOptions.WantsJson(parsed))
                {
                    terminal.Json(new FailureDocument(message, details));
                }
            }
            catch (IOException)
            {
                // Standard output is what failed, and that has been said.
            }
            return ExitCode.Failed;
        }
    }
}
