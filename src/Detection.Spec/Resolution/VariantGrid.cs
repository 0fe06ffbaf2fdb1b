// A grid of models: axes with values, and the points that are left of their product. A point knows the layers of its model.
using System.Collections.Immutable;
using Detection.Spec.Syntax;

namespace Detection.Spec.Resolution;

/// <summary>A value of an axis.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Overlay">What it lays over the spec; null when it only has a name.</param>
/// <param name="Texts">Words for <c>{axis.word}</c>.</param>
public sealed record GridValue(string Name, MappingSyntax? Overlay, ImmutableSortedDictionary<string, string> Texts);

/// <summary>An axis.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its values, in the order in which they stand.</param>
public sealed record GridAxis(string Name, ImmutableArray<GridValue> Values);

/// <summary>The grid of models that one document spans.</summary>
public sealed class VariantGrid
{
    private static readonly ImmutableHashSet<string> NotLaid = ["variants", "expect"];

    private readonly MappingSyntax root;

    internal VariantGrid(MappingSyntax root, ImmutableArray<GridAxis> axes, IEnumerable<ImmutableArray<GridValue>> points, Func<GridHoles, ScalarSyntax> nameOf)
    {
        this.root = root;
        Axes = axes;
        Points = [.. points.Select(values => new GridPoint(this, values, nameOf(new GridHoles(axes, values))))];
    }

    /// <summary>The axes, in the order in which their overlays are laid.</summary>
    public ImmutableArray<GridAxis> Axes { get; }

    /// <summary>The points; the first axis changes slowest.</summary>
    public ImmutableArray<GridPoint> Points { get; }

    // Every layer's expectations hold, so they add up in the lowest layer instead of replacing each other.
    internal ImmutableArray<MappingSyntax> LayersOf(GridPoint point)
    {
        var holes = new GridHoles(Axes, point.Values);
        var written = new[] { root }.Concat(point.Values.Select(v => v.Overlay)).OfType<MappingSyntax>().ToArray();
        var expectations = written.SelectMany(layer => Expectations(layer, holes)).ToImmutableArray();
        var layers = written.Select((layer, i) => new MappingSyntax(
            layer.Source,
            layer.Span,
            [
                .. layer.Entries.Where(e => !NotLaid.Contains(e.Name)).Select(e => i == 0 && e.Name == "model" ? new MappingEntry(e.Key, point.Name) : holes.Fill(e)),
                .. i > 0 || expectations.IsEmpty ? [] : new[] { new MappingEntry(expectations[0].Key, new SequenceSyntax(layer.Source, expectations[0].Key.Span, [.. expectations.Select(e => e.Value)])) },
            ]));
        return [.. layers];
    }

    private static IEnumerable<MappingEntry> Expectations(MappingSyntax layer, GridHoles holes)
    {
        if (!layer.TryGet("expect", out var entry))
        {
            yield break;
        }

        foreach (var item in entry.Value is SequenceSyntax list ? list.Items : [entry.Value])
        {
            if (item is not MappingSyntax map)
            {
                yield return new MappingEntry(entry.Key, item);
            }
            else if (map["for"] is not MappingSyntax selector || holes.IsAt(selector))
            {
                yield return new MappingEntry(
                    entry.Key, holes.Fill(new MappingSyntax(map.Source, map.Span, [.. map.Entries.Where(e => e.Name != "for")])));
            }
        }
    }
}

/// <summary>A point of a grid: a model of its own.</summary>
public sealed class GridPoint
{
    private readonly VariantGrid grid;

    internal GridPoint(VariantGrid grid, ImmutableArray<GridValue> values, ScalarSyntax name)
    {
        this.grid = grid;
        Values = values;
        Name = name;
    }

    /// <summary>Its value on each axis.</summary>
    public ImmutableArray<GridValue> Values { get; }

    /// <summary>The model's name, standing where the grid's <c>model</c> stands.</summary>
    public ScalarSyntax Name { get; }

    /// <summary>The spec and the overlays, with the holes filled.</summary>
    internal ImmutableArray<MappingSyntax> Layers() => grid.LayersOf(this);
}
