// Classification: ranking, names, several images.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Detection.Runtime.Tests;

public class ImageClassifierTests
{
    // Logits: mean red, mean green, mean blue, 0.
    private sealed class MeanColor() : ImageClassifier(nameof(MeanColor), Cards.Make(kind: ModelKind.Classifier))
    {
        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return cat([input.mean([2, 3]), zeros(input.shape[0], 1)], 1).MoveToOuterDisposeScope();
        }
    }

    private static RgbImage Plain(byte red, byte green, byte blue)
    {
        var image = new RgbImage(10, 10);
        for (var i = 0; i < 100; i++)
        {
            image[i % 10, i / 10] = (red, green, blue);
        }
        return image;
    }

    [Fact]
    public void Classes_are_ranked_with_probabilities_and_names()
    {
        using var classifier = new MeanColor();
        classifier.eval();
        var results = classifier.Classify([Plain(255, 127, 0), Plain(127, 127, 255)], top: 3);
        Assert.Equal(2, results.Count);
        // Logits 1, 0, -127/128, 0.
        Assert.Equal([0, 1, 3], results[0].Select(r => r.ClassIndex));
        Assert.Equal(["cat", "dog", null], results[0].Select(r => r.ClassName));
        Assert.Equal(Math.E / (Math.E + 2 + Math.Exp(-127 / 128.0)), results[0][0].Probability, 1e-5);
        Assert.Equal(2, results[1][0].ClassIndex);
    }

    [Fact]
    public void More_than_there_are_gives_all()
    {
        using var classifier = new MeanColor();
        classifier.eval();
        var all = Assert.Single(classifier.Classify([Plain(1, 2, 3)], top: 100));
        Assert.Equal(4, all.Length);
        Assert.Equal(1, all.Sum(r => r.Probability), 1e-5);
        Assert.Empty(classifier.Classify([]));
    }

    [Fact]
    public void Training_mode_is_refused()
    {
        using var classifier = new MeanColor();
        classifier.train();
        Assert.Throws<InvalidOperationException>(() => classifier.Classify([Plain(1, 2, 3)]));
    }
}
