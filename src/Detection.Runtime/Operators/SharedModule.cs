// A module that another one owns. TorchSharp registers every field that holds a module; behind this one it stays the owner's alone,
// so its parameters are saved, moved and counted once.
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>Holds a module without making it a part of the holder.</summary>
/// <typeparam name="TModule">Its class.</typeparam>
/// <param name="module">The module; whoever created it disposes it.</param>
public readonly struct SharedModule<TModule>(TModule module)
    where TModule : nn.Module
{
    /// <summary>The module.</summary>
    public TModule Module { get; } = module;
}
