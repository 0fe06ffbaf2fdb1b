// How a tensor looks as text.
using System.Globalization;
using System.Text;

namespace TorchSharp;

/// <summary>The ways to print a tensor.</summary>
public enum TensorStringStyle
{
    /// <summary>Shape, type and device only.</summary>
    Metadata,

    /// <summary>Shape, type and device, then the rows.</summary>
    Julia,

    /// <summary>Nested brackets.</summary>
    Numpy,

    /// <summary>An array initialiser.</summary>
    CSharp,

    /// <summary>The style torch.TensorStringStyle names.</summary>
    Default,
}

internal static class TensorText
{
    internal static string Metadata(torch.Tensor tensor) =>
        $"[{string.Join('x', tensor.shape)}], type = {tensor.dtype}, device = {tensor.device}";

    internal static string Format(
        torch.Tensor tensor, TensorStringStyle style, string? number, int? width, CultureInfo? culture, string? newLine)
    {
        if (style == TensorStringStyle.Default)
            style = torch.TensorStringStyle;
        if (style == TensorStringStyle.Metadata || tensor.is_meta)
            return Metadata(tensor);

        using var none = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var writer = new Writer(number ?? torch.floatFormat, culture ?? CultureInfo.CurrentCulture, newLine ?? torch.newLine, style);
        var local = tensor.detach().cpu();
        return style switch
        {
            TensorStringStyle.Julia => $"{Metadata(tensor)}{writer.NewLine} {writer.Nested(local, 1)}",
            TensorStringStyle.CSharp => $"{Metadata(tensor)}, value = {writer.Nested(local, 0)}",
            _ => writer.Nested(local, 0),
        };
    }

    private sealed class Writer(string number, CultureInfo culture, string newLine, TensorStringStyle style)
    {
        internal string NewLine => newLine;

        internal string Nested(torch.Tensor tensor, int indent)
        {
            if (tensor.Dimensions == 0)
                return Value(tensor);
            var text = new StringBuilder().Append(style == TensorStringStyle.CSharp ? '{' : '[');
            var extent = tensor.size(0);
            var limit = tensor.Dimensions == 1 ? torch.maxColumns : torch.maxRows;
            var tail = limit / 2;
            var comma = style == TensorStringStyle.Numpy ? "" : ",";
            var separator = tensor.Dimensions == 1 ? ", " : comma + newLine + new string(' ', indent + 1);
            var first = true;
            for (long i = 0; i < extent; i++)
            {
                if (!first)
                    text.Append(separator);
                first = false;
                if (extent > limit && i == limit - tail)
                {
                    text.Append("...");
                    i = extent - tail - 1;
                    continue;
                }
                using var row = tensor[i];
                text.Append(Nested(row, indent + 1));
            }
            return text.Append(style == TensorStringStyle.CSharp ? '}' : ']').ToString();
        }

        private string Value(torch.Tensor tensor)
        {
            var value = tensor.ToScalar();
            return value.Type switch
            {
                torch.ScalarType.Bool => value.ToBoolean() ? "true" : "false",
                torch.ScalarType.Int64 => value.ToInt64().ToString(culture),
                torch.ScalarType.Float64 => value.ToDouble().ToString(number, culture),
                _ => value.ToComplexFloat64().ToString(number, culture),
            };
        }
    }
}

public static partial class torch
{
    public const TensorStringStyle julia = TensorStringStyle.Julia;
    public const TensorStringStyle numpy = TensorStringStyle.Numpy;
    public const TensorStringStyle csharp = TensorStringStyle.CSharp;

    /// <summary>The style of TensorStringStyle.Default.</summary>
    public static TensorStringStyle TensorStringStyle
    {
        get;
        set => field = value != TensorStringStyle.Default
            ? value
            : throw new ArgumentException("The style cannot be set to 'Default'");
    } = TensorStringStyle.Julia;

    internal static string floatFormat = "g5";
    internal static string newLine = Environment.NewLine;
    internal static int lineWidth = 100;
    internal static int maxRows = 6;
    internal static int maxColumns = 6;

    public static void set_printoptions(
        int precision, int? linewidth = null, string? newLine = null, bool sci_mode = false, int? maxRows = null, int? maxColumns = null) =>
        set_printoptions(null, sci_mode ? $"E{precision}" : $"F{precision}", linewidth, newLine, maxRows, maxColumns);

    public static void set_printoptions(
        TensorStringStyle? style = null, string? floatFormat = null, int? linewidth = null, string? newLine = null,
        int? maxRows = null, int? maxColumns = null)
    {
        TensorStringStyle = style ?? TensorStringStyle;
        torch.floatFormat = floatFormat ?? torch.floatFormat;
        torch.lineWidth = linewidth ?? torch.lineWidth;
        torch.newLine = newLine ?? torch.newLine;
        torch.maxRows = maxRows ?? torch.maxRows;
        torch.maxColumns = maxColumns ?? torch.maxColumns;
    }
}
