// What the README and the page about training promise: their programs compile and run, the specs compile.
using System.Reflection;
using System.Text.RegularExpressions;
using Detection.Models.Ssd;
using Detection.Runtime;
using Detection.Runtime.Tests;
using Detection.Spec.Compilation;
using Detection.Spec.Resolution;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using SpecDocument = Detection.Spec.Resolution.SpecDocument;

namespace Detection.Models.Tests;

public sealed partial class ReadmeTests
{
    [Fact]
    public void The_ten_line_program_compiles_and_prints_what_it_detects()
    {
        using var folder = new TemporaryFolder();
        using (var untrained = new UltraFaceSlim320())
        {
            WeightLoader.Save(untrained, UltraFaceSlim320.ModelCard, folder["weights.safetensors"]);
        }

        new RgbImage(64, 48).Save(folder["image.png"]);
        var output = Run(Compile(Fences("csharp").First()), [folder["weights.safetensors"], folder["image.png"]]);

        // Untrained weights may or may not pass the threshold; what is printed are detections.
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^face \d\.\d\d at Box", line));
    }

    [Fact]
    public void Every_spec_of_the_readme_compiles()
    {
        var library = Directory.GetFiles(Path.Combine(Root, "models"), "*.yaml", SearchOption.AllDirectories)
            .Select(file => ParsedSpec.Parse(new SpecDocument(Path.GetFileName(file), File.ReadAllText(file)))).ToArray();
        var specs = Fences("yaml").Select(text => ParsedSpec.Parse(new SpecDocument("README.md", text))).ToArray();
        Assert.NotEmpty(specs);
        Assert.All(specs, spec => Assert.Empty(SpecCompiler.Compile(spec, new SpecLibrary([.. library, spec])).Diagnostics));
    }

    [Fact]
    public void The_program_that_trains_on_a_folder_runs_and_goes_on()
    {
        using var folder = new TemporaryFolder();
        RenderedDataset.Write(folder["data"], images: 4, seed: 1);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder["data"], "Annotations")))
        {
            File.WriteAllText(file, AnyName().Replace(File.ReadAllText(file), "<name>raccoon</name>"));
        }
        File.Delete(Path.Combine(folder["data"], "classes.txt"));
        var program = Compile(Fences("csharp", "docs/training.md").First());

        Assert.Matches(@"^2 steps: mAP@0\.5 \d\.\d{3}", Run(program, [folder["data"], folder["run"]]));
        Assert.Matches(@"^2 steps: mAP@0\.5 \d\.\d{3}", Run(program, [folder["data"], folder["run"]]));
    }

    [Fact]
    public void The_program_that_switches_casts_off_says_how_many_there_are() =>
        Assert.Matches(@"^\d+ casts; \d+ bytes in BFloat16$", Run(Compile(Fences("csharp", "docs/training.md").ElementAt(1)), []).Trim());

    [Fact]
    public void The_program_with_batches_of_its_own_trains()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal("2 steps", Run(Compile(Fences("csharp", "docs/training.md").Last()), [folder["run"]]).Trim());
        Assert.True(File.Exists(folder["run/final.safetensors"]));
    }

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Detection.Gen.sln")))
            {
                folder = folder.Parent;
            }

            return folder.FullName;
        }
    }

    private static IEnumerable<string> Fences(string language, string page = "README.md") =>
        Fence().Matches(File.ReadAllText(Path.Combine(Root, page))).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    private static Assembly Compile(string program)
    {
        const string implicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "ReadmeProgram", [CSharpSyntaxTree.ParseText(implicitUsings), CSharpSyntaxTree.ParseText(program)], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join(Environment.NewLine, result.Diagnostics));
        return Assembly.Load(image.ToArray());
    }

    private static string Run(Assembly program, string[] arguments)
    {
        var before = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            program.EntryPoint!.Invoke(null, [arguments]);
        }
        finally
        {
            Console.SetOut(before);
        }

        return output.ToString();
    }

    [GeneratedRegex("<name>[^<]*</name>")]
    private static partial Regex AnyName();

    [GeneratedRegex("^```(\\w+)\\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
