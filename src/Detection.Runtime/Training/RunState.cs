// Everything that a run needs to go on as if nothing had happened, and the file it is kept in.
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Detection.Runtime;

/// <summary>The state of a run between two steps.</summary>
internal sealed record RunState
{
    public required long Iteration { get; init; }

    public required TrainingPlan? Plan { get; init; }

    public required double Seconds { get; init; }

    public required double ValidationSeconds { get; init; }

    public required double? BestScore { get; init; }

    public required long? BestIteration { get; init; }

    /// <summary>Validations since the best one.</summary>
    public int ValidationsSinceBest { get; init; }

    /// <summary>Losses of the iterations since the last row of the log, three per iteration.</summary>
    public required ImmutableArray<float> PendingLosses { get; init; }

    /// <summary>The model's state dictionary.</summary>
    public required IReadOnlyList<StoredTensor> Model { get; init; }

    /// <summary>The average of the weights; empty for a run without one.</summary>
    public IReadOnlyList<StoredTensor> Average { get; init; } = [];

    /// <summary>What the optimiser writes.</summary>
    public required ReadOnlyMemory<byte> Optimizer { get; init; }

    /// <summary>State of torch's generator, which dropout draws from.</summary>
    public required ReadOnlyMemory<byte> Random { get; init; }

    /// <summary>What the run trains, on what: see <see cref="TrainingRun"/>.</summary>
    public required IReadOnlyDictionary<string, string> Identity { get; init; }
}

/// <summary>Reads and writes checkpoints: safetensors files whose header carries a checksum of everything in them.</summary>
internal static class RunStateFile
{
    private const string Version = "1";
    private const string ModelPrefix = "model.";
    private const string AveragePrefix = "average.";
    private const string OptimizerName = "optimizer";
    private const string RandomName = "random";
    private const string PendingName = "pending_losses";
    private const string ChecksumKey = "checksum";
    private const string IdentityPrefix = "run.";

    /// <exception cref="IOException">The file cannot be written; what was there is untouched.</exception>
    public static void Write(string path, RunState state)
    {
        StoredTensor[] tensors =
        [
            .. state.Model.Select(tensor => tensor with { Name = ModelPrefix + tensor.Name }),
            .. state.Average.Select(tensor => tensor with { Name = AveragePrefix + tensor.Name }),
            Bytes(OptimizerName, state.Optimizer),
            Bytes(RandomName, state.Random),
            Bytes(PendingName, System.Runtime.InteropServices.MemoryMarshal.AsBytes(state.PendingLosses.AsSpan()).ToArray()),
        ];
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "detection-gen-checkpoint",
            ["version"] = Version,
            ["iteration"] = Text(state.Iteration),
            ["seconds"] = Text(state.Seconds),
            ["validation_seconds"] = Text(state.ValidationSeconds),
            ["validations_since_best"] = Text(state.ValidationsSinceBest),
        };
        if (state.Plan is { } plan)
        {
            metadata["plan"] = plan.ToString();
        }
        if (state.BestScore is { } best && state.BestIteration is { } bestIteration)
        {
            (metadata["best_score"], metadata["best_iteration"]) = (Text(best), Text(bestIteration));
        }
        foreach (var (key, value) in state.Identity)
        {
            metadata[IdentityPrefix + key] = value;
        }
        WriteChecked(path, tensors, metadata);
    }

    /// <exception cref="WeightFileException">The file cannot be read, is damaged, or is no checkpoint.</exception>
    public static RunState Read(string path)
    {
        var file = ReadChecked(path);
        if (file.Metadata.GetValueOrDefault("version") != Version)
        {
            throw new WeightFileException(path, "is not a checkpoint of this version.");
        }
        try
        {
            var tensors = file.Tensors.ToDictionary(tensor => tensor.Name);
            return new RunState
            {
                Iteration = long.Parse(file.Metadata["iteration"], CultureInfo.InvariantCulture),
                Plan = file.Metadata.TryGetValue("plan", out var plan) ? TrainingPlan.Parse(plan) : null,
                Seconds = double.Parse(file.Metadata["seconds"], CultureInfo.InvariantCulture),
                ValidationSeconds = double.Parse(file.Metadata["validation_seconds"], CultureInfo.InvariantCulture),
                BestScore = file.Metadata.TryGetValue("best_score", out var best) ? double.Parse(best, CultureInfo.InvariantCulture) : null,
                BestIteration = file.Metadata.TryGetValue("best_iteration", out var at) ? long.Parse(at, CultureInfo.InvariantCulture) : null,
                // Checkpoints from before there was patience have none.
                ValidationsSinceBest = int.Parse(file.Metadata.GetValueOrDefault("validations_since_best", "0"), CultureInfo.InvariantCulture),
                PendingLosses = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensors[PendingName].Bytes.Span)],
                Model =
                [
                    .. file.Tensors.Where(tensor => tensor.Name.StartsWith(ModelPrefix, StringComparison.Ordinal))
                        .Select(tensor => tensor with { Name = tensor.Name[ModelPrefix.Length..] }),
                ],
                Average =
                [
                    .. file.Tensors.Where(tensor => tensor.Name.StartsWith(AveragePrefix, StringComparison.Ordinal))
                        .Select(tensor => tensor with { Name = tensor.Name[AveragePrefix.Length..] }),
                ],
                Optimizer = tensors[OptimizerName].Bytes,
                Random = tensors[RandomName].Bytes,
                Identity = file.Metadata.Where(entry => entry.Key.StartsWith(IdentityPrefix, StringComparison.Ordinal))
                    .ToDictionary(entry => entry.Key[IdentityPrefix.Length..], entry => entry.Value),
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or OverflowException)
        {
            throw new WeightFileException(path, $"is not a checkpoint: {e.Message}", e);
        }
    }

    /// <summary>Writes a safetensors file with a checksum in its header.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there is untouched.</exception>
    public static void WriteChecked(string path, IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        Safetensors.Write(path, tensors, new Dictionary<string, string>(metadata) { [ChecksumKey] = Checksum(tensors, metadata) });

    /// <summary>Reads a file of <see cref="WriteChecked"/>.</summary>
    /// <exception cref="WeightFileException">The file cannot be read or is damaged.</exception>
    public static WeightFile ReadChecked(string path)
    {
        var file = Safetensors.Read(path);
        if (!file.Metadata.TryGetValue(ChecksumKey, out var expected))
        {
            throw new WeightFileException(path, "has no checksum.");
        }
        return Checksum(file.Tensors, file.Metadata) == expected ? file : throw new WeightFileException(path, "is damaged: its checksum is wrong.");
    }

    // SHA-256 of names, types, shapes, contents and texts, each with its length, in an order that the file does not decide.
    internal static string Checksum(IEnumerable<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in metadata.Where(entry => entry.Key != ChecksumKey).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes(key));
            Append(hash, Encoding.UTF8.GetBytes(value));
        }
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            Append(hash, Encoding.UTF8.GetBytes(tensor.Name));
            Append(hash, Encoding.UTF8.GetBytes($"{tensor.DataType} {string.Join(' ', tensor.Shape)}"));
            Append(hash, tensor.Bytes.Span);
        }
        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }

    private static StoredTensor Bytes(string name, ReadOnlyMemory<byte> content) => new(name, StoredDataType.UInt8, [content.Length], content);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
