// The log of a run as a picture: losses above, validation scores below, over the same axis of epochs. SVG, without any library.
using System.Globalization;
using System.Text;

namespace Detection.Runtime;

/// <summary>Draws the log of a run.</summary>
public static class TrainingCurves
{
    private const int Width = 900;
    private const int Left = 76;
    private const int Right = 24;
    private const int PanelHeight = 250;
    private const int FirstTop = 56;
    private const int Gap = 74;

    // More points than pixels draw nothing more.
    private const int MostPoints = 700;

    private static readonly (string Name, string Color, Func<TrainingLogRow, double?> Value)[] Losses =
    [
        ("total", "#1f4e79", row => row.Loss),
        ("classes", "#d1622b", row => row.ClassificationLoss),
        ("boxes", "#3a8f5c", row => row.LocalisationLoss),
    ];

    private static readonly (string Name, string Color, Func<TrainingLogRow, double?> Value)[] Scores =
    [
        ("validation", "#7a3e9d", row => row.MeanAveragePrecision),
    ];

    /// <summary>An SVG document of the losses and, where there are any, the validation scores.</summary>
    /// <param name="rows">Rows of the log, oldest first.</param>
    /// <param name="title">What stands above.</param>
    public static string Draw(IReadOnlyList<TrainingLogRow> rows, string title = "Training")
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(title);
        var hasScores = rows.Any(row => row.MeanAveragePrecision is not null);
        var height = FirstTop + PanelHeight + 60 + (hasScores ? PanelHeight + Gap : 0);
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" ");
        Add(svg, $"font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#333\">\n");
        Add(svg, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        Add(svg, $"<text x=\"{Left}\" y=\"28\" font-size=\"18\" fill=\"#111\">{System.Security.SecurityElement.Escape(title)}</text>\n");
        var epochs = Axis.Over(0, rows.Count == 0 ? 1 : Math.Max(rows[^1].Epochs, 1e-6), 8);
        DrawPanel(svg, rows, FirstTop, "loss per object", epochs, Axis.Over(0, HighestLoss(rows), 5), Losses, hasPoints: false);
        if (hasScores)
        {
            DrawPanel(svg, rows, FirstTop + PanelHeight + Gap, "mAP on the validation images", epochs, new Axis(0, 1, 0.2), Scores, hasPoints: true);
        }
        return svg.Append("</svg>\n").ToString();
    }

    // The first steps of a training are often tens of times as high as all others; they may leave the picture.
    private static double HighestLoss(IReadOnlyList<TrainingLogRow> rows)
    {
        double[] sorted = [.. rows.Select(row => row.Loss).Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? 1 : Math.Max(Math.Min(sorted[^1], 1.6 * sorted[(int)(0.95 * (sorted.Length - 1))]), 1e-6);
    }

    private static void DrawPanel(
        StringBuilder svg, IReadOnlyList<TrainingLogRow> rows, int top, string label, Axis x, Axis y,
        (string Name, string Color, Func<TrainingLogRow, double?> Value)[] series, bool hasPoints)
    {
        var (bottom, right) = (top + PanelHeight, Width - Right);
        double X(double value) => Left + (right - Left) * (value - x.From) / (x.To - x.From);
        double Y(double value) => bottom - PanelHeight * (Math.Clamp(value, y.From, y.To) - y.From) / (y.To - y.From);
        foreach (var tick in y.Ticks)
        {
            Add(svg, $"<line x1=\"{Left}\" x2=\"{right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\" stroke=\"#e4e4e4\"/>");
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{tick:0.######}</text>\n");
        }
        foreach (var tick in x.Ticks)
        {
            Add(svg, $"<line x1=\"{X(tick):0.#}\" x2=\"{X(tick):0.#}\" y1=\"{bottom}\" y2=\"{bottom + 5}\" stroke=\"#888\"/>");
            Add(svg, $"<text x=\"{X(tick):0.#}\" y=\"{bottom + 20}\" text-anchor=\"middle\">{tick:0.######}</text>\n");
        }
        Add(svg, $"<path d=\"M{Left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"#888\"/>\n");
        Add(svg, $"<text x=\"{(Left + right) / 2}\" y=\"{bottom + 42}\" text-anchor=\"middle\">epochs</text>\n");
        Add(svg, $"<text transform=\"translate(20 {(top + bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{label}</text>\n");
        for (var i = 0; i < series.Length; i++)
        {
            var (name, color, value) = series[i];
            var points = Points(rows, value);
            if (points.Count > 1)
            {
                Add(svg, $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.8\" stroke-linejoin=\"round\" points=\"");
                foreach (var (at, of) in points)
                {
                    Add(svg, $"{X(at):0.#},{Y(of):0.#} ");
                }
                svg.Append("\"/>\n");
            }
            if (hasPoints || points.Count == 1)
            {
                foreach (var (at, of) in points)
                {
                    Add(svg, $"<circle cx=\"{X(at):0.#}\" cy=\"{Y(of):0.#}\" r=\"3\" fill=\"{color}\"><title>{of:0.000}</title></circle>\n");
                }
            }
            var legend = right - 110 * (series.Length - i);
            Add(svg, $"<line x1=\"{legend}\" x2=\"{legend + 22}\" y1=\"{top - 12}\" y2=\"{top - 12}\" stroke=\"{color}\" stroke-width=\"3\"/>");
            Add(svg, $"<text x=\"{legend + 28}\" y=\"{top - 8}\">{name}</text>\n");
        }
    }

    // Of a long log, means over equal stretches.
    private static List<(double At, double Value)> Points(IReadOnlyList<TrainingLogRow> rows, Func<TrainingLogRow, double?> value)
    {
        var all = new List<(double At, double Value)>();
        foreach (var row in rows)
        {
            if (value(row) is { } number && double.IsFinite(number))
            {
                all.Add((row.Epochs, number));
            }
        }
        if (all.Count <= MostPoints)
        {
            return all;
        }
        var stretch = (all.Count + MostPoints - 1) / MostPoints;
        return [.. all.Chunk(stretch).Select(part => (part.Average(p => p.At), part.Average(p => p.Value)))];
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>An axis whose ticks are round numbers: 1, 2 or 5 times a power of ten apart.</summary>
    private readonly record struct Axis(double From, double To, double Step)
    {
        public IEnumerable<double> Ticks
        {
            get
            {
                for (var i = 0; From + i * Step <= To * (1 + 1e-9); i++)
                {
                    yield return From + i * Step;
                }
            }
        }

        public static Axis Over(double from, double to, int ticks)
        {
            var raw = (to - from) / ticks;
            var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
            var step = power * (raw / power) switch
            {
                <= 1 => 1,
                <= 2 => 2,
                <= 5 => 5,
                _ => 10,
            };
            return new Axis(from, to, step);
        }
    }
}
