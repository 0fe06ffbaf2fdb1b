// The cache of compiled C++ libraries: built once, complete or not at all, and a message that helps when it cannot be built.
// The tests count how often the compiler runs with a script that stands in front of it.
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using DetectionGen.StandIns;
using Xunit;

[assembly: SupportedOSPlatform("linux")]

namespace NativeBuild.Tests;

public sealed class NativeLibraryBuilderTests : IDisposable
{
    private const string Answer = "extern \"C\" int answer() { return ANSWER; }";
    private readonly string _folder = Directory.CreateTempSubdirectory("native-build-tests-").FullName;
    private readonly Dictionary<string, string?> _before = [];

    public NativeLibraryBuilderTests()
    {
        Set("XDG_CACHE_HOME", Path.Combine(_folder, "cache"));
        Set("CXX", null);
    }

    private string Log => Path.Combine(_folder, "compilations");

    [SkippableFact]
    public void A_source_becomes_a_library_that_can_be_called()
    {
        CountCompilations();
        Assert.Equal(42, Call(Build(Answer, ["-DANSWER=42"])));
    }

    [SkippableFact]
    public void The_second_time_the_cache_answers()
    {
        CountCompilations();
        Assert.Equal(Build(Answer, ["-DANSWER=1"]), Build(Answer, ["-DANSWER=1"]));
        Assert.Single(File.ReadAllLines(Log));
    }

    [SkippableFact]
    public void Another_source_argument_or_key_makes_another_library()
    {
        CountCompilations();
        string[] libraries =
        [
            Build(Answer, ["-DANSWER=1"]), Build(Answer + "// changed", ["-DANSWER=1"]), Build(Answer, ["-DANSWER=2"]),
            Build(Answer, ["-DANSWER=1"], "another version"),
        ];
        Assert.Equal(4, libraries.Distinct().Count());
    }

    [SkippableFact]
    public void Many_at_once_compile_once()
    {
        CountCompilations();
        string[] libraries = new string[8];
        Parallel.For(0, libraries.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => libraries[i] = Build(Answer, ["-DANSWER=7"]));
        Assert.Single(libraries.Distinct());
        Assert.Single(File.ReadAllLines(Log));
    }

    [SkippableFact]
    public void Headers_lie_beside_the_sources()
    {
        CountCompilations();
        var sources = new Dictionary<string, string> { ["answer.h"] = "#define ANSWER 5", ["answer.cpp"] = "#include \"answer.h\"\n" + Answer };
        Assert.Equal(5, Call(NativeLibraryBuilder.Build("answer", sources, [], [], "")));
    }

    [SkippableFact]
    public void A_failed_compilation_shows_the_compilers_words_and_leaves_nothing()
    {
        CountCompilations();
        var error = Assert.Throws<DllNotFoundException>(() => Build("int answer() { return nonsense; }", []));
        Assert.Contains("nonsense", error.Message, StringComparison.Ordinal);
        Assert.Contains("how to provide it", error.Message, StringComparison.Ordinal);
        Assert.All(Directory.GetFileSystemEntries(Path.Combine(_folder, "cache/detection-gen/native")), e => Assert.EndsWith(".lock", e, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_compiler_is_named_together_with_the_ways_out()
    {
        Set("CXX", "no-such-compiler");
        var error = Assert.Throws<DllNotFoundException>(() => Build(Answer, []));
        Assert.Contains("'no-such-compiler' is not installed", error.Message, StringComparison.Ordinal);
        Assert.Contains("how to provide it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_named()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Set("XDG_CACHE_HOME", file);
        var error = Assert.Throws<DllNotFoundException>(() => Build(Answer, []));
        Assert.Contains("XDG_CACHE_HOME", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach ((string name, string? value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Build(string source, string[] arguments, params string[] keys) =>
        NativeLibraryBuilder.Build("answer", new Dictionary<string, string> { ["answer.cpp"] = source }, arguments, keys, "how to provide it");

    private static unsafe int Call(string library)
    {
        nint handle = NativeLibrary.Load(library);
        try
        {
            return ((delegate* unmanaged<int>)NativeLibrary.GetExport(handle, "answer"))();
        }
        finally
        {
            NativeLibrary.Free(handle);
        }
    }

    /// <summary>Puts a script before g++ that notes each run.</summary>
    private void CountCompilations()
    {
        string? compiler = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, "g++")).FirstOrDefault(File.Exists);
        Skip.If(compiler is null, "g++ is not installed");
        string script = Path.Combine(_folder, "compiler.sh");
        File.WriteAllText(script, $"#!/bin/sh\necho run >> '{Log}'\nexec '{compiler}' \"$@\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Set("CXX", script);
    }

    private void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
