// Layers of a training in several steps that do not learn in the present one.
namespace Detection.Runtime;

/// <summary>Layers of a step.</summary>
public static class StepLayers
{
    /// <summary>The layers whose running statistics stay as they are in a step: shared ones that it does not train, and those that never learn.</summary>
    /// <param name="trained">Paths of the layers that the step trains.</param>
    /// <param name="shared">Paths of the layers that proposals and regions share.</param>
    /// <param name="frozen">Paths of the layers that never learn.</param>
    public static IReadOnlyList<string> Besides(IReadOnlyList<string> trained, IReadOnlyList<string> shared, IReadOnlyList<string> frozen) =>
        [.. shared.Except(trained), .. frozen];
}
