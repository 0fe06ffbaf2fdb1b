// A project's many detectors mostly stand on the same few variants of a part. Rendering one is a function of the part's specs, which the
// pipeline keeps as the same objects until their files are edited: it is computed once for them and forgotten with them.
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Detection.Gen.Pipeline;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>The class of a part with other parameters than its own, or changed by a patch.</summary>
/// <param name="Name">Name of the variant.</param>
/// <param name="ClassName">Its class.</param>
/// <param name="Source">Its file.</param>
internal sealed record RenderedVariant(string Name, string ClassName, GeneratedSource Source);

/// <summary>Remembers rendered variants as long as the specs that they are made of.</summary>
internal static class RenderedVariants
{
    // Who patches a part differently in every use gains nothing from remembering.
    private const int MostOfOnePart = 64;

    private static readonly ConditionalWeakTable<SpecInput, List<Entry>> Known = new();

    /// <summary>The variant, rendered now or before.</summary>
    /// <param name="closure">The part and the specs that it refers to.</param>
    /// <param name="instance">Which variant.</param>
    /// <param name="classNamespace">Namespace of its class.</param>
    /// <param name="render">Renders it; null when it does not compile.</param>
    public static RenderedVariant? Of(ImmutableArray<SpecInput> closure, ModelInstance instance, string classNamespace, Func<RenderedVariant?> render)
    {
        var entries = Known.GetOrCreateValue(closure[0]);
        lock (entries)
        {
            foreach (var entry in entries)
            {
                if (entry.Namespace == classNamespace && entry.Instance.Equals(instance) && AreSame(entry.Closure, closure))
                {
                    return entry.Variant;
                }
            }
        }

        if (render() is not { } variant)
        {
            return null;
        }

        lock (entries)
        {
            if (entries.Count >= MostOfOnePart)
            {
                entries.Clear();
            }

            entries.Add(new Entry([.. closure.Skip(1).Select(c => new WeakReference<SpecInput>(c))], instance, classNamespace, variant));
        }

        return variant;
    }

    private static bool AreSame(ImmutableArray<WeakReference<SpecInput>> others, ImmutableArray<SpecInput> closure)
    {
        if (others.Length != closure.Length - 1)
        {
            return false;
        }

        for (var i = 0; i < others.Length; i++)
        {
            if (!others[i].TryGetTarget(out var other) || !ReferenceEquals(other, closure[i + 1]))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Entry(ImmutableArray<WeakReference<SpecInput>> Closure, ModelInstance Instance, string Namespace, RenderedVariant Variant);
}
