// Names, reads, compares and writes snapshot files.
using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace VerifyTests;

internal static class Snapshot
{
    // With a byte order mark, so that editors on any system take the files for what they are.
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: true);

    private static readonly ConcurrentDictionary<string, bool> UsedPrefixes = new();

    public static FilePair Locate(MethodInfo test, string sourceFile, string extension, VerifySettings settings)
    {
        var directory = Path.GetDirectoryName(sourceFile)!;
        directory = settings.Directory == null ? directory : Path.Combine(directory, settings.Directory);
        Directory.CreateDirectory(directory);
        var prefix = Path.Combine(directory, settings.FileName ?? TestName(test, settings));
        if (!UsedPrefixes.TryAdd(prefix, true) && !settings.MayRepeatPrefix && !VerifierSettings.MayRepeatPrefix)
        {
            throw new InvalidOperationException(
                $"Two snapshots of this run are called {prefix}. A theory needs UseParameters; otherwise see DisableRequireUniquePrefix.");
        }

        return new FilePair(extension, $"{prefix}.received.{extension}", $"{prefix}.verified.{extension}");
    }

    /// <exception cref="VerifyException">The text differs from the verified one; the received file has been written.</exception>
    public static VerifyResult Compare(FilePair files, string? target)
    {
        var received = NormalizeLineEnds(target ?? "null");
        received = received.Length == 0 ? "emptyString" : received;
        File.Delete(files.ReceivedPath);
        var others = OtherVerifiedFiles(files);
        var verified = File.Exists(files.VerifiedPath) ? NormalizeLineEnds(File.ReadAllText(files.VerifiedPath)) : null;
        bool isEqual = verified == received || verified == received + "\n";
        if (isEqual && others.Length == 0)
        {
            return new VerifyResult([files], received);
        }

        if (!isEqual)
        {
            File.WriteAllText(files.ReceivedPath, received, Encoding);
        }

        throw new VerifyException(Explain(files, isEqual, received, verified, others));
    }

    private static string TestName(MethodInfo test, VerifySettings settings)
    {
        var type = test.ReflectedType!;
        var typeName = type.Name;
        for (var outer = type.DeclaringType; outer != null; outer = outer.DeclaringType)
        {
            typeName = $"{outer.Name}.{typeName}";
        }

        var name = new StringBuilder($"{settings.TypeName ?? typeName}.{settings.MethodName ?? test.Name}");
        if (settings.ParametersText != null)
        {
            return name.Append('_').Append(settings.ParametersText).ToString();
        }

        var parameters = test.GetParameters();
        var values = settings.Parameters ?? [];
        if (values.Length > parameters.Length)
        {
            throw new InvalidOperationException($"{name} has {parameters.Length} parameters, fewer than the {values.Length} values given");
        }

        for (int i = 0; i < values.Length; i++)
        {
            name.Append('_').Append(parameters[i].Name).Append('=').Append(ParameterText(values[i], isRoot: true));
        }

        return name.ToString();
    }

    private static string ParameterText(object? value, bool isRoot)
    {
        if (value is IEnumerable items and not string)
        {
            var texts = items.Cast<object?>().Select(item => ParameterText(item, isRoot: false)).ToList();
            var joined = string.Join(',', texts);
            return texts.Count == 0 || !isRoot ? $"[{joined}]" : joined;
        }

        var text = value == null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

        // The characters that Windows forbids, on every system, so that snapshots can be checked out anywhere.
        return string.Concat(text.Select(c => c < ' ' || "\"\\<>|:*?/".Contains(c) ? '-' : c));
    }

    private static string NormalizeLineEnds(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');

    // A verified file of the same test that nothing compares any more has to go.
    private static string[] OtherVerifiedFiles(FilePair files)
    {
        var directory = Path.GetDirectoryName(files.VerifiedPath)!;
        var prefix = Path.GetFileName(files.VerifiedPath)[..^(".verified.".Length + files.Extension.Length)];
        return [.. Directory.GetFiles(directory, "*.verified.*")
            .Where(file => Path.GetFileName(file).StartsWith($"{prefix}.verified.", StringComparison.Ordinal) && file != files.VerifiedPath)
            .Order(StringComparer.Ordinal)];
    }

    private static string Explain(FilePair files, bool isEqual, string received, string? verified, string[] others)
    {
        var text = new StringBuilder($"Directory: {Path.GetDirectoryName(files.VerifiedPath)}\n");
        if (!isEqual)
        {
            text.Append(verified == null ? "New:\n" : "NotEqual:\n");
            text.Append($"  - Received: {Path.GetFileName(files.ReceivedPath)}\n");
            text.Append($"    Verified: {Path.GetFileName(files.VerifiedPath)}\n");
        }

        if (others.Length > 0)
        {
            text.Append("Delete:\n");
            text.AppendJoin(string.Empty, others.Select(file => $"  - {Path.GetFileName(file)}\n"));
        }

        if (verified != null && !isEqual)
        {
            text.Append("\nLines that differ (- verified, + received):\n");
            text.AppendJoin('\n', LineDiff.Between(verified.Split('\n'), received.Split('\n')));
        }
        else if (!isEqual)
        {
            text.Append("\nReceived text:\n").Append(received);
        }

        return text.ToString();
    }
}
