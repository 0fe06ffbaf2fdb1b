// Weights of another model as a start: what fits by name and shape is taken, and the report says of every tensor what became of it.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>A tensor that was not taken.</summary>
/// <param name="Key">Its key, as in the model where it has one, otherwise as in the file.</param>
/// <param name="Reason">Why not.</param>
public sealed record SkippedWeight(string Key, string Reason);

/// <summary>What became of the tensors of a file and of a model when those that fit were taken.</summary>
/// <param name="Path">The file.</param>
/// <param name="Model">The model that the file's metadata names; null where it names none.</param>
/// <param name="Loaded">Keys whose values were taken.</param>
/// <param name="Skipped">Tensors of the file that were not taken: the model lacks them, or has them in another shape or kind of number.</param>
/// <param name="New">Keys of the model that the file has nothing for; their values are as they were. Batch counters do not count.</param>
/// <param name="LoadedValues">Number of values taken.</param>
/// <param name="ModelValues">Number of values of the model.</param>
public sealed record PartialWeightReport(
    string Path, string? Model, ImmutableArray<string> Loaded, ImmutableArray<SkippedWeight> Skipped, ImmutableArray<string> New, long LoadedValues,
    long ModelValues)
{
    // A list of a large network's tensors is of no use on a screen.
    private const int MostListed = 8;

    /// <summary>Class-prediction layers of which the rows of <see cref="SharedClasses"/> and of background were taken.</summary>
    public ImmutableArray<SubsampledWeight> Subsampled { get; init; } = [];

    /// <summary>Classes of the model whose rows came from the file; empty when no layer was taken by rows.</summary>
    public ImmutableArray<string> SharedClasses { get; init; } = [];

    /// <summary>"run/best.safetensors of rendered-shapes-ssd: 212 of 228 tensors taken (93 % of the values), 16 new, 16 skipped", then why.</summary>
    public override string ToString()
    {
        var share = ModelValues == 0 ? 0 : 100.0 * LoadedValues / ModelValues;
        var text = new StringBuilder(Path)
            .Append(Model is null ? "" : $" of {Model}")
            .Append(CultureInfo.InvariantCulture, $": {Loaded.Length} of {Loaded.Length + Subsampled.Length + New.Length} tensors taken ({share:0.#} % of the values), ")
            .Append(Subsampled.IsEmpty ? "" : string.Create(CultureInfo.InvariantCulture, $"{Subsampled.Length} subsampled, "))
            .Append(CultureInfo.InvariantCulture, $"{New.Length} new, {Skipped.Length} skipped");
        if (!Subsampled.IsEmpty)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  rows of {SharedClasses.Length} {(SharedClasses.Length == 1 ? "class" : "classes")}: {string.Join(", ", SharedClasses)}");
        }
        Append(text, "subsampled", [.. Subsampled.Select(layer => layer.ToString())]);
        Append(text, "new", New);
        Append(text, "skipped", [.. Skipped.Select(skipped => $"{skipped.Key}: {skipped.Reason}")]);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, ImmutableArray<string> lines)
    {
        foreach (var line in lines.Take(MostListed))
        {
            text.AppendLine().Append("  ").Append(title).Append(": ").Append(line);
        }
        if (lines.Length > MostListed)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  and {lines.Length - MostListed} more {title}");
        }
    }
}

/// <summary>How to take weights of another model.</summary>
public sealed record MatchingWeightOptions
{
    /// <summary>Renames for files whose keys differ from the model's; of those that match a key, the first applies.</summary>
    public ImmutableArray<KeyPrefix> Renames { get; init; } = [];

    /// <summary>Classes of the file's model, without background, in the order of its outputs; what the file's metadata says when null.</summary>
    public IReadOnlyList<string>? FileClasses { get; init; }

    /// <summary>Names of the file's classes with what the model calls them, where that is neither the same nor one of <see cref="ClassSynonyms"/>.</summary>
    public IReadOnlyDictionary<string, string> ClassRenames { get; init; } = ImmutableDictionary<string, string>.Empty;
}

public static partial class WeightLoader
{
    /// <summary>Copies those of a file's weights whose name and shape are the module's; see the overload with options.</summary>
    /// <param name="module">The module; what the file has nothing for stays as it is.</param>
    /// <param name="path">A safetensors file or a PyTorch checkpoint.</param>
    /// <param name="renames">Renames for files whose keys differ from the model's; of those that match a key, the first applies.</param>
    /// <inheritdoc cref="LoadMatching(nn.Module, string, MatchingWeightOptions)"/>
    public static PartialWeightReport LoadMatching(nn.Module module, string path, params KeyPrefix[] renames)
    {
        ArgumentNullException.ThrowIfNull(renames);
        return LoadMatching(module, path, new MatchingWeightOptions { Renames = [.. renames] });
    }

    /// <summary>
    /// Copies those of a file's weights whose name and shape are the module's, as a start for training: from a model of other classes, or from a network
    /// that shares a part with this one. Unlike <see cref="Load"/> it does not ask whether the file is of this model. Of class-prediction layers of another
    /// number of classes the rows of those classes are taken that both know, and of background (Faster R-CNN, arXiv 1506.01497v3, section 4.3).
    /// </summary>
    /// <param name="module">The module; what the file has nothing for stays as it is.</param>
    /// <param name="path">A safetensors file or a PyTorch checkpoint.</param>
    /// <param name="options">Renames, and classes that the file does not name.</param>
    /// <returns>What was taken, what was not and why, and what is new.</returns>
    /// <exception cref="WeightMismatchException">No parameter of the module fits: the message says why. The module is unchanged.</exception>
    /// <exception cref="WeightFileException">The file cannot be read.</exception>
    public static PartialWeightReport LoadMatching(nn.Module module, string path, MatchingWeightOptions options)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        return Reading(path, file => LoadRead(module, file, options));
    }

    private static PartialWeightReport LoadRead(nn.Module module, WeightFile file, MatchingWeightOptions options)
    {
        var stored = Rename(file, options.Renames);
        var classRows = ClassRowsOf(module, file, options);
        var rows = new SortedDictionary<string, (long[] Target, long[] Source)>(StringComparer.Ordinal);
        var state = module.state_dict();
        // Not by their names: state keys are what the spec says.
        var parameters = module.parameters().ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var (loaded, skipped) = (new SortedSet<string>(StringComparer.Ordinal), new List<SkippedWeight>());
        foreach (var (key, tensor) in stored.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!state.TryGetValue(key, out var target))
            {
                skipped.Add(new SkippedWeight(key, "not in the model"));
            }
            else if (Misfit(tensor, target) is null)
            {
                loaded.Add(key);
            }
            else if (StoredDataTypes.IsFloat(tensor.DataType) && target.is_floating_point() && classRows?.Of(tensor.Shape.AsSpan(), target.shape) is { } both)
            {
                rows.Add(key, both);
            }
            else
            {
                skipped.Add(new SkippedWeight(key, Misfit(tensor, target)!));
            }
        }
        string[] others = [.. state.Keys.Where(key => !loaded.Contains(key) && !rows.ContainsKey(key) && !IsBatchCounter(key)).Order(StringComparer.Ordinal)];
        if (!loaded.Any(key => parameters.Contains(state[key])))
        {
            RefuseEmpty(file.Path, (module as IModel)?.Card.Name ?? module.GetName(), others, stored, state);
        }
        using var gradients = no_grad();
        long values = 0;
        foreach (var key in loaded)
        {
            using var scope = NewDisposeScope();
            var target = state[key];
            target.copy_(stored[key].ToTensor().reshape(target.shape));
            values += target.numel();
        }
        foreach (var (key, (to, from)) in rows)
        {
            using var scope = NewDisposeScope();
            var target = state[key];
            var source = stored[key].ToTensor().index_select(0, tensor(from)).to(target.dtype).to(target.device);
            target.index_copy_(0, tensor(to, device: target.device), source);
            values += source.numel();
        }
        return new PartialWeightReport(
            file.Path, file.Metadata.GetValueOrDefault("model"), [.. loaded], [.. skipped], [.. others], values, state.Values.Sum(tensor => tensor.numel()))
        {
            Subsampled = [.. rows.Select(entry => new SubsampledWeight(entry.Key, entry.Value.Target.Length, (int)state[entry.Key].shape[0], (int)stored[entry.Key].Shape[0]))],
            SharedClasses = rows.Count == 0 ? [] : classRows!.Shared,
        };
    }

    private static ClassRows? ClassRowsOf(nn.Module module, WeightFile file, MatchingWeightOptions options)
    {
        var classes = options.FileClasses ?? WeightMetadata.Classes(file.Metadata);
        if (classes is null or [] || module is not IModel { Card: { ClassNames: { IsEmpty: false } own } card })
        {
            return null;
        }
        var hasBackground = module is not (OneStageDetector { Head.ScoreActivation: ScoreActivation.Sigmoid or ScoreActivation.ClassSoftmax } or ImageClassifier);
        return ClassRows.Between(classes, own, options.ClassRenames, hasBackground, card.Kind == ModelKind.TwoStage);
    }

    private static void RefuseEmpty(
        string path, string name, string[] missing, Dictionary<string, StoredTensor> stored, Dictionary<string, Tensor> state)
    {
        string[] extra = [.. stored.Keys.Where(key => !state.ContainsKey(key)).Order(StringComparer.Ordinal)];
        string[] misshapen = [.. stored.Where(entry => state.TryGetValue(entry.Key, out var target) && Misfit(entry.Value, target) is not null).Select(entry => entry.Key)];
        var prefix = CommonPrefix(missing, extra);
        var advice = prefix is not null ? $"Every key of the model is in the file with '{prefix}' before it: rename that prefix."
            : misshapen.Length > 0 ? $"{misshapen.Length} keys agree, but not in their shapes, such as '{misshapen[0]}': {Misfit(stored[misshapen[0]], state[misshapen[0]])}."
            : stored.Count == 0 ? "The file has no tensors."
            : extra.Length == 0 ? "The file has statistics and no parameters."
            : $"The file has keys such as '{extra[0]}', the model such as '{missing.FirstOrDefault() ?? state.Keys.First()}'.";
        throw new WeightMismatchException(
            path, $"none of the weights fits {name}, so nothing was loaded. {advice}", [.. missing], [.. extra], [.. misshapen]);
    }
}
