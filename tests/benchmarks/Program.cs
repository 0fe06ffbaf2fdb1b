// `./build.sh bench [binding|vgg16|ssd-step|scores]`: timings, each beside its peer where one is installed. OPENBLAS_* variables must be unset on both sides.
using Detection.Benchmarks;

var chosen = args.Length == 0 ? ["binding", "vgg16", "ssd-step", "scores"] : args;
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
        default:
            Console.Error.WriteLine($"There is no benchmark '{name}': binding, vgg16, ssd-step, scores.");
            return 2;
    }
}

return 0;
