// The models that come with detgen.
using Detection.Runtime;

namespace Detection.Cli;

internal static class ShippedModels
{
    /// <summary>Their catalogues, a family each.</summary>
    public static IReadOnlyList<IModelCatalog> Catalogs { get; } =
    [
        new Detection.Models.Backbones.DetectionModels(),
        new Detection.Models.Ssd.DetectionModels(),
        new Detection.Models.RefineDet.DetectionModels(),
        new Detection.Models.Rcnn.DetectionModels(),
        new Detection.Models.OneStage.DetectionModels(),
        new Detection.Models.RFcn.DetectionModels(),
        new Detection.Models.LightHeadRcnn.DetectionModels(),
        new Detection.Models.MetaArchitectures.DetectionModels(),
        new Detection.Models.GRcn.DetectionModels(),
    ];
}
