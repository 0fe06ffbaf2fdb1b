// Base of generated classifiers: from images to ranked classes.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>A class and how likely it is.</summary>
/// <param name="ClassIndex">Counted from 0.</param>
/// <param name="ClassName">Its name, or null where the spec names no classes.</param>
/// <param name="Probability">Softmax probability.</param>
public sealed record ClassScore(int ClassIndex, string? ClassName, float Probability);

/// <summary>Base of generated image classifiers; the forward pass maps [N, 3, H, W] to logits [N, K].</summary>
public abstract class ImageClassifier : nn.Module<Tensor, Tensor>, IModel
{
    private readonly ImagePreprocessor preprocessor;

    /// <summary>Creates the part that is not generated; the derived class registers the layers.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="card">Constants of the spec.</param>
    protected ImageClassifier(string name, ModelCard card)
        : base(name)
    {
        Card = card;
        preprocessor = new ImagePreprocessor(card.Input, card.Preprocessing);
    }

    /// <inheritdoc/>
    public ModelCard Card { get; }

    /// <summary>Ranks the classes of each image. May be called from several threads at once. The model must be in evaluation mode.</summary>
    /// <param name="images">Images of any sizes; none gives an empty answer.</param>
    /// <param name="top">How many classes to return per image.</param>
    /// <param name="batchSize">Images that go through the network at once.</param>
    /// <returns>Per image the likeliest classes, best first; ties by lower index.</returns>
    /// <exception cref="InvalidOperationException">The model is in training mode.</exception>
    public IReadOnlyList<ImmutableArray<ClassScore>> Classify(IReadOnlyList<RgbImage> images, int top = 5, int batchSize = 8)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(top);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        var results = new List<ImmutableArray<ClassScore>>(images.Count);
        foreach (var batch in images.Chunk(batchSize))
        {
            using var scope = InferenceScope.Enter(this);
            var logits = call(preprocessor.ToTensor(batch, InferenceScope.DeviceOf(this)));
            var probabilities = logits.softmax(-1).to(ScalarType.Float32).cpu().contiguous();
            var values = MemoryMarshal.Cast<byte, float>(probabilities.bytes).ToArray();
            var classes = (int)probabilities.shape[^1];
            results.AddRange(values.Chunk(classes).Select(row => Rank(row, top)));
        }
        return results;
    }

    private ImmutableArray<ClassScore> Rank(float[] probabilities, int top) =>
    [
        .. probabilities.Select((probability, index) => (probability, index)).OrderByDescending(p => p.probability).Take(top)
            .Select(p => new ClassScore(p.index, p.index < Card.ClassNames.Length ? Card.ClassNames[p.index] : null, p.probability)),
    ];
}
