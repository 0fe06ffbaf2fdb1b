// The C# class of a model: from its name, or as the spec says; a variant adds the parameters that differ.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Diagnostics;
using Detection.Spec.Resolution;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Names generated classes.</summary>
public static class ClassNames
{
    /// <summary>Names that generated code gives to something else: types that it mentions without qualification, and members of its classes.</summary>
    public static ImmutableHashSet<string> Reserved { get; } =
    [
        "AnchorCount", "AnchorLevel", "AnchorShape", "Assert", "BatchNorm2d", "CenterSizeBoxCoder", "ColorOrder", "Conv2d", "ConvTranspose2d", "DetectionHead",
        "DetectionModels", "Dictionary", "Dropout", "Fact", "FactAttribute", "FeatureMaps", "Features", "IDisposable", "IModel", "IModelCatalog", "IReadOnlyList", "ImageClassifier", "InitialWeights", "InputSize",
        "Interpolation", "InterpolationMode", "InvalidOperationException", "L2Normalization", "LearnedScale", "Linear", "ModelCard", "ModelCatalog", "ModelCatalogAttribute", "ModelChecks", "ModelEntry",
        "ModelKind", "Module", "ModuleShapes", "MultiplyAdds", "OneStageDetector", "OneStageHead", "OneStageOutput", "ParameterCount", "PartialBatchNorm2d",
        "PostProcessing", "Preprocessing", "ResponseNormalization", "SamePaddedConv2d", "SamePadding", "ScoreActivation", "SharedKernels", "SharedModule", "SpecDocument", "SpecHash", "StateKeys", "Tensor", "WeightMap", "KeyPrefix",
        "AnchorRefinement", "BoxRegressionCoder", "CellBoxCoder", "CornerBoxCoder", "DistanceBoxCoder", "Output", "OperatorArithmetic", "Parameter", "PlainRegressionCoder", "PointRegressionCoder",
        "RefinementMaps", "RegressionMaps", "RegressionOutput",
        "ArgumentNullException", "ArgumentOutOfRangeException", "BoxConvention", "CropAndResize", "FeatureSize", "ImageFeatures", "ImageRegions", "ObjectnessLayout", "PositionSensitiveBins",
        "PositionSensitiveCrop", "PositionSensitiveRoiAlign", "PositionSensitiveRoiPooling", "PositionSensitiveSamples", "ProposalHead", "ProposalLevel", "ProposalOutput", "ProposalSelection",
        "PyramidPooling", "RegionAnchor", "RegionAttention", "RegionBoxCoder", "RegionOutput", "RegionStage", "RoiAlign", "RoiMaxPooling", "ScoreMapOrder", "SizeRounding", "TwoStageDetector",
        "TwoStageHead", "TwoStageOutput",
        "PeakActivationBytes", "ReceptiveFields", "Strides", "WeightBytes",
        "BoxMerging", "MultiScaleSettings", "TestScale", "IMixedPrecision", "MixedConv2d", "MixedLinear", "PrecisionPass", "ComputePrecision", "WeightCastBytes", "Casts", "Precision",
    ];

    /// <summary>The class of a model: <c>MobilenetV1</c>, or <c>MobilenetV1_Width0_5</c> for a variant.</summary>
    /// <param name="instance">The model and its arguments.</param>
    /// <param name="declared">The spec's <c>class:</c>, or null.</param>
    /// <param name="diagnostics">Receives a complaint about a word that cannot name a class.</param>
    public static string Of(ModelInstance instance, ScalarSyntax? declared, DiagnosticBag diagnostics)
    {
        var name = Names.Pascal(instance.ModelName);
        if (Reserved.Contains(name))
        {
            name += "Model";
        }

        if (declared is not null)
        {
            if (!Names.IsNodeName(declared.Value))
            {
                diagnostics.Report(Rules.BadName, declared, declared.Value, "a class", Names.NodeNameRule);
            }
            else if (Names.Identifier(declared.Value) != declared.Value)
            {
                diagnostics.Report(Rules.BadName, declared, declared.Value, "a class", "it is a word of C#");
            }
            else if (declared.Value[0] is >= 'a' and <= 'z')
            {
                diagnostics.Report(Rules.BadName, declared, declared.Value, "a class", "it must begin with a capital letter");
            }
            else if (Reserved.Contains(declared.Value))
            {
                diagnostics.Report(Rules.NameTaken, declared, declared.Value, "a type or member of generated code");
            }
            else
            {
                name = declared.Value;
            }
        }

        // Half of the word is enough to read; should it be that of another patch, the classes clash and are reported.
        var patch = instance.Patches.IsEmpty ? "" : "_Patch" + instance.PatchWord.Substring(0, 8);
        return name + string.Concat(instance.Arguments.Select(a =>
            "_" + Names.Pascal(a.Key) + a.Value.ToString("R", CultureInfo.InvariantCulture).Replace('.', '_').Replace("-", "Minus").Replace("+", ""))) + patch + (instance.IsMixed ? "_Bf16" : "");
    }
}
