// Where libtorch is: the LIBTORCH variable (a libtorch folder or a pip "torch" folder), else the system's packages.
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace TorchSharp;

/// <summary>What the search looks at; a value, so that it can be tried without touching the process.</summary>
internal sealed record LibTorchSearch(string? Variable, IReadOnlyList<(string Include, string Library)> System)
{
    internal static LibTorchSearch OfThisMachine()
    {
        var triplet = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.Arm64 => "aarch64-linux-gnu",
            _ => "x86_64-linux-gnu",
        };
        return new LibTorchSearch(
            Environment.GetEnvironmentVariable("LIBTORCH"),
            [("/usr/include", $"/usr/lib/{triplet}"), ("/usr/local/include", "/usr/local/lib")]);
    }
}

/// <summary>A usable libtorch: headers, libraries, version and the C++ ABI it was built with.</summary>
internal sealed partial record LibTorchInstallation(
    IReadOnlyList<string> Includes, string LibraryFolder, Version Version, bool NewStringAbi, bool Cuda)
{
    /// <summary>The oldest version whose headers the bridge compiles against.</summary>
    internal static readonly Version Oldest = new(1, 13);

    /// <exception cref="NotSupportedException">No usable libtorch; the message says what was tried and how to provide one.</exception>
    internal static LibTorchInstallation Find(LibTorchSearch search)
    {
        var tried = new List<string>();
        if (!string.IsNullOrWhiteSpace(search.Variable))
        {
            // A variable that is set is an order: falling back to another libtorch would hide the mistake.
            var folder = search.Variable;
            return Open(Path.Combine(folder, "include"), Path.Combine(folder, "lib"), $"LIBTORCH={folder}", tried)
                ?? throw new NotSupportedException(Message(tried));
        }
        tried.Add("LIBTORCH is not set");
        foreach (var (include, library) in search.System)
            if (Open(include, library, $"the system's {library}", tried) is { } found)
                return found;
        throw new NotSupportedException(Message(tried));
    }

    private static LibTorchInstallation? Open(string include, string library, string what, List<string> tried)
    {
        LibTorchInstallation? Refuse(string why)
        {
            tried.Add($"{what}: {why}");
            return null;
        }

        var core = Path.Combine(library, "libtorch_cpu.so");
        // Newer versions moved the numbers and left a header that includes the new one.
        var api = Path.Combine(include, "torch", "csrc", "api", "include");
        string[] headers = [Path.Combine(api, "torch", "version.h"), Path.Combine(include, "torch", "headeronly", "version.h")];
        var problem = !Directory.Exists(library) ? $"there is no folder {library}"
            : !File.Exists(core) ? $"there is no {core}"
            : !File.Exists(headers[0]) ? $"the headers are missing ({headers[0]})"
            : null;
        if (problem is not null)
            return Refuse(problem);
        var version = headers.Where(File.Exists).Select(ReadVersion).FirstOrDefault(v => v is not null);
        if (version is null || version < Oldest)
            return Refuse($"version {version?.ToString() ?? "unknown"} is older than {Oldest}");
        return new LibTorchInstallation(
            [include, api], Path.GetFullPath(library), version, ReadAbi(Path.Combine(library, "libc10.so")),
            File.Exists(Path.Combine(library, "libtorch_cuda.so")));
    }

    private static Version? ReadVersion(string header)
    {
        var text = File.ReadAllText(header);
        int? Number(string part)
        {
            var match = Regex.Match(text, $@"#define\s+TORCH_VERSION_{part}\s+(\d+)");
            return match.Success ? int.Parse(match.Groups[1].Value) : null;
        }
        return Number("MAJOR") is { } major && Number("MINOR") is { } minor ? new Version(major, minor, Number("PATCH") ?? 0) : null;
    }

    // pip wheels were long built with the old std::string; the mangled names in the library itself tell, whatever a config file says.
    private static bool ReadAbi(string library) => NewAbiSymbol().IsMatch(File.ReadAllText(library, Encoding.Latin1));

    [GeneratedRegex("_ZN3c105Error[\\x21-\\x7e]*__cxx11")]
    private static partial Regex NewAbiSymbol();

    /// <summary>Every way to give the stand-in a libtorch.</summary>
    internal static string WaysToProvide =>
        $"""
        Provide libtorch {Oldest} or newer, with its headers, in one of these ways:
          * install the system's packages: apt-get install libtorch-dev libopenblas0-openmp g++
          * unpack libtorch (https://pytorch.org/get-started/locally, language C++/Java)
            and set LIBTORCH to the folder that holds include/ and lib/
          * use an installed Python package: set LIBTORCH to the folder that
            python3 -c "import os, torch; print(os.path.dirname(torch.__file__))" prints; CUDA comes along if that build has it
          * use the TorchSharp package itself instead of this stand-in: build with -p:StandIns=false on a feed that carries it
        Besides, a C++17 compiler is needed once: g++, or the one that CXX names.
        """;

    private static string Message(IEnumerable<string> tried) =>
        $"""
        libtorch was not found.
        {WaysToProvide}
        Tried:
          - {string.Join($"{Environment.NewLine}  - ", tried)}
        """;
}
