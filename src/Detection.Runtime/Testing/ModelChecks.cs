// Checks that hold for every generated model: used by the tests that the generator writes.
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime.Testing;

/// <summary>Checks of a model as a whole.</summary>
public static class ModelChecks
{
    /// <summary>Regions of a batch, no two alike.</summary>
    /// <param name="count">How many, dealt out over the images.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="height">Rows of the images in pixels.</param>
    /// <param name="width">Columns of the images in pixels.</param>
    /// <returns>[count, 5] image index, x1, y1, x2, y2 in pixels, image by image.</returns>
    public static Tensor Regions(int count, int images, int height, int width)
    {
        var perImage = count / images;
        float[] rows =
        [
            .. Enumerable.Range(0, count).SelectMany(i => (i % perImage + 1f) / (perImage + 1f) is var share
                ? new[] { i / perImage, width * share / 3, height * share / 4, width * (1 + share) / 2, height * (2 + share) / 3 }
                : []),
        ];
        return tensor(rows, [count, 5]);
    }

    /// <summary>Number of learned values.</summary>
    public static long ParameterCount(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.parameters().Where(p => p.requires_grad).Sum(p => p.numel());
    }

    /// <summary>Names of parameters that training would not change: a backward pass leaves them without a gradient, or with zeros only.</summary>
    /// <param name="model">The model; put into training mode.</param>
    /// <param name="forward">Runs the model and gives all its outputs.</param>
    public static IReadOnlyList<string> ParametersWithoutGradient(nn.Module model, Func<Tensor[]> forward)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(forward);
        using var scope = NewDisposeScope();
        model.train();
        model.zero_grad();

        // Squares, since the sum of a batch-normalised map is constant and its gradient vanishes.
        var loss = zeros(1);
        foreach (var output in forward())
        {
            loss += output.square().mean();
        }

        loss.backward();
        return [.. model.named_parameters().Where(p => p.parameter.grad is not { } grad || grad.abs().sum().item<float>() == 0).Select(p => p.name)];
    }

    /// <summary>Saves a model's weights into a temporary file, makes every value another one, and loads the file.</summary>
    /// <param name="model">The model; as before afterwards, if nothing is lost.</param>
    /// <param name="card">What the file's metadata says.</param>
    /// <returns>State-dict keys whose tensors are not what they were, in any bit.</returns>
    public static IReadOnlyList<string> TensorsLostBySaving(nn.Module model, ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var state = model.state_dict();
        var kept = state.ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());
        var folder = Directory.CreateTempSubdirectory("detection-gen-");
        try
        {
            var file = Path.Combine(folder.FullName, "weights.safetensors");
            // The file lives for a moment: nothing waits for the disk.
            WeightLoader.Save(model, card, file, durable: false);
            foreach (var value in state.Values)
            {
                Spoil(value);
            }
            WeightLoader.Load(model, file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return [.. state.Where(entry => !Same(kept[entry.Key], entry.Value)).Select(entry => entry.Key).Order(StringComparer.Ordinal)];
    }

    // What loading leaves out must not be right by chance: many a bias is 0 from the beginning.
    private static void Spoil(Tensor value)
    {
        if (value.is_floating_point())
        {
            value.fill_(float.NaN);
        }
        else if (value.dtype == ScalarType.Bool)
        {
            value.logical_not_();
        }
        else
        {
            value.add_(1);
        }
    }

    private static bool Same(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        return x.shape.SequenceEqual(y.shape) && x.eq(y).all().item<bool>();
    }
}
