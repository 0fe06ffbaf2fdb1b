// What a training shows: a live display on a terminal, one line per report elsewhere.
using Detection.Runtime;
using Xunit;

namespace Detection.Cli.Tests;

public class TrainingDisplayTests
{
    private static readonly TrainingProgress Report = new()
    {
        Iteration = 1230,
        Iterations = 2860,
        Epochs = 33.2,
        Fraction = 0.43,
        Elapsed = TimeSpan.FromSeconds(62),
        Remaining = TimeSpan.FromSeconds(3700),
        ImagesPerSecond = 91.26,
        Latest = new TrainingLogRow(1230, 33.2, 62, 0.02, 2.3456, 1.5, 0.8456, null),
    };

    private static DetectionScores Scores(double averagePrecision) =>
        new([new ClassAveragePrecision(0, "cell", averagePrecision, 10, 8, 4, 0.8)], 0.5, AveragePrecisionRule.Area, 5, 12);

    [Fact]
    public void A_report_is_one_line() => Assert.Equal(
        "iteration 1230 of 2860  epoch 33.2  loss 2.346 (classes 1.500, boxes 0.846)  rate 0.02  91.3 images/s  left 1:01:40",
        TrainingDisplay.Line(Report));

    [Fact]
    public void A_validation_stands_at_the_end_of_its_line() => Assert.EndsWith(
        "left 1:01:40  validation mAP 0.512 (best 0.600)",
        TrainingDisplay.Line(Report with { Validation = Scores(0.512), BestMeanAveragePrecision = 0.6 }));

    [Fact]
    public void A_terminal_shows_losses_rate_speed_time_and_validation()
    {
        var shown = Shown(display =>
        {
            display.Update(Report with { Validation = Scores(0.6), BestMeanAveragePrecision = 0.6, Iteration = 1000 });
            display.Update(Report with { Validation = Scores(0.512), BestMeanAveragePrecision = 0.6 });
        });
        foreach (var text in new[]
        {
            "ssd on [cells]", "43 %", "1,230 of 2,860, epoch 33.2", "2.346   classes 1.500   boxes 0.846", "0.02", "91.3 images/s", "1:02, 1:01:40 left",
            "mAP 0.512 after 1,230 iterations", "AP 0.512", "mAP 0.600 after 1,000 iterations",
        })
        {
            Assert.Contains(text, shown);
        }
    }

    [Fact]
    public void A_message_shows_until_the_next_report()
    {
        var shown = Shown(display => display.Tell("the disk is slow"));
        Assert.Contains("the disk is slow", shown);
        Assert.DoesNotContain("the disk is slow", Shown(display =>
        {
            display.Tell("the disk is slow");
            display.Update(Report);
        }));
    }

    [Fact]
    public void Redirected_output_gets_no_display()
    {
        using var output = new StringWriter();
        var terminal = Terminal.OfWriters(output, TextWriter.Null);
        var wasThere = true;
        terminal.WithDisplay(new TrainingDisplay("x").Render, quietOutput: false, redraw => wasThere = redraw is not null);
        Assert.False(wasThere);
        Assert.Equal("", output.ToString());
    }

    private static string Shown(Action<TrainingDisplay> happen)
    {
        using var output = new StringWriter();
        var terminal = Terminal.Simulated(output, TextWriter.Null, width: 100, noColor: "1");
        var display = new TrainingDisplay("ssd on [cells]");
        terminal.WithDisplay(display.Render, quietOutput: false, redraw =>
        {
            happen(display);
            output.GetStringBuilder().Clear();
            redraw!();
        });
        return output.ToString();
    }
}
