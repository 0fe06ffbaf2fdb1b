// Constant tensors that are made once per key and device and then shared by all threads: default boxes, anchors.
using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace Detection.Runtime;

/// <summary>A cache of tensors that nobody changes. Thread-safe.</summary>
/// <typeparam name="TKey">What a tensor depends on beside the device.</typeparam>
internal sealed class DeviceTensors<TKey> : IDisposable
    where TKey : notnull
{
    // A detector fed with images of many sizes must not collect tensors for ever.
    private const int MaxCached = 32;

    private readonly ConcurrentDictionary<(TKey Key, string Device), Tensor> cache = new();

    /// <summary>The tensor of a key.</summary>
    /// <param name="key">What it depends on.</param>
    /// <param name="device">Where it is needed.</param>
    /// <param name="columns">Its second dimension.</param>
    /// <param name="values">Makes its values, row by row.</param>
    /// <returns>[rows, columns] float32; shared: not to be disposed or changed.</returns>
    public Tensor For(TKey key, Device device, int columns, Func<float[]> values)
    {
        var place = (key, device.ToString());
        if (cache.TryGetValue(place, out var found))
        {
            return found;
        }
        if (cache.Count >= MaxCached)
        {
            // Other threads may still use what is dropped; finalisers free it.
            cache.Clear();
        }
        var numbers = values();
        var made = tensor(numbers, [numbers.Length / columns, columns], device: device).DetachFromDisposeScope();
        var shared = cache.GetOrAdd(place, made);
        if (!ReferenceEquals(shared, made))
        {
            // Another thread was faster.
            made.Dispose();
        }
        return shared;
    }

    /// <summary>Frees the tensors; nobody may use them any more.</summary>
    public void Dispose()
    {
        foreach (var values in cache.Values)
        {
            values.Dispose();
        }
        cache.Clear();
    }
}
