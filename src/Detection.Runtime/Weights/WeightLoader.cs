// Weights into a module and out of it. Everything is compared before the first value is copied: a module is loaded whole or not at all.
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Renames keys of a file: a key that begins with <paramref name="From"/> begins with <paramref name="To"/> instead.</summary>
/// <param name="From">Beginning of the file's key; empty matches every key.</param>
/// <param name="To">What replaces it; empty drops it.</param>
public sealed record KeyPrefix(string From, string To);

/// <summary>How to load weights.</summary>
public sealed record WeightLoadOptions
{
    /// <summary>Renames for files whose keys differ from the model's; of those that match a key, the first applies.</summary>
    public ImmutableArray<KeyPrefix> Renames { get; init; } = [];

    /// <summary>Load a file of ours even if its metadata names another model, other classes or other preprocessing. Keys and shapes must fit all the same.</summary>
    public bool IgnoreMetadata { get; init; }
}

/// <summary>What was loaded.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">Its format.</param>
/// <param name="Tensors">Number of tensors copied.</param>
/// <param name="Values">Number of values copied.</param>
/// <param name="Converted">Keys whose values were converted from another floating-point type.</param>
/// <param name="CountersNotInFile">Keys of batch counters (<c>num_batches_tracked</c>) that the file lacks and that were left as they are.</param>
public sealed record WeightLoadReport(
    string Path, WeightFileFormat Format, int Tensors, long Values, ImmutableArray<string> Converted, ImmutableArray<string> CountersNotInFile);

/// <summary>A weight file is of another model: its metadata, keys or shapes are not those of this one.</summary>
public sealed class WeightMismatchException : WeightFileException
{
    internal WeightMismatchException(
        string path, string problem, ImmutableArray<string> missing, ImmutableArray<string> extra, ImmutableArray<string> misshapen)
        : base(path, problem)
    {
        Missing = missing;
        Extra = extra;
        Misshapen = misshapen;
    }

    /// <summary>Keys of the model that the file lacks.</summary>
    public ImmutableArray<string> Missing { get; }

    /// <summary>Keys of the file that the model lacks.</summary>
    public ImmutableArray<string> Extra { get; }

    /// <summary>Keys whose shape or kind of number differs.</summary>
    public ImmutableArray<string> Misshapen { get; }
}

/// <summary>Loads and saves the weights of modules.</summary>
public static partial class WeightLoader
{
    // Batch normalisation counts its batches. Old files lack the counter, and no result depends on it once training is over.
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>Copies a file's weights into a module, on whatever device and in whatever floating-point type it is.</summary>
    /// <param name="module">The module; its <c>state_dict</c> says which keys there are.</param>
    /// <param name="path">A safetensors file or a PyTorch checkpoint.</param>
    /// <param name="options">Renames and checks.</param>
    /// <exception cref="WeightMismatchException">
    /// The file is of another model, or keys or shapes differ: the message lists all that do. The module is unchanged.
    /// </exception>
    /// <exception cref="WeightFileException">The file cannot be read. The module is unchanged.</exception>
    public static WeightLoadReport Load(nn.Module module, string path, WeightLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Reading(path, file => LoadRead(module, file, options ?? new WeightLoadOptions()));
    }

    // The file's bytes lie in managed memory, which the runtime keeps for itself long after they are copied: of a large file it is given back, or a process that
    // only loads and runs a model would hold it twice or three times.
    private static T Reading<T>(string path, Func<WeightFile, T> use)
    {
        const long large = 32 << 20;
        var result = Use(path, use);
        if (new FileInfo(path).Length >= large)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        return result;
    }

    // A method of its own, so that no frame holds the file when it is to be freed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Use<T>(string path, Func<WeightFile, T> use) => use(WeightFile.Read(path));

    private static WeightLoadReport LoadRead(nn.Module module, WeightFile file, WeightLoadOptions options)
    {
        if ((module as IModel)?.Card is { } card && !options.IgnoreMetadata && WeightMetadata.Differences(file.Metadata, card) is { Count: > 0 } differences)
        {
            throw new WeightMismatchException(
                file.Path, $"the weights are not of {card.Name}; nothing was loaded.{Environment.NewLine}{Section("differs", differences)}", [], [], []);
        }
        return LoadTensors(module, file, options.Renames);
    }

    /// <summary>Copies tensors whose file was read, whatever its metadata say: all of them or none.</summary>
    /// <exception cref="WeightMismatchException">Keys or shapes differ. The module is unchanged.</exception>
    internal static WeightLoadReport LoadTensors(nn.Module module, WeightFile file, ImmutableArray<KeyPrefix> renames = default)
    {
        var stored = Rename(file, renames.IsDefault ? [] : renames);
        var state = module.state_dict();
        Compare(file.Path, (module as IModel)?.Card.Name ?? module.GetName(), stored, state);
        return Copy(file, stored, state);
    }

    /// <summary>Writes a module's weights with its card's metadata, atomically: the file appears complete or not at all.</summary>
    /// <param name="module">The module, on any device.</param>
    /// <param name="card">What the metadata says.</param>
    /// <param name="path">A safetensors file; its folder must exist.</param>
    /// <param name="durable">Wait until the disk has it, so that it survives a power failure.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before is untouched.</exception>
    public static void Save(nn.Module module, ModelCard card, string path, bool durable = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        Safetensors.Write(path, module.state_dict().Select(entry => StoredTensor.From(entry.Key, entry.Value)), WeightMetadata.Of(card), durable);
    }

    private static Dictionary<string, StoredTensor> Rename(WeightFile file, ImmutableArray<KeyPrefix> renames)
    {
        var result = new Dictionary<string, StoredTensor>();
        foreach (var tensor in file.Tensors)
        {
            var rename = renames.FirstOrDefault(r => tensor.Name.StartsWith(r.From, StringComparison.Ordinal));
            var name = rename is null ? tensor.Name : rename.To + tensor.Name[rename.From.Length..];
            if (!result.TryAdd(name, tensor))
            {
                throw new WeightFileException(file.Path, $"'{result[name].Name}' and '{tensor.Name}' both become '{name}'.");
            }
        }
        return result;
    }

    private static void Compare(
        string path, string name, Dictionary<string, StoredTensor> stored, Dictionary<string, Tensor> state, params IEnumerable<string> unexplained)
    {
        string[] missing = [.. state.Keys.Where(key => !stored.ContainsKey(key) && !IsBatchCounter(key)).Order(StringComparer.Ordinal)];
        string[] extra = [.. stored.Keys.Where(key => !state.ContainsKey(key) && !IsBatchCounter(key)).Concat(unexplained).Order(StringComparer.Ordinal)];
        var misshapen = state.Where(entry => stored.ContainsKey(entry.Key)).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => (entry.Key, Problem: Misfit(stored[entry.Key], entry.Value)))
            .Where(entry => entry.Problem is not null).ToArray();
        if (missing is [] && extra is [] && misshapen is [])
        {
            return;
        }
        var message = new StringBuilder($"the weights do not fit {name}; nothing was loaded.").AppendLine()
            .Append(Section("missing from the file", missing))
            .Append(Section("not in the model", extra))
            .Append(Section("different", [.. misshapen.Select(entry => $"{entry.Key}: {entry.Problem}")]))
            .Append(CommonPrefix(missing, extra) is { } prefix ? $"  Every missing key is in the file with '{prefix}' before it: rename that prefix." : "");
        throw new WeightMismatchException(path, message.ToString().TrimEnd(), [.. missing], [.. extra], [.. misshapen.Select(entry => entry.Key)]);
    }

    /// <summary>What stands before all missing keys in the file (as wrappers of modules leave it), or null.</summary>
    private static string? CommonPrefix(string[] missing, string[] extra)
    {
        if (missing is [])
        {
            return null;
        }
        var known = extra.ToHashSet();
        return extra.Where(key => key.EndsWith("." + missing[0], StringComparison.Ordinal))
            .Select(key => key[..^missing[0].Length])
            .FirstOrDefault(prefix => missing.All(key => known.Contains(prefix + key)));
    }

    private static string? Misfit(StoredTensor stored, Tensor target)
    {
        var shape = target.shape;
        // Scalars are stored as [] by some and as [1] by others.
        var fits = stored.Shape.AsSpan().SequenceEqual(shape) || stored is { Count: 1, Shape.Length: <= 1 } && shape is [] or [1];
        if (!fits)
        {
            return $"[{string.Join(", ", stored.Shape)}] in the file, [{string.Join(", ", shape)}] in the model";
        }
        return StoredDataTypes.IsFloat(stored.DataType) == target.is_floating_point()
            ? null
            : $"{stored.DataType} in the file, {target.dtype} in the model";
    }

    private static WeightLoadReport Copy(WeightFile file, Dictionary<string, StoredTensor> stored, Dictionary<string, Tensor> state)
    {
        using var gradients = no_grad();
        var converted = ImmutableArray.CreateBuilder<string>();
        var counters = ImmutableArray.CreateBuilder<string>();
        var tensors = 0;
        long values = 0;
        foreach (var (key, target) in state)
        {
            if (!stored.TryGetValue(key, out var source))
            {
                counters.Add(key);
                continue;
            }
            using var scope = NewDisposeScope();
            target.copy_(source.ToTensor().reshape(target.shape));
            tensors++;
            values += source.Count;
            if (StoredDataTypes.ToTorch(source.DataType) != target.dtype)
            {
                converted.Add(key);
            }
        }
        return new WeightLoadReport(file.Path, file.Format, tensors, values, converted.ToImmutable(), counters.ToImmutable());
    }

    private static bool IsBatchCounter(string key) => key == BatchCounter || key.EndsWith("." + BatchCounter, StringComparison.Ordinal);

    private static string Section(string title, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
        {
            return "";
        }
        var text = new StringBuilder($"  {title} ({lines.Count}):").AppendLine();
        foreach (var line in lines)
        {
            text.Append("    ").AppendLine(line);
        }
        return text.ToString();
    }
}
