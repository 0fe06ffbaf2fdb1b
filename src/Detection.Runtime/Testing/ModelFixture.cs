// One network for all tests of a class: creating it is what takes longest.
using static TorchSharp.torch;

namespace Detection.Runtime.Testing;

/// <summary>A model that the tests of a class share, for xunit's <c>IClassFixture</c>; freed behind the last of them.</summary>
/// <typeparam name="TModel">The model.</typeparam>
public sealed class ModelFixture<TModel> : IDisposable
    where TModel : nn.Module, new()
{
    /// <summary>The model, with weights as drawn when it was created.</summary>
    public TModel Model { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
