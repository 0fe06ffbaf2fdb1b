// Builds a user's project with the SDK's own command and asks it where the assembly lies.
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Detection.Cli;

internal static class ProjectBuild
{
    /// <summary>Builds a project, quietly when it succeeds.</summary>
    /// <returns>Path of the assembly.</returns>
    /// <exception cref="FailureException">The project does not build; the message has the compiler's errors.</exception>
    public static string Run(string project, CancellationToken interrupted)
    {
        if (!File.Exists(project) && !Directory.Exists(project))
        {
            throw new FailureException($"{project}: there is no such project.");
        }
        // A build node that stays behind would keep our end of the pipes open.
        // A class library has its packages beside it only when asked to.
        var (exitCode, output) = Dotnet(
            [
                "build", project, "-nologo", "-verbosity:quiet", "-consoleLoggerParameters:ErrorsOnly;NoSummary", "-nodeReuse:false",
                "-property:CopyLocalLockFileAssemblies=true",
            ],
            interrupted);
        if (exitCode != 0)
        {
            throw new FailureException($"{project} does not build:{Environment.NewLine}{output}");
        }
        (exitCode, output) = Dotnet(["msbuild", project, "-nologo", "-nodeReuse:false", "-getProperty:TargetPath"], interrupted);
        if (exitCode != 0)
        {
            throw new FailureException($"{project}: its TargetPath cannot be evaluated:{Environment.NewLine}{output}");
        }
        return output.Length > 0
            ? output
            : throw new FailureException(
                $"{project} has no single assembly (several target frameworks?): build it and pass the assembly with --assembly.");
    }

    private static (int ExitCode, string Output) Dotnet(string[] arguments, CancellationToken interrupted)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        var output = new StringBuilder();
        void Collect(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }

        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            process.OutputDataReceived += (_, e) => Collect(e.Data);
            process.ErrorDataReceived += (_, e) => Collect(e.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            using var stop = interrupted.Register(() => process.Kill(entireProcessTree: true));
            process.WaitForExit();
            interrupted.ThrowIfCancellationRequested();
            return (process.ExitCode, output.ToString().Trim());
        }
        catch (Win32Exception e)
        {
            throw new FailureException($"--project needs the .NET SDK, and '{start.FileName}' cannot be started: {e.Message}", inner: e);
        }
    }
}
