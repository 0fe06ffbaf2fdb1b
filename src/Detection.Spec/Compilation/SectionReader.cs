// The sections `input:` and `preprocess:`.
using System.Collections.Immutable;
using Detection.Spec.Diagnostics;
using Detection.Spec.Operators;
using Detection.Spec.Resolution;
using Detection.Spec.Shapes;
using Detection.Spec.Syntax;

namespace Detection.Spec.Compilation;

/// <summary>Reads the plain sections of a spec.</summary>
internal static class SectionReader
{
    public static InputDeclaration? Input(MappingSyntax root, DiagnosticBag diagnostics)
    {
        if (Section(root, "input", diagnostics) is not { } section)
        {
            if (root["input"] is null)
            {
                diagnostics.Report(Rules.MissingKey, root["model"] ?? root, "the spec", "input");
            }

            return null;
        }

        var values = AttributeReader.Read(section, InputDeclaration.Attributes, [], Scope.Empty, "'input'", section, diagnostics);
        if (values is null)
        {
            return null;
        }

        var (size, minimum, maximum, multiple) = (values["size"], values.Find("minimum"), values.Find("maximum"), values.Find("multipleOf"));
        var height = Domain(size.First, minimum?.First, maximum?.First, multiple?.First);
        var width = Domain(size.Second, minimum?.Second, maximum?.Second, multiple?.Second);
        var isRight = true;
        foreach (var (domain, nominal, axis) in new[] { (height, size.First, "height"), (width, size.Second, "width") })
        {
            // What is wrong with one number for both axes is said once.
            if (axis == "width" && (width, size.Second).Equals((height, size.First)))
            {
                break;
            }

            if (domain.Maximum < domain.Minimum)
            {
                diagnostics.Report(Rules.OutOfRange, section["maximum"] ?? section, "maximum", $"{domain.Maximum} in {axis}", $"at least the smallest allowed size, {domain.Minimum}");
                isRight = false;
            }
            else if (!domain.Contains(nominal))
            {
                diagnostics.Report(Rules.OutOfRange, section["size"]!, "size", $"{nominal} in {axis}", domain);
                isRight = false;
            }
        }

        return isRight ? new InputDeclaration(values["channels"].Integer, size.First, size.Second, height, width) : null;
    }

    public static PreprocessingDeclaration? Preprocessing(MappingSyntax root, long? channels, DiagnosticBag diagnostics)
    {
        var section = Section(root, "preprocess", diagnostics);
        var values = AttributeReader.Read(section, PreprocessingDeclaration.Attributes, [], Scope.Empty, "'preprocess'", root, diagnostics);
        if (values is null || channels is null)
        {
            return null;
        }

        var (mean, std) = (Channelwise("mean"), Channelwise("std"));
        var (shortSide, longSide) = (values.Find("shortSide")?.Integer, values.Find("longSide")?.Integer);
        if (longSide is not null && !(shortSide <= longSide))
        {
            diagnostics.Report(Rules.OutOfRange, section!["longSide"]!, "longSide", longSide, shortSide is null ? "left out without 'shortSide'" : $"at least 'shortSide', {shortSide}");
            return null;
        }

        return mean is { } m && std is { } s
            ? new PreprocessingDeclaration(values["color"].Word, m, s, values["interpolation"].Word) { ShortSide = shortSide, LongSide = longSide, Rounding = values["rounding"].Word }
            : null;

        EquatableArray<double>? Channelwise(string name)
        {
            var list = values[name].List;
            if (list.Count == 1)
            {
                return new([.. Enumerable.Repeat(list[0], (int)channels)]);
            }

            if (list.Count == channels)
            {
                return list;
            }

            diagnostics.Report(Rules.OutOfRange, section![name]!, name, $"a list of {list.Count} numbers", $"a list of one number, or of one for each of the {channels} channels");
            return null;
        }
    }

    private static MappingSyntax? Section(MappingSyntax root, string key, DiagnosticBag diagnostics)
    {
        switch (root[key])
        {
            case null:
                return null;
            case MappingSyntax map:
                return map;
            case var other:
                diagnostics.Report(Rules.WrongType, other, key, "a map", other.Kind);
                return null;
        }
    }

    private static SizeDomain Domain(long nominal, long? minimum, long? maximum, long? multiple)
    {
        if (minimum is null && maximum is null && multiple is null)
        {
            return SizeDomain.Exactly(nominal);
        }

        var step = multiple ?? 1;
        var least = Math.Max(minimum ?? step, 1);
        return new SizeDomain((least + step - 1) / step * step, maximum, step);
    }
}
