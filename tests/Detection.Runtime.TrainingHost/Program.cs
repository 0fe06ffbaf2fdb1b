// Trains in the folder given, continuing what is there: <folder> <iterations> <checkpoint every> [<data of a training in four steps>].
// Prints "begun", then "ended".
using System.Globalization;
using Detection.Runtime;
using Detection.Runtime.TrainingHost;
using TorchSharp;

torch.set_num_threads(1);
var options = new TrainingRunOptions
{
    OutputFolder = args[0],
    Resume = true,
    Length = TrainingLength.OfIterations(long.Parse(args[1], CultureInfo.InvariantCulture)),
    CheckpointEveryIterations = int.Parse(args[2], CultureInfo.InvariantCulture),
    Message = Console.Error.WriteLine,
};
var hasBegun = false;
void AfterStep()
{
    if (!hasBegun)
    {
        Console.WriteLine("begun");
        hasBegun = true;
    }
}

if (args.Length > 3)
{
    torch.random.manual_seed(SmallTwoStageTraining.Settings.Seed);
    using var detector = new SmallTwoStage(RenderedDataset.ClassNames, shortSide: 48);
    var source = new BatchLoaderSource(
        DetectionDatasets.Load(args[3], "train", RenderedDataset.ClassNames), detector.Card, SmallTwoStageTraining.Settings, workers: 1);
    using var steps = new TrainingRun(SmallTwoStageTraining.Settings, options, source, SmallTraining.Validate);
    SmallAlternatingTraining.Run(detector, steps, (_, _) => AfterStep());
}
else
{
    using var model = SmallTraining.NewModel();
    using var run = new TrainingRun(SmallTraining.Settings, options, new RectangleBatches(), SmallTraining.Validate);
    SmallTraining.Run(model, run, AfterStep);
}
Console.WriteLine("ended");
