// SSD's last step: the crop is brought to the input's size by one of several interpolations, so that a network does not learn the traces of one.
using System.Collections.Immutable;

namespace Detection.Runtime;

/// <summary>How pixels are interpolated when an image of the training is brought to the input's size: one kind is drawn for each, all equally likely.</summary>
public sealed record RandomInterpolation
{
    /// <summary>The kinds; the five of the released SSD code.</summary>
    public ImmutableArray<Interpolation> Kinds { get; init; } =
        [Interpolation.Bilinear, Interpolation.Area, Interpolation.Nearest, Interpolation.Bicubic, Interpolation.Lanczos];

    /// <summary>Equal in the kinds and their order.</summary>
    public bool Equals(RandomInterpolation? other) => other is not null && Kinds.SequenceEqual(other.Kinds);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The kinds by name: two with the same text draw the same.</summary>
    public override string ToString() => $"RandomInterpolation {{ Kinds = [{string.Join(", ", Kinds)}] }}";

    internal void Check()
    {
        AugmentationSettings.Require(!Kinds.IsDefaultOrEmpty, nameof(Kinds), "an empty list", "has at least one kind");
        foreach (var kind in Kinds)
        {
            AugmentationSettings.Require(Enum.IsDefined(kind), nameof(Kinds), kind, "are interpolations");
        }
    }

    internal Interpolation Draw(ref RandomStream random) => Kinds[random.Below(Kinds.Length)];
}
