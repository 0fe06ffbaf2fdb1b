// Compiles the small C++ libraries that the stand-ins ship as source: once per user, on first use, into a cache.
// Linked (Compile Include) into each stand-in that needs it, so it is internal and has no project of its own.
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DetectionGen.StandIns;

/// <summary>Turns C++ sources into a shared library in the user's cache and answers its path.</summary>
internal static class NativeLibraryBuilder
{
    /// <summary>
    /// Answers the path of the shared library built from <paramref name="sources"/>, compiling it only when the cache lacks it.
    /// The cache is <c>$XDG_CACHE_HOME/detection-gen</c> or <c>~/.cache/detection-gen</c>. Safe to call from many threads and
    /// processes at once: one compiles, the others wait, and a library appears in the cache complete or not at all.
    /// </summary>
    /// <param name="name">Plain name, which becomes part of the file name.</param>
    /// <param name="sources">File name to text. Files ending in .cpp, .cc or .cxx are compiled; others (headers) lie beside them.</param>
    /// <param name="compilerArguments">Arguments after the sources: -I, -D, -L, -l, -Wl,-rpath. <c>-shared -fPIC -std=c++17 -O2</c> are given.</param>
    /// <param name="cacheKeyParts">Whatever else must lead to another library: path, version and ABI of what it is linked with.</param>
    /// <param name="howToProvide">Added to every failure: all ways in which a user can provide what is missing.</param>
    /// <exception cref="DllNotFoundException">No compiler, a failed compilation, or a cache that cannot be written.</exception>
    public static string Build(
        string name,
        IReadOnlyDictionary<string, string> sources,
        IReadOnlyList<string> compilerArguments,
        IReadOnlyList<string> cacheKeyParts,
        string howToProvide)
    {
        string compiler = Environment.GetEnvironmentVariable("CXX") is { Length: > 0 } chosen ? chosen : "g++";
        try
        {
            string cache = CacheDirectory();
            string library = Path.Combine(cache, $"lib{name}-{Key(name, sources, [compiler, .. compilerArguments], cacheKeyParts)}.so");
            if (File.Exists(library))
            {
                return library;
            }

            using FileStream turn = WaitForTurn(library + ".lock");
            if (!File.Exists(library))
            {
                Compile(compiler, library, sources, compilerArguments);
            }

            return library;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CompilationFailedException)
        {
            throw new DllNotFoundException($"The native library '{name}' could not be built: {e.Message}{Environment.NewLine}{howToProvide}", e);
        }
    }

    private static string CacheDirectory()
    {
        string? root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(root ?? ""))
        {
            // The XDG specification says to ignore relative paths.
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            root = home.Length > 0
                ? Path.Combine(home, ".cache")
                : throw new IOException("there is no home directory for the cache; set XDG_CACHE_HOME to a folder that can be written.");
        }

        string cache = Path.Combine(root!, "detection-gen", "native");
        try
        {
            // Code is loaded from here: nobody else may write to it.
            return OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(cache).FullName
                : Directory.CreateDirectory(cache, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the cache folder {cache} cannot be written ({e.Message}); set XDG_CACHE_HOME to one that can.", e);
        }
    }

    private static string Key(string name, IReadOnlyDictionary<string, string> sources, IEnumerable<string> arguments, IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<string> everything =
        [
            name, RuntimeInformation.ProcessArchitecture.ToString(),
            .. sources.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => new[] { s.Key, s.Value }),
            "arguments", .. arguments, "parts", .. parts,
        ];
        foreach (string text in everything)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..20];
    }

    /// <summary>The lock ends with the process that holds it, so a killed compilation blocks nobody.</summary>
    private static FileStream WaitForTurn(string path)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && waited.Elapsed < TimeSpan.FromMinutes(10))
            {
                Thread.Sleep(50);
            }
        }
    }

    private static void Compile(string compiler, string library, IReadOnlyDictionary<string, string> sources, IReadOnlyList<string> arguments)
    {
        string workplace = $"{library}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(workplace);
        try
        {
            foreach ((string file, string text) in sources)
            {
                File.WriteAllText(Path.Combine(workplace, file), text);
            }

            string built = Path.Combine(workplace, "built.so");
            IEnumerable<string> compiled = sources.Keys.Where(f => Path.GetExtension(f) is ".cpp" or ".cc" or ".cxx").Order(StringComparer.Ordinal);
            Run(compiler, ["-shared", "-fPIC", "-std=c++17", "-O2", "-o", built, .. compiled, .. arguments], workplace);
            File.Move(built, library, overwrite: true); // A rename within one folder: others see all of the library or none.
        }
        finally
        {
            Directory.Delete(workplace, recursive: true);
        }
    }

    private static void Run(string compiler, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(compiler, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = "C";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            const int NoSuchFile = 2;
            string reason = e.NativeErrorCode == NoSuchFile ? "is not installed" : $"cannot be started ({e.Message})";
            throw new CompilationFailedException($"the C++ compiler '{compiler}' {reason}. On Debian: apt-get install g++, or name another one in CXX.", e);
        }

        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                IEnumerable<string> firstLines = (errors + output.Result).Split('\n').Take(30);
                throw new CompilationFailedException($"{compiler} ended with code {process.ExitCode}:{Environment.NewLine}{string.Join('\n', firstLines)}", null);
            }
        }
    }

    private sealed class CompilationFailedException(string message, Exception? inner) : Exception(message, inner);
}
