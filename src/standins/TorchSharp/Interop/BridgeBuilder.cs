// Compiles the C++ bridge for one libtorch; the result is kept in the user's cache.
using DetectionGen.StandIns;

namespace TorchSharp;

/// <summary>Builds native/aten_bridge.cpp against an installation of libtorch.</summary>
internal static class BridgeBuilder
{
    private const string Folder = "native/";

    /// <summary>The path of the library, compiled now if it was not before.</summary>
    /// <exception cref="DllNotFoundException">There is no compiler, or it fails.</exception>
    internal static string Build(LibTorchInstallation libtorch)
    {
        // A libtorch replaced in place has the same path, but another time stamp.
        var core = Path.Combine(libtorch.LibraryFolder, "libtorch_cpu.so");
        return NativeLibraryBuilder.Build(
            "aten_bridge",
            ReadSources(),
            [.. Arguments(libtorch)],
            [libtorch.Version.ToString(), File.GetLastWriteTimeUtc(core).Ticks.ToString()],
            LibTorchInstallation.WaysToProvide);
    }

    private static IEnumerable<string> Arguments(LibTorchInstallation libtorch)
    {
        yield return "-fvisibility=hidden";
        yield return "-w";
        yield return $"-D_GLIBCXX_USE_CXX11_ABI={(libtorch.NewStringAbi ? 1 : 0)}";
        foreach (var include in libtorch.Includes)
            yield return $"-I{include}";
        yield return $"-L{libtorch.LibraryFolder}";
        yield return $"-Wl,-rpath,{libtorch.LibraryFolder}";
        // The CUDA library registers its kernels when it is loaded; nothing refers to it, so the linker must not drop it.
        yield return "-Wl,--no-as-needed";
        if (libtorch.Cuda)
            yield return "-ltorch_cuda";
        yield return "-ltorch";
        yield return "-ltorch_cpu";
        yield return "-lc10";
    }

    private static Dictionary<string, string> ReadSources()
    {
        var assembly = typeof(BridgeBuilder).Assembly;
        var sources = new Dictionary<string, string>();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Folder, StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            sources.Add(name[Folder.Length..], reader.ReadToEnd());
        }
        return sources;
    }
}
