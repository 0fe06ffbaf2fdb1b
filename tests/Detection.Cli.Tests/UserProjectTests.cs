// --project and --assembly: a user's own project with one spec over a shipped one, built and used from the command line.
using Xunit;

namespace Detection.Cli.Tests;

[Trait("Category", "Slow")]
public class UserProjectTests
{
    // Stands in for package references: this repository's generator, runtime and models by path.
    private static string WriteProject(TemporaryFolder folder, string spec)
    {
        folder.Write("Directory.Build.props", $"""
            <Project>
              <Import Project="{RepositoryFiles.Path("models/Directory.Build.props")}" />
              <PropertyGroup>
                <ArtifactsPath>$(MSBuildThisFileDirectory)artifacts</ArtifactsPath>
                <DirectoryPackagesPropsPath>{RepositoryFiles.Path("Directory.Packages.props")}</DirectoryPackagesPropsPath>
              </PropertyGroup>
            </Project>
            """);
        folder.Write("Directory.Build.targets", $"""<Project><Import Project="{RepositoryFiles.Path("models/Directory.Build.targets")}" /></Project>""");
        folder.Write("wide-faces.yaml", spec);
        return folder.Write("Mine.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="{RepositoryFiles.Path("models/ssd/Detection.Models.Ssd.csproj")}" />
              </ItemGroup>
            </Project>
            """);
    }

    [Fact]
    public void Every_verb_works_on_a_users_project()
    {
        using var folder = new TemporaryFolder();
        var project = WriteProject(folder, """
            spec: 1
            model: wide-faces
            extends: ultraface-slim-320
            summary: My own.
            detection: { postprocess: { scoreThreshold: 0 } }
            """);
        var list = CommandLine.Run([], "list", "--json", "--project", project).Expect(0);
        Assert.Equal(["wide-faces"], list.Json().EnumerateArray().Select(m => m.GetProperty("name").GetString()));
        Assert.Equal("", list.Error);

        // Once built, the assembly serves; ours stay within reach by name.
        var assembly = Directory.EnumerateFiles(folder["artifacts/bin"], "Mine.dll", SearchOption.AllDirectories).First();
        Assert.Contains("wide-faces: oneStage", CommandLine.Run([], "summary", "wide-faces", "--assembly", assembly).Expect(0).Output);
        Assert.Contains("mobilenet-v1: backbone", CommandLine.Run([], "summary", "mobilenet-v1", "--assembly", assembly).Expect(0).Output);

        var weights = folder["mine.safetensors"];
        var entry = ModelAssembly.Load(assembly).Find("wide-faces");
        using (var module = entry.Create())
        {
            Runtime.WeightLoader.Save(module, entry.Card, weights);
        }
        var image = folder.Write("photo.png", SampleModels.Square(64, (255, 255, 255)));
        var run = CommandLine.Run(
            [], "predict", "wide-faces", "--assembly", assembly, "-w", weights, "-o", folder["out"], "--top", "3", "--json", image).Expect(0);
        Assert.Equal(3, run.Json().GetProperty("images")[0].GetProperty("detections").GetArrayLength());
    }

    [Fact]
    public void A_project_that_does_not_build_is_a_failure_with_the_compilers_errors()
    {
        using var folder = new TemporaryFolder();
        var project = WriteProject(folder, "spec: 1\nmodel: wide-faces\nextends: ultraface-slim-32\n");
        var run = CommandLine.Run([], "list", "--project", project).Expect(1);
        Assert.Contains("does not build", run.Error);
        Assert.Contains("wide-faces.yaml(3,10): error DG0401", run.Error);
        Assert.Contains("Did you mean 'ultraface-slim-320'?", run.Error);
        Assert.Equal("", run.Output);
    }
}
