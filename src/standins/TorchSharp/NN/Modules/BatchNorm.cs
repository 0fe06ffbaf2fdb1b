// Batch normalisation, with running statistics for evaluation (Ioffe and Szegedy 2015).
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The parameters and running statistics of a normalisation over the batch.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(bias))]
    private protected Parameter? _bias;

    [ComponentName(Name = nameof(weight))]
    private protected Parameter? _weight;

    [ComponentName(Name = nameof(running_mean))]
    private protected Tensor? _running_mean;

    [ComponentName(Name = nameof(running_var))]
    private protected Tensor? _running_var;

    [ComponentName(Name = nameof(num_batches_tracked))]
    private protected Tensor? _num_batches_tracked;

    public NormBase(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype,
        string name)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = new Parameter(torch.empty([num_features], dtype, device));
            bias = new Parameter(torch.empty([num_features], dtype, device));
        }
        if (track_running_stats)
        {
            running_mean = torch.zeros([num_features], dtype, device);
            running_var = torch.ones([num_features], dtype, device);
            num_batches_tracked = torch.tensor(0L, dtype, device);
        }
        reset_parameters();
    }

    public long num_features { get; private set; }
    public double eps { get; set; }
    public double? momentum { get; set; }
    public bool affine { get; private set; }
    public bool track_running_stats { get; private set; }

    public Parameter? bias
    {
        get => _bias;
        set => Replace(nameof(bias), ref _bias, value);
    }

    public Parameter weight
    {
        get => _weight!;
        set => Replace(nameof(weight), ref _weight, value);
    }

    public Tensor? running_mean
    {
        get => _running_mean;
        set => ReplaceBuffer(nameof(running_mean), ref _running_mean, value);
    }

    public Tensor? running_var
    {
        get => _running_var;
        set => ReplaceBuffer(nameof(running_var), ref _running_var, value);
    }

    public Tensor? num_batches_tracked
    {
        get => _num_batches_tracked;
        set => ReplaceBuffer(nameof(num_batches_tracked), ref _num_batches_tracked, value);
    }

    /// <summary>Mean 0, variance 1, no batches seen.</summary>
    public void reset_running_stats()
    {
        if (!track_running_stats) return;
        nn.init.zeros_(_running_mean!);
        nn.init.ones_(_running_var!);
        nn.init.zeros_(_num_batches_tracked!);
    }

    public void reset_parameters()
    {
        reset_running_stats();
        if (!affine) return;
        nn.init.ones_(_weight!);
        nn.init.zeros_(_bias!);
    }

    protected abstract void ValidateInputDimensions(Tensor input);

    private protected override void Rebind(string key, Tensor value)
    {
        switch (key)
        {
            case nameof(weight): _weight = (Parameter)value; break;
            case nameof(bias): _bias = (Parameter)value; break;
            case nameof(running_mean): _running_mean = value; break;
            case nameof(running_var): _running_var = value; break;
            case nameof(num_batches_tracked): _num_batches_tracked = value; break;
            default: base.Rebind(key, value); break;
        }
    }
}

public abstract class BatchNorm : NormBase
{
    public BatchNorm(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype,
        string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        var inTraining = training;
        var factor = momentum ?? 0.0;
        if (inTraining && track_running_stats && _num_batches_tracked is not null)
        {
            Aten.CallVoid("aten::add_.Scalar", _num_batches_tracked, 1);
            // Without a momentum the running statistics are the plain average over all batches.
            if (momentum is null) factor = 1.0 / _num_batches_tracked.to(ScalarType.Float64).item<double>();
        }
        var useStatistics = !inTraining || track_running_stats;
        var (mean, variance) = useStatistics ? (_running_mean, _running_var) : (null, null);
        return nn.functional.batch_norm(
            input, mean, variance, _weight, _bias, inTraining || (mean is null && variance is null), factor, eps);
    }
}

/// <summary>Batch normalisation of [N, C] or [N, C, L].</summary>
public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.ndim is not (2 or 3)) throw new ArgumentException($"expected 2D or 3D input, but got {input.ndim}D input.");
    }
}

/// <summary>Batch normalisation of [N, C, H, W].</summary>
public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d))
    {
    }

    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.ndim != 4) throw new ArgumentException($"expected 4D input, but got {input.ndim}D input.");
    }
}
