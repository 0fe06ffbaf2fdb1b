// Operators that a spec declares itself: what generated code needs to know of the C# class that computes them.
using System.Collections.Immutable;
using Detection.Spec.Expressions;

namespace Detection.Spec.Operators;

/// <summary>A tensor of a declared operator, its sizes as expressions over <c>in</c> and the attributes.</summary>
/// <param name="Name">Name below the node's key.</param>
/// <param name="Sizes">One expression for each axis.</param>
/// <param name="Initial">The value that all of it begins with; null for TorchSharp's random weights of a layer, or zeros in one axis.</param>
/// <param name="Learned">Whether training changes it by gradient.</param>
public sealed record DeclaredTensor(string Name, ImmutableArray<Expression> Sizes, double? Initial, bool Learned);

/// <summary>The C# class of a declared operator.</summary>
/// <param name="ClassName">Its name; qualified when it has a dot, otherwise in the namespace of the spec that declares it.</param>
/// <param name="DeclaredIn">Path of that spec.</param>
/// <param name="Inputs">Names of its inputs, which stand for their channels in expressions; empty for a single one.</param>
/// <param name="Tensors">What it keeps.</param>
/// <param name="IsVector">Whether it gives a vector.</param>
/// <param name="IsBroken">Whether its declaration has errors, so that nothing can be built with it; its class may have no name then.</param>
public sealed record OperatorClass(string ClassName, string DeclaredIn, ImmutableArray<string> Inputs, ImmutableArray<DeclaredTensor> Tensors, bool IsVector, bool IsBroken)
{
    /// <summary>Namespace and name of the class, for a spec of the given namespace.</summary>
    public (string Namespace, string Name) In(string specNamespace) => ClassName.LastIndexOf('.') is >= 0 and var dot
        ? (ClassName.Substring(0, dot), ClassName.Substring(dot + 1))
        : (specNamespace, ClassName);
}
