// The packages, as others meet them: what lies where in them, and fresh projects outside the repository that use them.
using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Detection.Gen.Tests.Support;

namespace Detection.Gen.Tests.Packaging;

[Trait("Category", "Slow")]
public class PackageTests(Workshop workshop) : IClassFixture<Workshop>
{
    private const string Family = "spec: 1\nmodel: family-net\nkind: backbone\ninput: { size: [32, 32] }\nparameters: { width: 4 }\nnodes: { a: { op: conv, out: width, kernel: 3, padding: 1 } }\ntaps: { a: a }\n";

    [Fact]
    public void The_generators_package_holds_all_it_loads_and_no_library()
    {
        var files = Files("Detection.Gen");

        Assert.Equal(
            ["Detection.Gen.dll", "Detection.Spec.dll", "YamlDotNet.dll"],
            files.Where(f => f.StartsWith("analyzers/dotnet/cs/", StringComparison.Ordinal)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["build/Detection.Gen.props", "build/Detection.Gen.targets", "buildTransitive/Detection.Gen.props", "buildTransitive/Detection.Gen.targets"],
            files.Where(f => f.StartsWith("build", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("docs/diagnostics/DG0101.md", files);
        Assert.Contains("schema/detection-spec.schema.json", files);
        Assert.DoesNotContain(files, f => f.StartsWith("lib/", StringComparison.Ordinal));
        Assert.Empty(Dependencies("Detection.Gen"));
    }

    [Fact]
    public void Packages_depend_on_packages_that_exist_under_the_names_they_were_packed_with()
    {
        string[] expected = Workshop.StandIns
            ? ["DetectionGen.StandIn.OpenCvSharp4", "DetectionGen.StandIn.TorchSharp", "Google.Protobuf"]
            : ["Google.Protobuf", "OpenCvSharp4", "TorchSharp"];

        Assert.Equal(expected, Dependencies("Detection.Runtime"));
        Assert.Equal(["Detection.Runtime"], Dependencies("Detection.Models.Backbones"));
        Assert.Equal(["Detection.Models.Backbones", "Detection.Runtime"], Dependencies("Detection.Models.Ssd"));
        Assert.Equal(Workshop.StandIns, workshop.Version.EndsWith("-standin", StringComparison.Ordinal));
    }

    [Fact]
    public void A_package_of_models_carries_their_specs()
    {
        var files = Files("Detection.Models.Ssd");

        string[] expected = ["buildTransitive/Detection.Models.Ssd.targets", "lib/net10.0/Detection.Models.Ssd.dll", "lib/net10.0/Detection.Models.Ssd.xml", "specs/mobilenet-v1-ssd.yaml"];
        Assert.All(expected, file => Assert.Contains(file, files));
    }

    [Fact]
    public void The_command_line_is_a_call_in_a_program_with_models_of_its_own()
    {
        workshop.WriteProject(
            "Counter", $"""<PackageReference Include="Detection.Cli" Version="{workshop.Version}" />""", "<OutputType>Exe</OutputType>");
        workshop.Write("Counter/counter-ssd.yaml", "spec: 1\nmodel: counter-ssd\nextends: mobilenet-v1-ssd\nsummary: Things on a counter.\nclasses: [coin, note]\n");
        workshop.Write("Counter/Program.cs", "return Detection.Cli.DetGen.Run(args, new Counter.DetectionModels());\n");

        var list = workshop.Dotnet("Counter", "run", "--", "list", "--json");

        Assert.Equal(["counter-ssd"], JsonDocument.Parse(list).RootElement.EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.Contains("train", workshop.Dotnet("Counter", "run", "--no-build", "--", "--help"));
    }

    [Fact]
    public void The_command_line_is_a_tool_too()
    {
        Directory.CreateDirectory(workshop.At("tools"));
        workshop.Dotnet("tools", "tool", "install", "Detection.Cli.Tool", "--version", workshop.Version, "--tool-path", workshop.At("tools"), "--configfile", workshop.At("NuGet.config"));

        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(workshop.At("tools", "detgen"), ["list"]) { RedirectStandardOutput = true })!;
        var list = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("ultraface-slim-320", list);
    }

    [Fact]
    public void A_fresh_project_extends_a_model_of_a_package_and_runs()
    {
        workshop.WriteProject(
            "Shop",
            $"""<PackageReference Include="Detection.Models.Ssd" Version="{workshop.Version}" /><DetectionSpec Remove="compose.yaml" />""",
            "<OutputType>Exe</OutputType><GenerateDocumentationFile>true</GenerateDocumentationFile>");
        workshop.Write("Shop/compose.yaml", "services: {}\n");
        workshop.Write("Shop/specs/shop-ssd.yaml", "spec: 1\nmodel: shop-ssd\nextends: mobilenet-v1-ssd\nsummary: Three things in a shop.\nclasses: [apple, basket, till]\n");
        workshop.Write("Shop/specs/shop-trunk.yaml", """
            spec: 1
            model: shop-trunk
            kind: backbone
            input: { size: [64, 64], minimum: 32 }
            nodes: { plain: mobilenet-v1, thin: { op: mobilenet-v1, from: input, width: 0.25 }, both: { op: concat, from: [plain.c5, thin.c5] } }
            taps: { both: both }
            """);
        workshop.Write("Shop/Program.cs", """
            using Detection.Models.Ssd;
            using Detection.Runtime;
            using Shop;
            using TorchSharp;

            Console.WriteLine(string.Join(" ", ModelCatalogs.Of(typeof(ShopSsd).Assembly)!.Models.Select(m => m.Card.Name)));
            using var detector = new ShopSsd();
            detector.eval();
            using var output = detector.call(torch.zeros(1, 3, 224, 224));
            Console.WriteLine(string.Join(" ", output.ClassLogits.shape));
            using var trunk = new ShopTrunk();
            using var maps = trunk.call(torch.zeros(2, 3, 64, 96));
            Console.WriteLine(string.Join(" ", maps.Both.shape));
            using var packed = new UltraFaceSlim320();
            Console.WriteLine(packed.Card.Name);
            """);

        Assert.Equal(
            ["shop-ssd shop-trunk", "1 4180 4", "2 1280 2 3", "ultraface-slim-320"],
            workshop.Dotnet("Shop", "run").TrimEnd().ReplaceLineEndings("\n").Split('\n').TakeLast(4));
    }

    [Fact]
    public void A_fresh_project_tests_its_models_with_the_tests_that_the_generator_writes()
    {
        workshop.WriteProject("Tested", "");
        workshop.Write("Tested/family-net.yaml", Family);
        workshop.WriteProject(
            "Tested.Tests",
            $"""
            <ProjectReference Include="../Tested/Tested.csproj" GenerateDetectionTests="true" />
            <PackageReference Include="Microsoft.NET.Test.Sdk" Version="{Repository.PinnedVersion("Microsoft.NET.Test.Sdk")}" />
            <PackageReference Include="xunit" Version="{Repository.PinnedVersion("xunit")}" />
            <PackageReference Include="xunit.runner.visualstudio" Version="{Repository.PinnedVersion("xunit.runner.visualstudio")}" />
            """,
            "<IsPackable>false</IsPackable>");

        var output = workshop.Dotnet("Tested.Tests", "test");

        Assert.Matches(@"Passed!\s+- Failed:\s+0, Passed:\s+[1-9]", output);
    }

    [Fact]
    public void A_fresh_project_without_the_generator_uses_a_packed_model()
    {
        workshop.WriteProject(
            "Viewer", $"""<PackageReference Include="Detection.Models.Backbones" Version="{workshop.Version}" />""", "<OutputType>Exe</OutputType>", generates: false);
        workshop.Write("Viewer/Program.cs", """
            using Detection.Models.Backbones;
            using TorchSharp;

            using var network = new SqueezeNet();
            network.eval();
            using var maps = network.call(torch.zeros(1, 3, 64, 64));
            Console.WriteLine($"{network.GetType().Name} {SqueezeNet.ParameterCount}");
            """);

        Assert.Equal("SqueezeNet 735424", workshop.Dotnet("Viewer", "run").TrimEnd().ReplaceLineEndings("\n").Split('\n')[^1]);
    }

    [Fact]
    public void Specs_of_referenced_projects_are_seen_by_design_time_builds_and_edits_rebuild_what_depends_on_them()
    {
        workshop.WriteProject("Family", "");
        workshop.Write("Family/family-net.yaml", Family);
        workshop.WriteProject("Zoo", """<ProjectReference Include="../Family/Family.csproj" />""");
        workshop.Write("Zoo/wide.yaml", "spec: 1\nmodel: wide\nextends: family-net\nparameters: { width: 8 }\n");
        workshop.Write("Zoo/extra.yaml", Family.Replace("family-net", "extra", StringComparison.Ordinal));
        workshop.WriteProject("Bystander", "");
        workshop.Write("Bystander/own.yaml", Family.Replace("family-net", "own", StringComparison.Ordinal));
        workshop.Write("All.proj", """
            <Project>
              <ItemGroup><All Include="Zoo/Zoo.csproj;Family/Family.csproj;Bystander/Bystander.csproj" /></ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(All)" Targets="Restore" /></Target>
              <Target Name="Build"><MSBuild Projects="@(All)" Targets="Build" BuildInParallel="true" /></Target>
            </Project>
            """);
        workshop.Dotnet("", "msbuild", "All.proj", "-t:Restore");
        Dictionary<string, DateTime> Build()
        {
            workshop.Dotnet("", "msbuild", "All.proj", "-t:Build", "-m:2");
            return new[] { "Family", "Zoo", "Bystander" }.ToDictionary(p => p, p => File.GetLastWriteTimeUtc(workshop.At(p, "obj", "Debug", "net10.0", p + ".dll")));
        }

        var first = Build();
        Assert.Equal(first, Build());

        var arguments = workshop.Dotnet(
            "Zoo", "msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:BuildProjectReferences=false", "-p:SkipCompilerExecution=true",
            "-p:ProvideCommandLineArgs=true", "-p:NonExistentFile=__NonExistentSubDir__/__NonExistentFile__", "-getItem:CscCommandLineArgs");
        var additional = JsonDocument.Parse(arguments).RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
            .Select(a => a.GetProperty("Identity").GetString()!).Where(a => a.StartsWith("/additionalfile:", StringComparison.Ordinal));
        Assert.Equal(["extra.yaml", "family-net.yaml", "wide.yaml"], additional.Select(a => Path.GetFileName(a["/additionalfile:".Length..])).Order(StringComparer.Ordinal));

        workshop.Write("Zoo/wide.yaml", "spec: 1\nmodel: wide\nextends: family-net\nparameters: { width: 16 }\n");
        var leaf = Build();
        Assert.Equal(["Zoo"], Changed(first, leaf));

        workshop.Write("Family/family-net.yaml", Family.Replace("kernel: 3", "kernel: 5", StringComparison.Ordinal));
        var root = Build();
        Assert.Equal(["Family", "Zoo"], Changed(leaf, root));

        File.Delete(workshop.At("Zoo", "extra.yaml"));
        var deleted = Build();
        Assert.Equal(["Zoo"], Changed(root, deleted));
        Assert.Equal(deleted, Build());
    }

    private static IEnumerable<string> Changed(Dictionary<string, DateTime> before, Dictionary<string, DateTime> after) =>
        before.Keys.Where(k => before[k] != after[k]).Order(StringComparer.Ordinal);

    private string[] Files(string package)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(workshop.Feed, $"{package}.{workshop.Version}.nupkg"));
        return [.. archive.Entries.Select(e => e.FullName)];
    }

    private IEnumerable<string> Dependencies(string package)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(workshop.Feed, $"{package}.{workshop.Version}.nupkg"));
        using var nuspec = archive.GetEntry(package + ".nuspec")!.Open();
        return [.. XDocument.Load(nuspec).Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value).Order(StringComparer.Ordinal)];
    }
}
