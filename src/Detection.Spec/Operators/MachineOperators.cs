// Support vector machines behind a network: no operator that a spec names, but what `scores: svm` puts behind a stage.
using System.Collections.Immutable;
using Detection.Spec.Shapes;

namespace Detection.Spec.Operators;

/// <summary>The operator of <c>detection.scores: svm</c>.</summary>
internal static class MachineOperators
{
    /// <summary>Its name in listings, and the name of its node and of its tensors' prefix.</summary>
    public const string Name = "svm";

    /// <summary>One linear machine for each class. Its tensors are not learned by gradient: machines are trained once the network is.</summary>
    public static OperatorDefinition Machines { get; } = new(Name, "Linear support vector machines, one for each class.")
    {
        OutputIsFree = true,
        Attributes = [CommonAttributes.Out],
        Rank = InputRank.Vector,
        Shape = use => new TensorShape.Vector(use.Attributes["out"].Integer),
        Tensors = use =>
        {
            var (classes, features) = (use.Attributes["out"].Integer, use.Inputs[0].Channels);
            return [CommonAttributes.Kept("weight", classes, features), CommonAttributes.Kept("bias", classes), CommonAttributes.Kept("scale", 1)];
        },
        MultiplyAddsPerOutput = use => use.Inputs[0].Channels,
        IsModule = true,
    };

    /// <summary>Its attributes for a number of classes.</summary>
    public static AttributeSet Attributes(long classes) => new(ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("out", AttributeValue.Of(classes)));
}
