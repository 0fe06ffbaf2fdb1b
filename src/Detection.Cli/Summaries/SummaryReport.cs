// A summary for people: a few lines, then tables.
namespace Detection.Cli;

internal static class SummaryReport
{
    public static void Write(ModelSummary summary, Terminal terminal)
    {
        terminal.Heading($"{summary.Model}: {summary.Kind}, input {summary.Input}");
        foreach (var line in new[] { summary.Summary, summary.Source }.Where(text => text.Length > 0))
        {
            terminal.Line(line);
        }
        terminal.Line();
        terminal.Show(Nodes(summary));
        terminal.Line();
        var totals = summary.Totals;
        terminal.Line(
            $"{Figures.Plural(totals.Operators, "operator")}, {Figures.Plural(totals.Parameters, "parameter")}"
            + (totals.Statistics > 0 ? $" and {Figures.Plural(totals.Statistics, "statistic")}" : "")
            + $", {Figures.Plural(totals.MultiplyAdds, "multiply-add")}, {Figures.Plural(totals.Activations, "activation")}");
        if (totals.Casts is { } casts)
        {
            terminal.Line($"computes in bfloat16 where an operator can: {Figures.Plural(casts, "cast")}, weights not counted");
        }
        terminal.Line(Memory(summary.Memory));
        terminal.Line($"allowed input: {summary.AllowedInput}");
        terminal.Line($"spec hash: {summary.SpecHash}");
        if (summary.Detection is { } detection)
        {
            terminal.Line();
            terminal.Heading(
                $"{Figures.Plural(detection.BoxCount, "default box", "default boxes")}, {Figures.Plural(detection.Classes, "class", "classes")}, "
                + $"{Figures.Plural(detection.ScoresPerBox, "score")} per box ({detection.Scores})");
            terminal.Show(Levels(detection));
        }
        else if (summary.Regions is { } regions)
        {
            terminal.Line();
            terminal.Heading($"{Figures.Plural(regions.AnchorCount, "anchor")}, {Figures.Plural(regions.Classes, "class", "classes")}");
            if (!regions.Levels.IsEmpty)
            {
                terminal.Show(AnchorLevels(regions));
            }
            terminal.Show(Stages(regions));
        }
        else if (summary.Outputs.Length > 1 || summary.Outputs.Any(o => o.Name is not null))
        {
            terminal.Line();
            terminal.Heading("outputs");
            terminal.Show(Outputs(summary));
        }
    }

    private static string Memory(MemorySummary memory) =>
        $"inference on {Figures.Plural(memory.Batch, "image")} holds up to {Figures.Count(memory.TotalBytes)} bytes: {Figures.Count(memory.WeightBytes)} of weights, "
        + (memory.WeightCastBytes is { } casts ? $"{Figures.Count(casts)} of weights in bfloat16, " : "")
        + $"{Figures.Count(memory.BytesPerImage)} for each image, most {(memory.PeakAt is { } at ? "at " + at : "when its levels are joined")}";

    private static DataTable Nodes(ModelSummary summary)
    {
        var isMixed = summary.Totals.Casts is not null;
        var table = new DataTable(
        [
            new("node"), new("operator"), .. isMixed ? [new("precision")] : Array.Empty<DataColumn>(), new("output"), new("parameters", true), new("multiply-adds", true),
            new("activations", true), new("stride", true), new("receptive field", true),
        ]);
        foreach (var node in summary.Nodes)
        {
            table.Add(
            [
                node.Path, node.Operator, .. isMixed ? [node.Precision!] : Array.Empty<string>(), Join(node, value => (value.Name is null ? "" : value.Name + " ") + Shape(value)),
                Figures.Count(node.Parameters), Figures.Count(node.MultiplyAdds), Figures.Count(node.Activations), Join(node, Stride),
                Join(node, Field),
            ]);
        }
        return table;
    }

    private static DataTable Outputs(ModelSummary summary)
    {
        var table = new DataTable(new("name"), new("shape"), new("stride", true), new("receptive field", true));
        foreach (var output in summary.Outputs)
        {
            table.Add(output.Name ?? "", Shape(output), Stride(output), Field(output));
        }
        return table;
    }

    private static DataTable Levels(DetectionSummary detection)
    {
        var table = new DataTable(new("level"), new("map"), new("stride", true), new("boxes", true), new("sizes (width x height)"));
        foreach (var level in detection.Levels)
        {
            table.Add(
                level.Name, string.Join('x', level.Shape), Figures.PerAxis(level.Stride[0], level.Stride[1]), Figures.Count(level.BoxCount),
                string.Join(", ", level.Boxes.Select(box => $"{Figures.Number(box[0])}x{Figures.Number(box[1])}")));
        }
        return table;
    }

    private static DataTable AnchorLevels(RegionsSummary regions)
    {
        var table = new DataTable(new("level"), new("map"), new("stride", true), new("anchors", true), new("corners from the cell's origin"));
        foreach (var level in regions.Levels)
        {
            table.Add(
                level.Name, string.Join('x', level.Shape), Figures.Number(level.Stride), Figures.Count(level.AnchorCount),
                string.Join(", ", level.Anchors.Select(anchor => string.Join(' ', anchor.Select(Figures.Number)))));
        }
        return table;
    }

    private static DataTable Stages(RegionsSummary regions)
    {
        var table = new DataTable(new("stage"), new("regions", true), new("scores", true), new("boxes", true));
        foreach (var stage in regions.Stages)
        {
            table.Add(stage.Name, Figures.Count(stage.Regions), Figures.Count(stage.Scores), Figures.Count(stage.Boxes));
        }
        return table;
    }

    private static string Join(NodeSummary node, Func<ValueSummary, string> text) => string.Join(", ", node.Outputs.Select(text));

    private static string Shape(ValueSummary value) => (value.Regions is { } regions ? Figures.Count(regions) + " of " : "") + string.Join('x', value.Shape);

    private static string Stride(ValueSummary value) => value.Regions is not null ? "-" : value.Stride is { } stride ? Figures.PerAxis(stride[0], stride[1]) : "-";

    private static string Field(ValueSummary value) => value.ReceptiveField is { } field ? Figures.PerAxis(field[0], field[1]) : "all";
}
