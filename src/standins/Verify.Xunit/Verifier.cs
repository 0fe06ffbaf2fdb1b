// The entry points: compare a text with the *.verified.* file beside the test.
using System.Runtime.CompilerServices;
using VerifyTests;

namespace VerifyXunit;

public static class Verifier
{
    /// <summary>Compares a text with <c>Class.Method.verified.txt</c> in the directory of the calling file.</summary>
    public static SettingsTask Verify(string? target, VerifySettings? settings = null, [CallerFilePath] string sourceFile = "") =>
        Start(Task.FromResult(target), "txt", settings, sourceFile);

    public static SettingsTask Verify(Task<string> target, VerifySettings? settings = null, [CallerFilePath] string sourceFile = "") =>
        Start(target!, "txt", settings, sourceFile);

    /// <summary>Compares a text with a file of another extension, given without its dot.</summary>
    public static SettingsTask Verify(
        string? target, string extension, VerifySettings? settings = null, [CallerFilePath] string sourceFile = "") =>
        Start(Task.FromResult(target), extension, settings, sourceFile);

    public static SettingsTask Verify(
        Task<string> target, string extension, VerifySettings? settings = null, [CallerFilePath] string sourceFile = "") =>
        Start(target!, extension, settings, sourceFile);

    private static SettingsTask Start(Task<string?> target, string extension, VerifySettings? settings, string sourceFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(sourceFile);
        return new SettingsTask(settings, async final =>
        {
            var test = UseVerifyAttribute.RunningTest();
            var files = Snapshot.Locate(test, sourceFile, extension, final);
            return Snapshot.Compare(files, await target);
        });
    }
}

/// <summary>The same entry points for classes that prefer a base class.</summary>
public abstract class VerifyBase(VerifySettings? settings = null, [CallerFilePath] string sourceFile = "")
{
    public SettingsTask Verify(string? target, VerifySettings? settings = null) =>
        Verifier.Verify(target, settings ?? Shared, Source);

    public SettingsTask Verify(string? target, string extension, VerifySettings? settings = null) =>
        Verifier.Verify(target, extension, settings ?? Shared, Source);

    private VerifySettings? Shared { get; } = settings;

    private string Source { get; } = sourceFile;
}
