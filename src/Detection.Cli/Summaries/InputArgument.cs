// --input CxHxW: parsed, and compared with what the spec allows.
using System.Globalization;
using Detection.Runtime;
using Detection.Spec.Compilation;
using Detection.Spec.Shapes;

namespace Detection.Cli;

internal static class InputArgument
{
    private const int Largest = 100_000;

    /// <summary>Reads a size such as 3x224x224; null when the text is none.</summary>
    public static InputSize? Parse(string text)
    {
        int[] extents = [.. text.Split('x', 'X').Select(Extent)];
        return extents is [var channels, var height, var width] && extents.All(e => e is >= 1 and <= Largest)
            ? new InputSize(channels, height, width)
            : null;

        static int Extent(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }

    /// <summary>The input that a spec was written for.</summary>
    public static InputSize Nominal(CompiledModel model) => new((int)model.Input.Channels, (int)model.Input.Height, (int)model.Input.Width);

    /// <summary>The sizes that a spec allows, in words.</summary>
    public static string Allowed(CompiledModel model) =>
        Figures.Plural(model.Input.Channels, "channel") + (model.Input.HeightDomain == model.Input.WidthDomain
            ? $"; height and width {model.Input.HeightDomain}"
            : $"; height {model.Input.HeightDomain}; width {model.Input.WidthDomain}");

    /// <exception cref="FailureException">The spec does not allow this size.</exception>
    public static void Check(CompiledModel model, InputSize input)
    {
        string[] problems =
        [
            .. input.Channels == model.Input.Channels ? (string[])[] : [$"{Figures.Plural(input.Channels, "channel")}"],
            .. Contains(model.Input.HeightDomain, input.Height) ? (string[])[] : [$"height {input.Height}"],
            .. Contains(model.Input.WidthDomain, input.Width) ? (string[])[] : [$"width {input.Width}"],
        ];
        if (problems.Length > 0)
        {
            throw new FailureException(
                $"{model.Name} does not take an input of {input} ({string.Join(", ", problems)}); its spec allows {Allowed(model)}.");
        }
    }

    private static bool Contains(SizeDomain domain, long size) =>
        size >= domain.Minimum && !(size > domain.Maximum) && (size - domain.Minimum) % domain.Step == 0;
}
