// Lowers the rate when a metric stops improving.
namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool lowerIsBetter;
                    private readonly bool relative;
                    private readonly double factor;
                    private readonly double threshold;
                    private readonly double eps;
                    private readonly int patience;
                    private readonly int cooldown;
                    private readonly double[] min_lrs;
                    private double best;
                    private int num_bad_epochs;
                    private int cooldown_counter;

                    public ReduceLROnPlateau(
                        Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4,
                        string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8,
                        bool verbose = false)
                        : base(optimizer, -1, verbose)
                    {
                        if (factor >= 1.0) throw new ArgumentException("Factor should be < 1.0");
                        if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown!");
                        if (threshold_mode is not ("rel" or "abs"))
                            throw new ArgumentException($"threshold mode {threshold_mode} is unknown!");
                        lowerIsBetter = mode == "min";
                        relative = threshold_mode == "rel";
                        this.factor = factor;
                        this.patience = patience;
                        this.threshold = threshold;
                        this.cooldown = cooldown;
                        this.eps = eps;
                        var groups = optimizer.ParamGroups.Count();
                        var lowest = min_lr is { Count: 1 } ? min_lr[0] : 0.0;
                        min_lrs = min_lr is { Count: > 1 } ? min_lr.ToArray() : Enumerable.Repeat(lowest, groups).ToArray();
                        best = lowerIsBetter ? double.PositiveInfinity : double.NegativeInfinity;
                    }

                    public override void step(double current, int? epoch = null)
                    {
                        _last_epoch = epoch ?? _last_epoch + 1;
                        if (IsBetter(current))
                        {
                            best = current;
                            num_bad_epochs = 0;
                        }
                        else
                        {
                            num_bad_epochs++;
                        }
                        if (cooldown_counter > 0)
                        {
                            cooldown_counter--;
                            num_bad_epochs = 0;
                        }
                        if (num_bad_epochs <= patience) return;
                        Reduce();
                        cooldown_counter = cooldown;
                        num_bad_epochs = 0;
                    }

                    public override void step() => throw MetricNeeded();

                    public override void step(int? epoch) => throw MetricNeeded();

                    private static InvalidOperationException MetricNeeded()
                        => new("ReduceLROnPlateau needs the metric it watches: call step(double, int?).");

                    private bool IsBetter(double current) => (lowerIsBetter, relative) switch
                    {
                        (true, true) => current < best * (1 - threshold),
                        (true, false) => current < best - threshold,
                        (false, true) => current > best * (1 + threshold),
                        (false, false) => current > best + threshold,
                    };

                    private void Reduce()
                    {
                        var i = 0;
                        foreach (var group in _optimizer.ParamGroups)
                        {
                            var old = group.LearningRate;
                            var lowered = Math.Max(old * factor, min_lrs[i]);
                            if (old - lowered > eps)
                            {
                                group.LearningRate = lowered;
                                if (_verbose) Console.WriteLine(
                                    $"Epoch {_last_epoch}: reducing learning rate of group {i} to {lowered:g4}.");
                            }
                            _last_lrs[i++] = group.LearningRate;
                        }
                    }
                }
            }
        }
    }
}
