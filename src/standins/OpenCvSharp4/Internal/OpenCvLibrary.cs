// Part of the OpenCvSharp4 stand-in: finds the system's OpenCV and builds and loads the C++ libraries in native/ on first use.
using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using DetectionGen.StandIns;

namespace OpenCvSharp.Internal;

internal static class OpenCvLibrary
{
    public const string Name = "detectiongen_opencv";
    public const string SelectiveSearchName = "detectiongen_selective_search";

    private const string HowToProvide = """
        OpenCV 4 with its headers, and a C++17 compiler, are needed once to build a small library. Ways to provide them:
          - Debian, Ubuntu: apt-get install --no-install-recommends g++ libopencv-dev (selective search: libopencv-contrib-dev)
          - OPENCV_DIR: the prefix of another installation (the folder that holds include/opencv4 and lib)
          - PKG_CONFIG_PATH: the folder of its opencv4.pc, where pkg-config is installed
          - CXX: another compiler than g++;  XDG_CACHE_HOME: another place for the built library than ~/.cache
        """;

    private static readonly Lazy<nint> Main = new(() => Load(
        Name,
        ["failure.h", "opencv.cpp", "mat.inl", "arithmetic.inl", "codecs.inl", "drawing.inl", "filters.inl"],
        "opencv2/imgcodecs.hpp",
        ["-lopencv_imgcodecs", "-lopencv_imgproc", "-lopencv_core"]));

    private static readonly Lazy<nint> SelectiveSearch = new(() => Load(
        SelectiveSearchName,
        ["failure.h", "selective_search.cpp"],
        "opencv2/ximgproc/segmentation.hpp",
        ["-lopencv_ximgproc", "-lopencv_imgproc", "-lopencv_core"]));

    static OpenCvLibrary() =>
        NativeLibrary.SetDllImportResolver(typeof(OpenCvLibrary).Assembly, static (name, _, _) => name switch
        {
            Name => Main.Value,
            SelectiveSearchName => SelectiveSearch.Value,
            _ => 0,
        });

    /// <summary>Called by each class of imports before its first call; the work is done once, in the static constructor.</summary>
    internal static void Register()
    {
    }

    private static nint Load(string name, string[] sources, string header, string[] libraries)
    {
        Installation opencv = Find(header);
        string library = NativeLibraryBuilder.Build(
            name,
            sources.ToDictionary(s => s, Source),
            ["-fvisibility=hidden", .. opencv.CompilerArguments, .. libraries],
            [opencv.Version],
            HowToProvide);
        try
        {
            return NativeLibrary.Load(library);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException($"{library} was built but cannot be loaded: {e.Message}{Environment.NewLine}{HowToProvide}", e);
        }
    }

    private static string Source(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"native/{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Installation Find(string header)
    {
        string? prefix = Environment.GetEnvironmentVariable("OPENCV_DIR");
        Installation found = (string.IsNullOrEmpty(prefix) ? OnThisSystem() : Under(prefix, isDefault: false))
            ?? throw new DllNotFoundException(
                $"OpenCV 4 was not found {(string.IsNullOrEmpty(prefix) ? "on this system" : $"under OPENCV_DIR ({prefix})")}.{Environment.NewLine}{HowToProvide}");
        return File.Exists(Path.Combine(found.Include, header))
            ? found
            : throw new DllNotFoundException($"OpenCV {found.Version} in {found.Include} lacks {header}.{Environment.NewLine}{HowToProvide}");
    }

    private static Installation? OnThisSystem()
    {
        // Starting pkg-config takes longer than looking, so it is asked first only when the user points it somewhere.
        Installation? asked = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PKG_CONFIG_PATH")) ? null : AskPkgConfig();
        return asked ?? Under("/usr", isDefault: true) ?? Under("/usr/local", isDefault: false) ?? AskPkgConfig();
    }

    private static Installation? Under(string prefix, bool isDefault)
    {
        string? include = new[] { "include/opencv4", "include" }
            .Select(i => Path.Combine(prefix, i))
            .FirstOrDefault(i => File.Exists(Path.Combine(i, "opencv2/core/version.hpp")));
        if (include is null)
        {
            return null;
        }

        // The compiler knows where the system's own libraries are, in whatever multi-architecture folder.
        IEnumerable<string> folders = isDefault
            ? []
            : new[] { "lib", "lib64", $"lib/{Multiarch()}" }.Select(l => Path.Combine(prefix, l)).Where(Directory.Exists);
        return new Installation(Version(include), include, [$"-I{include}", .. folders.SelectMany(f => new[] { $"-L{f}", $"-Wl,-rpath,{f}" })]);
    }

    private static Installation? AskPkgConfig()
    {
        try
        {
            string? include = Ask("--variable=includedir");
            string? folder = Ask("--variable=libdir");
            if (include is null || folder is null || !File.Exists(Path.Combine(include, "opencv2/core/version.hpp")))
            {
                return null;
            }

            return new Installation(Version(include), include, [$"-I{include}", $"-L{folder}", $"-Wl,-rpath,{folder}"]);
        }
        catch (Win32Exception)
        {
            return null; // pkg-config is not installed
        }

        static string? Ask(string variable)
        {
            var start = new ProcessStartInfo("pkg-config", [variable, "opencv4"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string answer = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode != 0 || answer.Length == 0)
            {
                return null;
            }

            return variable.EndsWith("includedir", StringComparison.Ordinal) && !File.Exists(Path.Combine(answer, "opencv2/core/version.hpp"))
                ? Path.Combine(answer, "opencv4")
                : answer;
        }
    }

    private static string Version(string include)
    {
        string[] lines = File.ReadAllLines(Path.Combine(include, "opencv2/core/version.hpp"));
        return string.Join('.', new[] { "MAJOR", "MINOR", "REVISION" }.Select(part =>
            lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(w => w.Length >= 3 && w[0] == "#define" && w[1] == $"CV_VERSION_{part}")?[2] ?? "?"));
    }

    private static string Multiarch() => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

    private sealed record Installation(string Version, string Include, IReadOnlyList<string> CompilerArguments);
}
