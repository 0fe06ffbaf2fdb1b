// A tensor that a module trains.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Takes the native tensor of <c>data</c> over: afterwards <c>data</c> is as if disposed, and its dispose scope owns the parameter.
/// </summary>
public class Parameter : Tensor
{
    public Parameter(Tensor data, bool requires_grad = true)
        : base(data.with_requires_grad(requires_grad).DecoupleFromNativeHandle(), register: false)
        => DisposeScope.ReplaceWith(data, this);

    internal Parameter(IntPtr handle) : base(handle) { }
}
