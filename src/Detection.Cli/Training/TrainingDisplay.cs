// What a training shows while it goes on: one live display on a terminal, lines now and then elsewhere.
using System.Globalization;
using Detection.Runtime;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Detection.Cli;

/// <summary>Keeps the newest report of a run and puts it into words.</summary>
/// <param name="title">What is trained, on what.</param>
internal sealed class TrainingDisplay(string title)
{
    private const int BarWidth = 40;

    private TrainingProgress? latest;
    private (DetectionScores Scores, long Iteration)? validation;
    private (double Score, long Iteration)? best;
    private string note = "measuring the speed";

    /// <summary>Takes a report over.</summary>
    public void Update(TrainingProgress progress)
    {
        latest = progress;
        note = "";
        if (progress.Validation is { } scores)
        {
            validation = (scores, progress.Iteration);
            if (!double.IsNaN(scores.MeanAveragePrecision) && !(best is { } before && before.Score >= scores.MeanAveragePrecision))
            {
                best = (scores.MeanAveragePrecision, progress.Iteration);
            }
        }
        if (best is null && progress.BestMeanAveragePrecision is { } earlier)
        {
            // A resumed run knows its best score; where it was reached stands in the checkpoint alone.
            best = (earlier, 0);
        }
    }

    /// <summary>A message of the run, for the display's last line.</summary>
    public void Tell(string message) => note = message;

    /// <summary>A report as one line.</summary>
    public static string Line(TrainingProgress progress)
    {
        var row = progress.Latest!;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"iteration {progress.Iteration} of {progress.Iterations}  epoch {progress.Epochs:0.0}  loss {row.Loss:0.000} "
            + $"(classes {row.ClassificationLoss:0.000}, boxes {row.LocalisationLoss:0.000})  rate {row.LearningRate:0.#####}  "
            + $"{progress.ImagesPerSecond:0.0} images/s  left {Time(progress.Remaining)}");
        return progress.Validation is { } scores
            ? line + string.Create(
                CultureInfo.InvariantCulture, $"  validation mAP {scores.MeanAveragePrecision:0.000} (best {progress.BestMeanAveragePrecision:0.000})")
            : line;
    }

    /// <summary>The present state as a panel.</summary>
    public IRenderable Render()
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Row(string name, IRenderable value) => grid.AddRow(new Text(name, new Style(Color.Grey)), value);
        if (latest is { Latest: { } row } progress)
        {
            Row("progress", new Columns(Bar(progress.Fraction), new Text(Percent(progress.Fraction))) { Expand = false });
            Row("iteration", new Text(Invariant($"{progress.Iteration:N0} of {progress.Iterations:N0}, epoch {progress.Epochs:0.0}")));
            Row("loss", new Text(Invariant($"{row.Loss:0.000}   classes {row.ClassificationLoss:0.000}   boxes {row.LocalisationLoss:0.000}")));
            Row("learning rate", new Text(Invariant($"{row.LearningRate:0.######}")));
            Row("speed", new Text(Invariant($"{progress.ImagesPerSecond:0.0} images/s")));
            Row("time", new Text($"{Time(progress.Elapsed)}, {Time(progress.Remaining)} left"));
        }
        if (validation is { } last)
        {
            Row("validation", new Text(Invariant($"mAP {last.Scores.MeanAveragePrecision:0.000} after {last.Iteration:N0} iterations")));
            foreach (var score in last.Scores.Classes.Where(c => c.Objects > 0).Take(8))
            {
                Row("  " + score.ClassName, new Text(Invariant($"AP {score.AveragePrecision:0.000}")));
            }
        }
        if (best is { } top)
        {
            Row("best", new Text(Invariant($"mAP {top.Score:0.000}") + (top.Iteration > 0 ? Invariant($" after {top.Iteration:N0} iterations") : ""), new Style(Color.Green)));
        }
        if (note.Length > 0)
        {
            Row("", new Text(note, new Style(Color.Grey)));
        }
        return new Panel(grid).Header(Markup.Escape(title)).Border(BoxBorder.Rounded);
    }

    /// <summary>Minutes and seconds, with hours where there are any.</summary>
    public static string Time(TimeSpan? time) => time is not { } t ? "?"
        : t.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)t.TotalHours}:{t:mm\\:ss}")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)t.TotalMinutes}:{t:ss}");

    private static Text Bar(double fraction)
    {
        var filled = (int)Math.Round(Math.Clamp(fraction, 0, 1) * BarWidth);
        return new Text(new string('━', filled) + new string('·', BarWidth - filled), new Style(Color.Green));
    }

    private static string Percent(double fraction) => Invariant($"{100 * fraction:0} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
