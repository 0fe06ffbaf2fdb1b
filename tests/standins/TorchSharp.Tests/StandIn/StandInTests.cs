// What only the stand-in promises: finding libtorch, knowing its operators, leaving the process.
using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests.StandIn;

public class StandInTests
{
    private static readonly string Nowhere = Path.Combine(Path.GetTempPath(), "no-such-libtorch");

    [Fact]
    public void Without_any_libtorch_the_message_lists_every_way_to_provide_one_and_what_was_tried()
    {
        var search = new LibTorchSearch(null, [(Nowhere, Path.Combine(Nowhere, "lib"))]);
        var error = Assert.Throws<NotSupportedException>(() => LibTorchInstallation.Find(search));
        foreach (var part in new[] { "apt-get install libtorch-dev", "LIBTORCH", "include/ and lib/", "torch.__file__", "StandIns=false",
            "CXX", "LIBTORCH is not set", Nowhere })
            Assert.Contains(part, error.Message);
    }

    [Fact]
    public void A_wrong_variable_is_an_error_even_where_the_system_has_a_libtorch()
    {
        var search = LibTorchSearch.OfThisMachine() with { Variable = Nowhere };
        var error = Assert.Throws<NotSupportedException>(() => LibTorchInstallation.Find(search));
        Assert.Contains($"LIBTORCH={Nowhere}", error.Message);
    }

    [Theory]
    [InlineData("libraries alone", false, null, "headers are missing")]
    [InlineData("an old version", true, "1.9", "older than")]
    [InlineData("a version that cannot be read", true, null, "version unknown")]
    public void A_folder_that_is_no_libtorch_is_refused_with_the_reason(string what, bool header, string? version, string reason)
    {
        Assert.NotEmpty(what);
        using var folder = new FakeLibTorch(header, version);
        var error = Assert.Throws<NotSupportedException>(() => LibTorchInstallation.Find(new LibTorchSearch(folder.Path, [])));
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData("_ZN3c105ErrorC1ENS_14SourceLocationENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", true)]
    [InlineData("_ZN3c105ErrorC1ENS_14SourceLocationESs", false)]
    public void The_string_abi_is_read_from_the_library_itself(string symbol, bool expected)
    {
        using var folder = new FakeLibTorch(true, "2.4", symbol);
        var found = LibTorchInstallation.Find(new LibTorchSearch(folder.Path, []));
        Assert.Equal(expected, found.NewStringAbi);
        Assert.Equal(new Version(2, 4, 0), found.Version);
        Assert.False(found.Cuda);
    }

    [Fact]
    public void A_process_with_a_wrong_variable_gets_the_message()
    {
        var (code, output) = Child("use", ("LIBTORCH", Nowhere));
        Assert.Equal(3, code);
        Assert.Contains("apt-get install libtorch-dev", output);
    }

    [Fact]
    public void The_process_may_end_while_a_background_thread_computes()
    {
        for (var i = 0; i < 3; i++)
        {
            var (code, output) = Child("leave");
            Assert.Equal(0, code);
            Assert.Contains("leaving", output);
        }
    }

    [Fact]
    public void Several_processes_can_build_the_bridge_at_once()
    {
        var cache = Directory.CreateTempSubdirectory("bridge-cache-").FullName;
        try
        {
            var results = new (int Code, string Output)[2];
            Parallel.For(0, results.Length, i => results[i] = Child("use", ("XDG_CACHE_HOME", cache)));
            Assert.All(results, r => Assert.True(r.Code == 0, r.Output));
            Assert.Single(Directory.GetFiles(cache, "*.so", SearchOption.AllDirectories));
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    [Fact]
    public void Every_operator_that_the_assembly_names_exists_in_this_libtorch()
    {
        var names = StringsOf(typeof(torch).Assembly.Location).Where(s => s.StartsWith("aten::") && s.Length > 6).Distinct().ToList();
        Assert.True(names.Count > 400, $"only {names.Count} names were found");
        Assert.DoesNotContain(names, name => !Aten.Exists(name));
    }

    [Fact]
    public void An_unknown_operator_or_parameter_is_an_error_that_names_it()
    {
        using var x = ones(1);
        var operation = Assert.ThrowsAny<Exception>(() => Aten.Call("aten::no_such_thing", x));
        Assert.Contains("no_such_thing", operation.Message);
        var parameter = Assert.Throws<ArgumentException>(() => Aten.Call("aten::relu", x, AtenArg.Named("slope", 1)));
        Assert.Contains("slope", parameter.Message);
        Assert.Throws<ArgumentException>(() => Aten.Call("aten::relu", x, x, x));
        var missing = Assert.ThrowsAny<Exception>(() => Aten.Call("aten::add.Tensor", x));
        Assert.Contains("other", missing.Message);
    }

    [Fact]
    public void Missing_arguments_take_the_schema_defaults()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, 1, 3, 3);
        Assert.Equal([1, 1, 1, 1], Aten.Call("aten::conv2d", x, ones(1, 1, 3, 3)).shape);
        Assert.Equal([1, 1, 5, 5], Aten.Call("aten::conv2d", x, ones(1, 1, 3, 3), AtenArg.Named("padding", new long[] { 2, 2 })).shape);
        Assert.Equal([1, 1, 5, 5], Aten.Call("aten::conv2d", x, ones(1, 1, 3, 3), AtenArg.None, 1, 2).shape);
    }

    private static (int Code, string Output) Child(string mode, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(StandInTests).Assembly.Location, mode])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, output + errors.Result);
    }

    private static IEnumerable<string> StringsOf(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
            yield return metadata.GetUserString(handle);
    }

    /// <summary>A folder that looks like a libtorch as far as the search looks.</summary>
    private sealed class FakeLibTorch : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("libtorch-");

        internal FakeLibTorch(bool header, string? version, string symbol = "")
        {
            var library = _folder.CreateSubdirectory("lib").FullName;
            File.WriteAllText(System.IO.Path.Combine(library, "libtorch_cpu.so"), "");
            File.WriteAllText(System.IO.Path.Combine(library, "libc10.so"), $"\0other\0{symbol}\0");
            if (!header)
                return;
            var include = _folder.CreateSubdirectory("include/torch/csrc/api/include/torch").FullName;
            var numbers = version?.Split('.');
            File.WriteAllText(System.IO.Path.Combine(include, "version.h"), numbers is null ? "" :
                $"#define TORCH_VERSION_MAJOR {numbers[0]}\n#define TORCH_VERSION_MINOR {numbers[1]}\n#define TORCH_VERSION_PATCH 0\n");
        }

        internal string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
