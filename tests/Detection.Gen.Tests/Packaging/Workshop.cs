// A folder outside the repository with a feed of freshly packed packages, where tests build projects of their own
// as a user would: nothing is inherited from the repository, no package cache is shared.
using System.Diagnostics;
using System.Text.Json;
using Detection.Gen.Tests.Support;

namespace Detection.Gen.Tests.Packaging;

/// <summary>Packs once, for all tests of packages.</summary>
public sealed class Workshop : IDisposable
{
    private static readonly string[] Packed =
    [
        "generators/Detection.Gen/Detection.Gen.csproj", "src/Detection.Spec/Detection.Spec.csproj", "src/Detection.Runtime/Detection.Runtime.csproj",
        "models/backbones/Detection.Models.Backbones.csproj", "models/ssd/Detection.Models.Ssd.csproj", "models/refinedet/Detection.Models.RefineDet.csproj", "models/one-stage/Detection.Models.OneStage.csproj",
        "models/rcnn/Detection.Models.Rcnn.csproj", "models/r-fcn/Detection.Models.RFcn.csproj", "models/light-head-rcnn/Detection.Models.LightHeadRcnn.csproj",
        "models/meta-architectures/Detection.Models.MetaArchitectures.csproj", "models/g-rcn/Detection.Models.GRcn.csproj",
        "src/Detection.Cli/Detection.Cli.csproj",
        "src/Detection.Cli.Tool/Detection.Cli.Tool.csproj",
    ];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("detection-gen-packages-");

    public Workshop()
    {
        File.WriteAllText(At("Directory.Build.props"), "<Project />");
        File.WriteAllText(At("Directory.Build.targets"), "<Project />");
        File.WriteAllText(At("Directory.Packages.props"), "<Project />");
        File.WriteAllText(At("NuGet.config"), $"""<configuration><packageSources><add key="packed" value="{Feed}" /></packageSources></configuration>""");

        // Build output of its own: the repository's may be in use by whoever runs the tests.
        string[] projects = StandIns ? [.. Packed, "src/standins/TorchSharp/TorchSharp.csproj", "src/standins/OpenCvSharp4/OpenCvSharp4.csproj"] : Packed;
        var solution = JsonSerializer.Serialize(new { solution = new { path = Path.Combine(Repository.Root, "Detection.Gen.sln"), projects } });
        File.WriteAllText(At("packed.slnf"), solution);
        Run(Repository.Root, "pack", At("packed.slnf"), "--configuration", "Debug", $"-p:PackageOutputPath={Feed}", $"-p:ArtifactsPath={At("artifacts")}");
        Version = Path.GetFileNameWithoutExtension(Directory.GetFiles(Feed, "Detection.Gen.*.nupkg").Single())["Detection.Gen.".Length..];
    }

    /// <summary>Whether this build of the tests stands on the stand-ins.</summary>
    public static bool StandIns => typeof(TorchSharp.torch).Assembly.GetName().Version is not { Major: 0, Minor: > 100 };

    /// <summary>Version of the packages.</summary>
    public string Version { get; }

    /// <summary>Folder of the packages.</summary>
    public string Feed => At("feed");

    /// <summary>A path in the workshop.</summary>
    public string At(params string[] parts) => Path.Combine([folder.FullName, .. parts]);

    /// <summary>Writes a project file that uses packed packages, and nothing of the repository.</summary>
    /// <param name="name">Name of the project and its folder.</param>
    /// <param name="items">Further references.</param>
    /// <param name="properties">Further properties.</param>
    /// <param name="generates">Whether it references the generator and the runtime.</param>
    public void WriteProject(string name, string items, string properties = "", bool generates = true)
    {
        var generator = generates
            ? $"""<PackageReference Include="Detection.Gen" Version="{Version}" PrivateAssets="all" /><PackageReference Include="Detection.Runtime" Version="{Version}" />"""
            : "";
        Directory.CreateDirectory(At(name));
        File.WriteAllText(At(name, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NoWarn>$(NoWarn);NU1603</NoWarn>
                <RestorePackagesPath>{At("packages")}</RestorePackagesPath>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {generator}
                {items}
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Writes a file of a project.</summary>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text.ReplaceLineEndings("\n"));
    }

    /// <summary>Runs dotnet in a project's folder; fails the test with the output when dotnet fails.</summary>
    public string Dotnet(string project, params string[] arguments) => Run(At(project), arguments);

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);

    private static string Run(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        // Set by the dotnet that runs the tests; another one must not take them for its own.
        foreach (var inherited in start.Environment.Keys.Where(k => k.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) && k != "MSBUILDDISABLENODEREUSE").ToArray())
        {
            start.Environment.Remove(inherited);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}\n{errors.Result}");
        return output;
    }
}
