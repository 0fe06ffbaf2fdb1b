// C# names for what a spec names: as written, unless generated code means something else by the word.
using System.Collections.Immutable;
using System.Globalization;
using Detection.Spec.Compilation;
using Detection.Spec.Graphs;
using Detection.Spec.Resolution;

namespace Detection.Gen.Emission;

/// <summary>Chooses identifiers that collide with nothing.</summary>
internal static class GeneratedNames
{
    /// <summary>Methods and variables of generated code and members of its base classes, besides <see cref="ClassNames.Reserved"/>.</summary>
    public static ImmutableHashSet<string> Reserved { get; } = ClassNames.Reserved.Union(
    [
        // What generated methods mention.
        "NewDisposeScope", "cat", "functional", "imageFeatures", "init", "no_grad", "precisionPass", "scope", "var",

        // Members of object, of TorchSharp's modules and of the bases in Detection.Runtime.
        "Card", "ClearModules", "ConditionallyRegisterBuffer", "ConditionallyRegisterParameter", "Create", "DecodeBoxes", "DefaultBoxes", "Detect",
        "AnchorsFor", "AnchorsOf", "Classify", "Dispose", "Extract", "Infer", "Propose", "Refine", "FilteredAnchors", "Equals", "Finalize", "GetDefaultDeviceAndType", "GetHashCode", "GetName", "GetType", "Head", "LookAt", "Machines", "HookRemover", "HookableModule", "MemberwiseClone", "ReferenceEquals",
        "RegisterComponents", "ReplaceBuffer", "ReplaceParameter", "Scores", "ToString", "add_module", "apply", "buffers", "call", "children", "eval", "forward",
        "get_buffer", "get_parameter", "get_submodule", "has_buffer", "has_parameter", "load", "load_state_dict", "module_post_hooks", "module_pre_hooks",
        "modules", "name", "named_buffers", "named_children", "named_modules", "named_parameters", "parameters", "post_hooks", "pre_hooks", "register_buffer",
        "register_forward_hook", "register_forward_pre_hook", "register_module", "register_parameter", "save", "save_state_dict", "state_dict", "train", "training",
        "zero_grad",
    ]);

    private static readonly ImmutableHashSet<string> RecordMembers =
    [
        "Clone", "Deconstruct", "Dispose", "EqualityContract", "Equals", "Features", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers", "ReceptiveFields",
        "ReferenceEquals", "Strides", "ToString",
    ];

    private static readonly ImmutableHashSet<string> FeatureMembers =
    [
        "DetachFromDisposeScope", "Dispose", "Equals", "Features", "Finalize", "GetHashCode", "GetType", "Input", "Maps", "MemberwiseClone", "MoveToOuterDisposeScope", "Proposals",
        "ReferenceEquals", "ToString",
    ];

    private static readonly ImmutableHashSet<string> OutputBaseMembers =
    [
        "BoxDeltas", "ClassLogits", "Concatenate", "DetachFromDisposeScope", "Dispose", "Equals", "Extras", "FeatureSizes", "Finalize", "GetHashCode", "GetType",
        "MemberwiseClone", "MoveToOuterDisposeScope", "Objectness", "Output", "ReferenceEquals", "Refinement", "ToString",
    ];

    /// <summary>Names of a graph's inputs and nodes as fields and variables.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="classes">Names of the classes of the model.</param>
    public static ImmutableDictionary<string, string> Of(Graph graph, ICollection<string> classes)
    {
        var names = graph.Inputs.Select(i => i.Name).Concat(graph.Nodes.Select(n => n.Name)).ToImmutableHashSet(StringComparer.Ordinal);
        return names.ToImmutableDictionary(name => name, name => IsTaken(name) ? Free(name) : Names.Identifier(name), StringComparer.Ordinal);

        bool IsTaken(string name) => Reserved.Contains(name) || classes.Contains(name);

        string Free(string name)
        {
            do
            {
                name += "_";
            }
            while (names.Contains(name) || IsTaken(name));
            return name;
        }
    }

    /// <summary>Names of outputs as members of a record, in order.</summary>
    public static ImmutableArray<string> Members(IEnumerable<string> outputs) => Members(outputs, RecordMembers);

    private static ImmutableArray<string> Members(IEnumerable<string> outputs, ImmutableHashSet<string> reserved)
    {
        var taken = new HashSet<string>(reserved, StringComparer.Ordinal);
        var result = ImmutableArray.CreateBuilder<string>();
        foreach (var output in outputs)
        {
            var name = output.Length == 0 ? "" : Names.Pascal(output);
            var unique = name;
            for (var i = 2; name.Length > 0 && !taken.Add(unique); i++)
            {
                unique = name + "_" + i.ToString(CultureInfo.InvariantCulture);
            }

            result.Add(unique);
        }

        return result.ToImmutable();
    }

    /// <summary>Names of further regression heads as members of a detector's outputs, in order.</summary>
    public static ImmutableArray<string> OutputMembers(IEnumerable<string> heads) => Members(heads, OutputBaseMembers);

    /// <summary>Names of maps as members of a two-stage detector's features, in order.</summary>
    public static ImmutableArray<string> MapMembers(IEnumerable<string> maps) => Members(maps, FeatureMembers);

    /// <summary>A namespace as the build names it, with what C# does not allow replaced.</summary>
    public static string Namespace(string name) => string.Join(".", name.Split('.').Select(static part =>
    {
        var word = string.Concat(part.Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : '_'));
        return word.Length == 0 || char.IsDigit(word[0]) ? "_" + word : Names.Identifier(word);
    }));
}
