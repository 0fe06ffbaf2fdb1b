// Trains one of our detectors and a plain one of torchvision's parts on the same images with the same time and threads, by turns, and scores both alike.
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Detection.Runtime;
using TorchSharp;

namespace Detection.Benchmarks;

/// <summary>The benchmark <c>training</c>: <c>./build.sh bench -- training --data DIR --seconds N</c>.</summary>
internal static class TrainingComparison
{
    // The peer sees what our small detectors of its kind are meant to see, whatever a spec makes of its own input.
    private sealed record Opponent(string Script, InputSize Input, int Batch);

    private static readonly Opponent Ssd = new("ssd_train.py", new(3, 224, 224), 8);
    private static readonly Opponent FasterRcnn = new("faster_rcnn_train.py", new(3, 256, 320), 4);
    private static readonly Preprocessing PeerPreprocessing = new() { Mean = [127.5f, 127.5f, 127.5f], Std = [127.5f, 127.5f, 127.5f] };

    private static IEnumerable<ModelEntry> Entries =>
        new IModelCatalog[]
        {
            new Detection.Models.Ssd.DetectionModels(), new Detection.Models.RefineDet.DetectionModels(), new Detection.Models.Rcnn.DetectionModels(),
        }.SelectMany(catalog => catalog.Models).Where(m => m.CreateTraining is not null);

    public static int Run(string[] args)
    {
        var data = new Option<string>("--data") { Required = true, Description = "Folder of the data set." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 120, Description = "Time of training for each side, ours with its validations." };
        var steps = new Option<int?>("--iterations") { Description = "Train so many steps instead: what a machine with other work to do can still compare." };
        var model = new Option<string?>("--model") { Description = "One of our models; that of the data's classes when absent." };
        var slice = new Option<int>("--slice") { DefaultValueFactory = _ => 5, Description = "Seconds of a turn." };
        var seed = new Option<long>("--seed") { DefaultValueFactory = _ => 1, Description = "Seed of both sides." };
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount, Description = "Threads of each side." };
        var command = new Command("training", "Train beside a plain SSD or Faster R-CNN of torchvision's parts.") { data, seconds, steps, model, slice, seed, threads };
        command.SetAction(parsed => Compare(
            parsed.GetRequiredValue(data), parsed.GetValue(model),
            parsed.GetValue(steps) is { } n ? TrainingLength.OfIterations(n) : TrainingLength.OfSeconds(parsed.GetValue(seconds)),
            parsed.GetValue(slice), parsed.GetValue(seed), parsed.GetValue(threads)));
        return command.Parse(args).Invoke();
    }

    private static int Compare(string data, string? model, TrainingLength length, int slice, long seed, int threads)
    {
        var (train, validation) = (DetectionDatasets.Load(data, "train"), DetectionDatasets.Load(data, "val"));
        var entry = model is null
            ? Entries.FirstOrDefault(m => m.Card.ClassNames.Order(StringComparer.Ordinal).SequenceEqual(train.ClassNames.Order(StringComparer.Ordinal)))
            : Entries.FirstOrDefault(m => m.Card.Name == model);
        if (entry is null)
        {
            Console.Error.WriteLine($"no model {model} for the classes {string.Join(", ", train.ClassNames)}");
            return 1;
        }
        // Again, in the order of the model's outputs.
        (train, validation) = (DetectionDatasets.Load(data, "train", entry.Card.ClassNames), DetectionDatasets.Load(data, "val", entry.Card.ClassNames));
        torch.set_num_threads(threads);
        var opponent = entry.Card.Kind == ModelKind.TwoStage ? FasterRcnn : Ssd;
        var folder = Directory.CreateTempSubdirectory("detection-training-").FullName;
        try
        {
            WritePixels(train, opponent.Input, Path.Combine(folder, "train"), withObjects: true);
            WritePixels(validation, opponent.Input, Path.Combine(folder, "val"), withObjects: false);
            using var peer = PythonPeer.Start(
                opponent.Script, threads, [folder, $"{train.ClassNames.Length}", length.ToString(), $"{seed}"]);
            Console.WriteLine(
                $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)))}: train {train.Summarize()}; val {validation.Summarize()}");
            Console.WriteLine($"{length} for each side, {threads} threads, turns of {slice} s");
            var turns = new Turns(peer, slice);
            var ours = TrainOurs(entry, train, validation, Path.Combine(folder, "ours"), length, seed, turns);
            turns.Finish();
            Report(entry, ours, peer, opponent.Batch, turns, validation, folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed record Ours(TrainingOutcome Outcome, DetectionScores Final, DetectionScores Best, int Batch);

    private static Ours TrainOurs(
        ModelEntry entry, DetectionDataset train, DetectionDataset validation, string folder, TrainingLength length, long seed, Turns turns)
    {
        var recipe = entry.CreateTraining!();
        var settings = recipe.Settings with { Seed = seed };
        torch.random.manual_seed(seed);
        using var module = (torch.nn.Module)entry.Create();
        var source = new TakingTurns(new BatchLoaderSource(train, entry.Card, settings), turns);
        DetectionScores Validate(torch.nn.Module trained, CancellationToken token) =>
            DetectorEvaluation.Run((IDetector)trained, validation, new DetectorEvaluationOptions { Cancellation = token }).Scores;

        using var run = new TrainingRun(
            settings,
            new TrainingRunOptions
            {
                OutputFolder = folder, Length = length, Clock = turns, Message = line => Console.WriteLine($"  ours: {line}"),
            },
            source, Validate);
        var outcome = recipe.Run(module, run);
        module.eval();
        DetectionScores Of(string weights)
        {
            WeightLoader.Load(module, weights);
            return Validate(module, default);
        }

        return new Ours(outcome, Of(outcome.WeightsFile), Of(outcome.BestWeightsFile ?? outcome.WeightsFile), settings.BatchSize);
    }

    private static void Report(
        ModelEntry entry, Ours ours, PythonPeer? peer, int peerBatch, Turns turns, DetectionDataset validation, string folder)
    {
        Row(entry.Card.Name, entry.Card.Parameters, ours.Outcome.Iterations, ours.Batch, ours.Outcome.Elapsed.TotalSeconds, ours.Final, ", weights at the end");
        Console.WriteLine($"    best of its validations, after {ours.Outcome.BestIteration} steps: {Scores(ours.Best)}");
        if (peer is null)
        {
            return;
        }
        peer.Ask("detect");
        var found = DetectionsOf(Path.Combine(folder, "detections.txt"), validation);
        Row($"PyTorch {peer.Version}", null, turns.PeerIterations, peerBatch, turns.PeerSeconds, DetectorEvaluation.Score(validation, found), ", weights at the end");
    }

    private static void Row(string name, long? parameters, long iterations, int batch, double seconds, DetectionScores scores, string note)
    {
        var size = parameters is null ? "" : $", {parameters} parameters";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}{size}: {iterations} steps in {seconds:0.0} s, {iterations * batch / seconds:0.0} images/s{note}"));
        Console.WriteLine($"    {Scores(scores)}");
    }

    private static string Scores(DetectionScores scores) => $"{scores} ("
        + string.Join(", ", scores.Classes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.ClassName} {c.AveragePrecision:0.000}"))) + ")";

    // Pixels as [N, 3, H, W] float32, and a line of "class x1 y1 x2 y2" in fractions for each image.
    private static void WritePixels(DetectionDataset dataset, InputSize input, string path, bool withObjects)
    {
        var loader = new BatchLoader(
            dataset, input, PeerPreprocessing, AugmentationSettings.None, batchSize: 1, seed: 0, workers: 1, new BatchLoaderOptions { Shuffle = false });
        using var pixels = File.Create(path + ".f32");
        using var objects = new StreamWriter(path + ".txt");
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            {
                pixels.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(batch.Images.AsSpan()));
                objects.WriteLine(withObjects
                    ? string.Join(' ', batch.Classes[0].Select((c, i) => string.Create(
                        CultureInfo.InvariantCulture, $"{c} {string.Join(' ', batch.Boxes[0].Skip(4 * i).Take(4).Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}")))
                    : "");
            }
        }
    }

    private static ImageDetections[] DetectionsOf(string file, DetectionDataset dataset)
    {
        var found = dataset.Samples.Select(_ => new List<DetectedObject>()).ToArray();
        foreach (var line in File.ReadLines(file))
        {
            var words = line.Split(' ');
            float Number(int i) => float.Parse(words[i], CultureInfo.InvariantCulture);
            var (image, label) = (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
            var sample = dataset.Samples[image];
            found[image].Add(new DetectedObject(
                label, dataset.ClassNames[label], Number(2),
                new Box(Number(3) * sample.Width, Number(4) * sample.Height, Number(5) * sample.Width, Number(6) * sample.Height)));
        }
        return [.. found.Zip(dataset.Samples, (objects, sample) => new ImageDetections(sample.Width, sample.Height, [.. objects]))];
    }

    /// <summary>Our clock, which stands still while it is the peer's turn.</summary>
    private sealed class Turns(PythonPeer? peer, int slice) : TimeProvider
    {
        private readonly Stopwatch own = Stopwatch.StartNew();
        private double next = slice;

        public long PeerIterations { get; private set; }

        public double PeerSeconds { get; private set; }

        public override long TimestampFrequency => Stopwatch.Frequency;

        public override long GetTimestamp() => own.ElapsedTicks;

        /// <summary>Between two steps: lets the peer have its turn when ours is over.</summary>
        public void Pass()
        {
            if (peer is null || own.Elapsed.TotalSeconds < next)
            {
                return;
            }
            own.Stop();
            Ask(slice);
            own.Start();
            next = own.Elapsed.TotalSeconds + slice;
        }

        /// <summary>Gives the peer what it has left of its time.</summary>
        public void Finish()
        {
            if (peer is not null)
            {
                own.Stop();
                Ask(1e9);
            }
        }

        private void Ask(double seconds)
        {
            var words = peer!.Ask(seconds.ToString("R", CultureInfo.InvariantCulture)).Split(' ');
            (PeerIterations, PeerSeconds) = (long.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Batches on the way to a run, which are where the turn can pass.</summary>
    private sealed class TakingTurns(IBatchSource source, Turns turns) : IBatchSource
    {
        public int BatchesPerEpoch => source.BatchesPerEpoch;

        public string Fingerprint => source.Fingerprint;

        public IEnumerable<HostBatch> Epoch(int epoch, int skipBatches = 0, CancellationToken cancellation = default)
        {
            foreach (var batch in source.Epoch(epoch, skipBatches, cancellation))
            {
                turns.Pass();
                yield return batch;
            }
        }
    }
}
