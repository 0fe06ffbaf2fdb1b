// Where a snapshot lies and what it is called.
using System.Runtime.CompilerServices;

namespace VerifyTests;

public class VerifySettings
{
    public VerifySettings()
    {
    }

    /// <summary>A copy of other settings.</summary>
    public VerifySettings(VerifySettings? settings)
    {
        if (settings != null)
        {
            Directory = settings.Directory;
            FileName = settings.FileName;
            TypeName = settings.TypeName;
            MethodName = settings.MethodName;
            Parameters = settings.Parameters;
            ParametersText = settings.ParametersText;
            MayRepeatPrefix = settings.MayRepeatPrefix;
        }
    }

    /// <summary>The directory of the snapshots, absolute or relative to the test's file.</summary>
    public string? Directory { get; private set; }

    public bool HasParameters => Parameters != null;

    internal string? FileName { get; private set; }

    internal string? TypeName { get; private set; }

    internal string? MethodName { get; private set; }

    internal object?[]? Parameters { get; private set; }

    internal string? ParametersText { get; private set; }

    internal bool MayRepeatPrefix { get; private set; }

    public void UseDirectory(string directory) => Directory = directory;

    /// <summary>Replaces class, method and parameters in the file's name.</summary>
    public void UseFileName(string fileName)
    {
        Exclude(TypeName ?? MethodName ?? ParametersText ?? (HasParameters ? "parameters" : null));
        FileName = fileName;
    }

    public void UseTypeName(string name)
    {
        Exclude(FileName);
        TypeName = name;
    }

    public void UseMethodName(string name)
    {
        Exclude(FileName);
        MethodName = name;
    }

    /// <summary>Adds _name=value to the file's name for each parameter of the test, in order.</summary>
    public void UseParameters(params object?[] parameters)
    {
        Exclude(FileName ?? ParametersText);
        Parameters = parameters.Length > 0 ? parameters : throw new ArgumentException("There must be a parameter", nameof(parameters));
    }

    public void UseParameters<T>(T parameter) => UseParameters([parameter]);

    /// <summary>Adds _text to the file's name instead of the parameters.</summary>
    public void UseTextForParameters(string parametersText)
    {
        Exclude(FileName ?? (HasParameters ? "parameters" : null));
        ParametersText = parametersText;
    }

    /// <summary>Allows a second snapshot of one name in a run.</summary>
    public void DisableRequireUniquePrefix() => MayRepeatPrefix = true;

    /// <summary>Has no effect here: no diff tool is started.</summary>
    public void DisableDiff()
    {
    }

    private static void Exclude(string? other, [CallerMemberName] string caller = "")
    {
        if (other != null)
        {
            throw new InvalidOperationException($"{caller} cannot be combined with the settings that chose `{other}`");
        }
    }
}

/// <summary>Settings of all snapshots.</summary>
public static class VerifierSettings
{
    internal static bool MayRepeatPrefix { get; private set; }

    public static void DisableRequireUniquePrefix() => MayRepeatPrefix = true;
}

/// <summary>A verification that starts when it is awaited; until then its settings can be changed.</summary>
public class SettingsTask(VerifySettings? settings, Func<VerifySettings, Task<VerifyResult>> buildTask)
{
    private Task<VerifyResult>? _task;

    public VerifySettings CurrentSettings { get; } = new(settings);

    public static implicit operator Task<VerifyResult>(SettingsTask settingsTask) => settingsTask.ToTask();

    public SettingsTask UseDirectory(string directory) => With(settings => settings.UseDirectory(directory));

    public SettingsTask UseFileName(string fileName) => With(settings => settings.UseFileName(fileName));

    public SettingsTask UseTypeName(string name) => With(settings => settings.UseTypeName(name));

    public SettingsTask UseMethodName(string name) => With(settings => settings.UseMethodName(name));

    public SettingsTask UseParameters(params object?[] parameters) => With(settings => settings.UseParameters(parameters));

    public SettingsTask UseParameters<T>(T parameter) => With(settings => settings.UseParameters(parameter));

    public SettingsTask UseTextForParameters(string parametersText) => With(settings => settings.UseTextForParameters(parametersText));

    public SettingsTask DisableRequireUniquePrefix() => With(settings => settings.DisableRequireUniquePrefix());

    public SettingsTask DisableDiff() => With(settings => settings.DisableDiff());

    public Task<VerifyResult> ToTask() => _task ??= buildTask(CurrentSettings);

    public ConfiguredTaskAwaitable<VerifyResult> ConfigureAwait(bool continueOnCapturedContext) =>
        ToTask().ConfigureAwait(continueOnCapturedContext);

    public TaskAwaiter<VerifyResult> GetAwaiter() => ToTask().GetAwaiter();

    private SettingsTask With(Action<VerifySettings> change)
    {
        change(CurrentSettings);
        return this;
    }
}

/// <summary>The snapshot differs or does not exist.</summary>
public class VerifyException(string message) : Exception(message);

/// <summary>A received text and the file it is compared with.</summary>
public readonly struct FilePair(string extension, string receivedPath, string verifiedPath)
{
    public string Extension { get; } = extension;

    public string ReceivedPath { get; } = receivedPath;

    public string VerifiedPath { get; } = verifiedPath;
}

public class VerifyResult(IReadOnlyList<FilePair> files, string? text)
{
    public IReadOnlyList<FilePair> Files { get; } = files;

    public string? Text { get; } = text;
}
