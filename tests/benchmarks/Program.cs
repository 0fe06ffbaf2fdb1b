// `./build.sh bench [binding|vgg16|ssd-step|scores|regions|ssd300|faster-rcnn-fpn]`: timings, each beside its peer where one is installed. OPENBLAS_* variables must be
// unset on both sides. docs/benchmarks.md says what each measures.
// `./build.sh bench region-costs`: what regions cost, ours alone.
// `./build.sh bench training-memory`: the resident set over 2,000 steps of training.
// `./build.sh bench training --data DIR --seconds N`: trains beside a peer, and scores both.
// `--rounds N` last: fewer or more rounds than a benchmark takes by itself.
using System.Globalization;
using Detection.Benchmarks;

int? rounds = null;
if (args is [.. var others, "--rounds", var number])
{
    (args, rounds) = (others, int.Parse(number, CultureInfo.InvariantCulture));
}

if (args is ["training-memory", .. var steps])
{
    TrainingMemory.Run(steps is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 2000);
    return 0;
}

if (args is ["training", .. var rest])
{
    return TrainingComparison.Run(rest);
}

if (args is ["region-costs", .. var parts])
{
    RegionCosts.Run(parts, rounds ?? 3);
    return 0;
}

DetectorComparison[] comparisons = [Ssd300.Comparison, FasterRcnnFpn.Comparison];
if (args is ["memory-of", var detector, var what, var folder])
{
    // A process of its own, started by the benchmark of that name.
    comparisons.Single(comparison => comparison.Name == detector).PrintPeak(folder, what);
    return 0;
}

var chosen = args.Length == 0 ? ["binding", "vgg16", "ssd-step", "scores", "regions", "ssd300", "faster-rcnn-fpn"] : args;
foreach (var name in chosen)
{
    switch (name)
    {
        case "binding":
            CallOverhead.Run(rounds ?? 9);
            break;
        case "vgg16":
            VggForward.Run(rounds ?? 15);
            break;
        case "ssd-step":
            TrainingStep.Run(rounds ?? 25);
            break;
        case "scores":
            DetectionScoring.Run(rounds ?? 5);
            break;
        case "regions":
            RegionOperators.Run(rounds ?? 15);
            break;
        case "ssd300":
            Ssd300.Comparison.Run(rounds ?? 7);
            break;
        case "faster-rcnn-fpn":
            FasterRcnnFpn.Comparison.Run(rounds ?? 5);
            break;
        default:
            Console.Error.WriteLine(
                $"There is no benchmark '{name}': binding, vgg16, ssd-step, scores, regions, ssd300, faster-rcnn-fpn, region-costs, training, training-memory.");
            return 2;
    }
}

return 0;
