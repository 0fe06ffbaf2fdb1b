// `./build.sh bench [binding|vgg16|ssd-step|scores|regions]`: timings, each beside its peer where one is installed. OPENBLAS_* variables must be unset on both sides.
// `./build.sh bench training-memory`: the resident set over 2,000 steps of training.
// `./build.sh bench training --data DIR --seconds N`: trains beside a peer, and scores both.
using Detection.Benchmarks;

if (args is ["training-memory", .. var steps])
{
    TrainingMemory.Run(steps is [var text] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 2000);
    return 0;
}

if (args is ["training", .. var rest])
{
    return TrainingComparison.Run(rest);
}

var chosen = args.Length == 0 ? ["binding", "vgg16", "ssd-step", "scores", "regions"] : args;
foreach (var name in chosen)
{
    switch (name)
    {
        case "binding":
            CallOverhead.Run(rounds: 9);
            break;
        case "vgg16":
            VggForward.Run(rounds: 15);
            break;
        case "ssd-step":
            TrainingStep.Run(rounds: 25);
            break;
        case "scores":
            DetectionScoring.Run(rounds: 5);
            break;
        case "regions":
            RegionOperators.Run(rounds: 15);
            break;
        default:
            Console.Error.WriteLine($"There is no benchmark '{name}': binding, vgg16, ssd-step, scores, regions, training, training-memory.");
            return 2;
    }
}

return 0;
