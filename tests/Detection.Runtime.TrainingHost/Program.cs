// Trains in the folder given, continuing what is there: <folder> <iterations> <checkpoint every>. Prints "begun", then "ended".
using System.Globalization;
using Detection.Runtime;
using Detection.Runtime.TrainingHost;
using TorchSharp;

torch.set_num_threads(1);
using var model = SmallTraining.NewModel();
using var run = new TrainingRun(
    SmallTraining.Settings,
    new TrainingRunOptions
    {
        OutputFolder = args[0],
        Resume = true,
        Length = TrainingLength.OfIterations(long.Parse(args[1], CultureInfo.InvariantCulture)),
        CheckpointEveryIterations = int.Parse(args[2], CultureInfo.InvariantCulture),
        Message = Console.Error.WriteLine,
    },
    new RectangleBatches(),
    SmallTraining.Validate);
var hasBegun = false;
SmallTraining.Run(model, run, () =>
{
    if (!hasBegun)
    {
        Console.WriteLine("begun");
        hasBegun = true;
    }
});
Console.WriteLine("ended");
