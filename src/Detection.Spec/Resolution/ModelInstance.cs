// A model with values for its parameters: what decides the structure of a generated class.
using System.Collections.Immutable;
using System.Globalization;

namespace Detection.Spec.Resolution;

/// <summary>A model and the parameters that differ from its defaults. Value-equal.</summary>
public sealed record ModelInstance(string ModelName, ImmutableSortedDictionary<string, double> Arguments)
{
    /// <summary>Whether every parameter has its default.</summary>
    public bool IsDefault => Arguments.IsEmpty;

    /// <inheritdoc/>
    public bool Equals(ModelInstance? other) =>
        other is not null && ModelName == other.ModelName && Arguments.SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((ModelName.GetHashCode() * 31) + Arguments.Count);

    /// <summary><c>mobilenet-v1</c> or <c>mobilenet-v1(width=0.5)</c>.</summary>
    public override string ToString() => IsDefault
        ? ModelName
        : ModelName + "(" + string.Join(", ", Arguments.Select(a => a.Key + "=" + a.Value.ToString("R", CultureInfo.InvariantCulture))) + ")";
}
