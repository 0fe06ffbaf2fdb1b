// Losses of several parts of a network, weighted against each other.
namespace Detection.Runtime;

/// <summary>Weights of losses.</summary>
public static class LossWeights
{
    /// <summary>Losses of less or more weight beside others.</summary>
    /// <param name="parts">The losses.</param>
    /// <param name="weight">Multiplies each of them.</param>
    /// <returns>Tensors of the current dispose scope.</returns>
    public static LossParts Times(this LossParts parts, double weight)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts with { Total = parts.Total * weight, Classification = parts.Classification * weight, Localisation = parts.Localisation * weight };
    }
}
