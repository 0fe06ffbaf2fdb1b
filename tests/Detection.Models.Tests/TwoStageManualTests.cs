// What the page about two-stage detectors shows compiles against the runtime as it is.
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Detection.Models.Tests;

public sealed partial class TwoStageManualTests
{
    // What each example of the page takes from its surroundings, in the page's order.
    private static readonly string[] Surroundings =
    [
        "TwoStageDetector detector, IReadOnlyList<RgbImage> images, IReadOnlyList<IReadOnlyList<Box>> proposals",
        "TwoStageDetector model, TrainingRun run, OptimizerHelper optimizer, LearningRateSchedule schedule, AnchorSampling anchorSampling, RegionSampling regionSampling, "
            + "ProposalSelection selection, ProposalLoss proposalLoss, RegionLoss regionLoss",
        "TwoStageDetector model, ImageFeatures features, Tensor regions, TrainingGroup group, OnlineHardExamples hard, RegionLoss regionLoss",
        "TwoStageDetector model, TrainingRun run, OptimizerHelper optimizer, LearningRateSchedule schedule, RegionBoxCoder coder, int classes, StoredProposals proposals, "
            + "DetectionDataset dataset, TorchSharp.Modules.Linear boxes",
        "TwoStageDetector model, DetectionDataset training, TrainingSettings settings",
        "TwoStageDetector model, TrainingRun run, ProposalSelection selection, string[] sharedAndProposals, string[] sharedAndRegions, string[] proposalLayers, string[] regionLayers, "
            + "Func<TwoStageDetector, TrainingRun, string[], TrainingOutcome> trainProposals, Func<TwoStageDetector, TrainingRun, string[], TrainingOutcome> trainRegions",
        "TwoStageDetector model, TrainingRun run, Func<TwoStageDetector, TrainingRun, TrainingOutcome> trainNetwork",
        "TwoStageDetector compressed",
    ];

    [Fact]
    public void Every_example_compiles()
    {
        var examples = Fence().Matches(File.ReadAllText(Page)).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(Surroundings.Length, examples.Length);
        var methods = examples.Zip(Surroundings, (code, parameters) => (code, parameters)).Select((example, i) =>
            $"static TrainingOutcome? Example{i}({example.parameters}) {{ {example.code}\n return null; }}");
        var program = $$"""
            #nullable enable
            using System;
            using System.Collections.Generic;
            using System.Collections.Immutable;
            using Detection.Runtime;
            using TorchSharp;
            using TorchSharp.Modules;
            using static TorchSharp.torch;
            static class Page
            {
            {{string.Join('\n', methods)}}
            }
            """;
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "TwoStagePage", [CSharpSyntaxTree.ParseText(program)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    private static string Page
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Detection.Gen.sln")))
            {
                folder = folder.Parent;
            }
            return Path.Combine(folder.FullName, "docs", "two-stage.md");
        }
    }

    [GeneratedRegex("^```csharp\\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
