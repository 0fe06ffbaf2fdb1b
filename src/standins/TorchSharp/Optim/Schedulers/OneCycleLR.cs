// Up to a maximal rate and down again within one run, momentum the other way round (Smith and Topin 2018).
namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                public class OneCycleLR : LRScheduler
                {
                    private readonly record struct Phase(
                        double EndStep, double[] StartRates, double[] EndRates, double[] StartMomenta, double[] EndMomenta);

                    private readonly List<Phase> _phases = new();
                    private readonly Func<double, double, double, double> _anneal;
                    private readonly bool _cycle_momentum;
                    private readonly int _total_steps;

                    public enum AnnealStrategy
                    {
                        Cos,
                        Linear,
                    }

                    public OneCycleLR(
                        Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                        double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true,
                        double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4,
                        bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : this(
                            optimizer, ForAll(optimizer, max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy,
                            cycle_momentum, ForAll(optimizer, base_momentum), ForAll(optimizer, max_momentum), div_factor, final_div_factor,
                            three_phase, last_epoch, verbose)
                    {
                    }

                    public OneCycleLR(
                        Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                        double pct_start = 0.3, AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true,
                        IEnumerable<double>? base_momentum = null, IEnumerable<double>? max_momentum = null, double div_factor = 25,
                        double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (cycle_momentum && optimizer is not (IMomentum or IBetas))
                            throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
                        if (pct_start is < 0 or > 1) throw new ArgumentException($"pct_start is a share between 0 and 1, not {pct_start}.");
                        _total_steps = TotalSteps(total_steps, epochs, steps_per_epoch);
                        _cycle_momentum = cycle_momentum;
                        _anneal = anneal_strategy == AnnealStrategy.Cos
                            ? (start, end, share) => end + (start - end) / 2.0 * (Math.Cos(Math.PI * share) + 1)
                            : (start, end, share) => (end - start) * share + start;

                        var highest = max_lr.ToArray();
                        var initial = Array.ConvertAll(highest, rate => rate / div_factor);
                        var lowest = Array.ConvertAll(initial, rate => rate / final_div_factor);
                        var low = (base_momentum ?? ForAll(optimizer, 0.85)).ToArray();
                        var high = (max_momentum ?? ForAll(optimizer, 0.95)).ToArray();
                        var peak = pct_start * _total_steps - 1;
                        _phases.Add(new Phase(peak, initial, highest, high, low));
                        if (three_phase)
                        {
                            _phases.Add(new Phase(2 * pct_start * _total_steps - 2, highest, initial, low, high));
                            _phases.Add(new Phase(_total_steps - 1, initial, lowest, high, high));
                        }
                        else
                        {
                            _phases.Add(new Phase(_total_steps - 1, highest, lowest, low, high));
                        }
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch > _total_steps)
                            throw new InvalidOperationException($"Step {_last_epoch + 1} of a schedule of {_total_steps} steps.");
                        double start = 0;
                        var phase = _phases[0];
                        for (var i = 0; i < _phases.Count; i++)
                        {
                            phase = _phases[i];
                            if (_last_epoch <= phase.EndStep || i == _phases.Count - 1) break;
                            start = phase.EndStep;
                        }
                        var share = (_last_epoch - start) / (phase.EndStep - start);
                        var groups = _optimizer.ParamGroups.ToList();
                        if (_cycle_momentum)
                        {
                            for (var i = 0; i < groups.Count; i++) SetMomentum(
                                groups[i], _anneal(phase.StartMomenta[i], phase.EndMomenta[i], share));
                        }
                        return groups.Select((_, i) => _anneal(phase.StartRates[i], phase.EndRates[i], share));
                    }

                    private static void SetMomentum(ILearningRateController group, double momentum)
                    {
                        if (group is IBetas betas) betas.Betas = (momentum, betas.Betas.Item2);
                        else if (group is IMomentum own) own.Momentum = momentum;
                    }

                    private static int TotalSteps(int total_steps, int epochs, int steps_per_epoch)
                    {
                        if (total_steps < -1 || total_steps == 0)
                            throw new ArgumentException($"total_steps must be positive, not {total_steps}.");
                        if (total_steps > 0) return total_steps;
                        if (epochs <= 0 || steps_per_epoch <= 0)
                            throw new ArgumentException("Give total_steps, or epochs and steps_per_epoch.");
                        return epochs * steps_per_epoch;
                    }

                    private static double[] ForAll(Optimizer optimizer, double value)
                        => Enumerable.Repeat(value, optimizer.ParamGroups.Count()).ToArray();
                }
            }
        }
    }
}
