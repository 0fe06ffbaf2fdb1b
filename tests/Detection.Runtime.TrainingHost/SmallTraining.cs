// A detector, data and loop that train in a second and use what a real training uses: batch normalisation, dropout, momentum, mining, validation.
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Detection.Runtime.TrainingHost;

/// <summary>Two convolutions, one feature map of 8 x 8, two default boxes per cell, two classes or those given.</summary>
public sealed class SmallSsd : OneStageDetector
{
    private readonly Conv2d stem = nn.Conv2d(3, 8, 3, stride: 2, padding: 1, bias: false);
    private readonly BatchNorm2d norm = nn.BatchNorm2d(8);
    private readonly Conv2d body = nn.Conv2d(8, 16, 3, stride: 2, padding: 1);
    private readonly Dropout dropout = nn.Dropout(0.1);
    private readonly Conv2d scores;
    private readonly Conv2d boxes = nn.Conv2d(16, 2 * 4, 3, padding: 1);

    public SmallSsd(params string[] classes)
        : base(nameof(SmallSsd), MakeCard(classes), new OneStageHead
        {
            Levels = [new AnchorLevel("body", [new AnchorShape(8, 8), new AnchorShape(14, 10)])],
            PostProcessing = new PostProcessing { ScoreThreshold = 0.3f },
        })
    {
        scores = nn.Conv2d(16, 2 * (Card.ClassNames.Length + 1), 3, padding: 1);
        register_module("stem", stem);
        register_module("norm", norm);
        register_module("body", body);
        register_module("dropout", dropout);
        register_module("scores", scores);
        register_module("boxes", boxes);
    }

    public override OneStageOutput forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = dropout.call(body.call(norm.call(stem.call(input)).relu()).relu());
        return OneStageOutput.Concatenate(Card.ClassNames.Length + 1, [scores.call(features)], [boxes.call(features)]).MoveToOuterDisposeScope();
    }

    private static ModelCard MakeCard(string[] classes) => new()
    {
        Name = "small-ssd",
        Kind = ModelKind.OneStage,
        SpecHash = "small",
        ClassNames = classes is [] ? ["light", "dark"] : [.. classes],
        Input = new InputSize(3, 32, 32),
        Preprocessing = new Preprocessing(),
    };
}

/// <summary>Grey noise with light and dark rectangles; a batch depends on epoch and position alone.</summary>
public sealed class RectangleBatches(int batchesPerEpoch = 12, int batchSize = 4) : IBatchSource
{
    private const int Side = 32;

    public int BatchesPerEpoch => batchesPerEpoch;

    public string Fingerprint => $"rectangles {batchesPerEpoch} {batchSize}";

    /// <summary>Images drawn so far.</summary>
    public int Drawn { get; private set; }

    public IEnumerable<HostBatch> Epoch(int epoch, int skipBatches = 0, CancellationToken cancellation = default)
    {
        for (var index = skipBatches; index < batchesPerEpoch; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            Drawn += batchSize;
            yield return Draw(epoch, index);
        }
    }

    private HostBatch Draw(int epoch, int index)
    {
        var random = new Random(1000 * epoch + index);
        var batch = (Images: new float[batchSize * 3 * Side * Side], Boxes: new float[batchSize][], Classes: new int[batchSize][]);
        for (var image = 0; image < batchSize; image++)
        {
            var pixels = batch.Images.AsSpan(image * 3 * Side * Side, 3 * Side * Side);
            foreach (ref var pixel in pixels)
            {
                pixel = (float)random.NextDouble() * 0.4f - 0.2f;
            }
            var count = random.Next(0, 4);
            (batch.Boxes[image], batch.Classes[image]) = (new float[4 * count], new int[count]);
            for (var i = 0; i < count; i++)
            {
                var (w, h) = (random.Next(6, 16), random.Next(6, 12));
                var (x, y) = (random.Next(0, Side - w), random.Next(0, Side - h));
                batch.Classes[image][i] = random.Next(2);
                float[] box = [x, y, x + w, y + h];
                for (var k = 0; k < 4; k++)
                {
                    batch.Boxes[image][4 * i + k] = box[k] / Side;
                }
                for (var channel = 0; channel < 3; channel++)
                {
                    for (var row = y; row < y + h; row++)
                    {
                        pixels.Slice((channel * Side + row) * Side + x, w).Fill(batch.Classes[image][i] == 0 ? 1 : -1);
                    }
                }
            }
        }
        return new HostBatch(new InputSize(3, Side, Side), batch.Images, batch.Boxes, batch.Classes);
    }
}

/// <summary>The loop, as the generator would write it.</summary>
public static class SmallTraining
{
    public static TrainingSettings Settings { get; } = new() { BatchSize = 4, Seed = 11, Length = TrainingLength.OfIterations(300) };

    /// <summary>A model with the weights that a run starts from.</summary>
    public static SmallSsd NewModel(params string[] classes)
    {
        random.manual_seed(Settings.Seed);
        return new SmallSsd(classes);
    }

    public static TrainingOutcome Run(SmallSsd model, TrainingRun run, Action? afterStep = null)
    {
        using var optimizer = optim.SGD(ParameterGroups.ForSgd(model, 0.02, weightDecay: 5e-4, decayNorms: false, biasRate: 2, momentum: 0.9), 0.02);
        var schedule = new LearningRateSchedule(0.02, [new RateStep(0.7, 0.1)], warmup: 0.05);
        var matcher = new ArgmaxMatcher();
        var mining = new HardNegativeMining(Ratio: 3);
        var loss = new MultiBoxLoss(new SmoothL1BoxLoss());
        run.Begin(model, optimizer, schedule);
        while (run.Next() is { } batch)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var output = model.call(batch.Images);
            var targets = matcher.Match(model.AnchorsFor(output), batch.Objects, model.Head.Coder);
            var parts = loss.Compute(output, targets, mining);
            parts.Total.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 10);
            optimizer.step();
            run.Report(parts);
            afterStep?.Invoke();
        }
        return run.Finish();
    }

    /// <summary>A validation without images: the score is a number that hangs on every weight, so it goes up and down.</summary>
    public static DetectionScores Validate(nn.Module model, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var sum = model.parameters().Sum(parameter => (double)parameter.detach().abs().sum().item<float>());
        var score = sum - Math.Floor(sum);
        return new DetectionScores([new ClassAveragePrecision(0, "light", score, 1, 1, 0, 1)], 0.5, AveragePrecisionRule.Area, 1, 1);
    }
}
