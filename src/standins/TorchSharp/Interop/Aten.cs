// Calls any ATen operator by its schema name ("aten::add.Tensor"), whatever version of libtorch is underneath.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>
/// Operator calls through libtorch's boxed dispatcher. Arguments bind by position first, then by schema name;
/// what is missing takes the schema's default, because arity differs between libtorch versions.
/// </summary>
internal static unsafe class Aten
{
    private const int StackWords = 96;

    private static readonly ConcurrentDictionary<string, AtenOperator> Operators = new(StringComparer.Ordinal);

    /// <summary>Calls an operator with exactly one result, a tensor.</summary>
    internal static torch.Tensor Call(string op, params ReadOnlySpan<AtenArg> args)
    {
        var count = Invoke(op, args, out var results);
        if (count == 1 && results->Tag == AtenArg.Kind.Tensor)
            return new torch.Tensor((nint)results->Payload);
        Release(results, count);
        throw new InvalidOperationException($"{op} does not return one tensor.");
    }

    /// <summary>Calls an operator with several tensors as result, or a list of them; an undefined one is null.</summary>
    internal static torch.Tensor[] CallMany(string op, params ReadOnlySpan<AtenArg> args)
    {
        var count = Invoke(op, args, out var results);
        return Collect(results, count);
    }

    /// <summary>Takes over the tensors of a result; an undefined one is null.</summary>
    internal static torch.Tensor[] Collect(NativeResult* results, int count)
    {
        var tensors = new torch.Tensor[count];
        for (var i = 0; i < count; i++)
            tensors[i] = results[i].Tag == AtenArg.Kind.Tensor ? new torch.Tensor((nint)results[i].Payload) : null!;
        return tensors;
    }

    /// <summary>Calls an operator and drops its results: for in-place operators.</summary>
    internal static void CallVoid(string op, params ReadOnlySpan<AtenArg> args)
    {
        var count = Invoke(op, args, out var results);
        Release(results, count);
    }

    /// <summary>Calls an operator whose result is a bool, an int, a float or a number.</summary>
    internal static Scalar CallScalar(string op, params ReadOnlySpan<AtenArg> args)
    {
        var count = Invoke(op, args, out var results);
        if (count == 1)
        {
            var payload = results->Payload;
            switch (results->Tag)
            {
                case AtenArg.Kind.Bool: return payload != 0;
                case AtenArg.Kind.Int: return payload;
                case AtenArg.Kind.Double: return BitConverter.Int64BitsToDouble(payload);
                case AtenArg.Kind.Complex:
                    return new System.Numerics.Complex(
                        BitConverter.Int64BitsToDouble(payload), BitConverter.Int64BitsToDouble(results->Second));
            }
        }
        Release(results, count);
        throw new InvalidOperationException($"{op} does not return one number.");
    }

    internal static bool CallBool(string op, params ReadOnlySpan<AtenArg> args) => CallScalar(op, args).ToBoolean();

    /// <summary>True when this libtorch has the operator.</summary>
    internal static bool Exists(string op) => Operators.ContainsKey(op) || AtenOperator.TryResolve(op) is not null;

    private static AtenOperator Operator(string op) =>
        Operators.TryGetValue(op, out var known) ? known : Operators.GetOrAdd(op, AtenOperator.Resolve);

    [SkipLocalsInit]
    private static int Invoke(string op, ReadOnlySpan<AtenArg> args, out NativeResult* results)
    {
        var handle = Operator(op);
        var arity = handle.ParameterNames.Length;
        var words = 0;
        foreach (ref readonly var arg in args)
            words += Words(arg);

        var scratch = words <= StackWords ? stackalloc long[StackWords] : new long[words];
        var native = stackalloc NativeArg[arity];
        var strings = (List<nint>?)null;
        int count;
        fixed (long* buffer = scratch)
        {
            var next = buffer;
            var bound = 0;
            for (var i = 0; i < args.Length; i++)
            {
                ref readonly var arg = ref args[i];
                var position = arg.Name is null ? i : handle.Position(arg.Name);
                if (position >= arity)
                    throw new ArgumentException($"{op} takes {arity} arguments, {args.Length} were given.");
                for (; bound <= position; bound++)
                    native[bound] = default;
                next = Marshal(arg, ref native[position], next, ref strings);
            }
            try
            {
                fixed (NativeResult** first = &results)
                    count = Native.dg_call(handle.Handle, native, bound, first);
            }
            finally
            {
                if (strings is not null)
                    foreach (var text in strings)
                        System.Runtime.InteropServices.Marshal.FreeCoTaskMem(text);
            }
        }
        // The tensors must outlive the native call, even when the caller's references are dead by now.
        foreach (ref readonly var arg in args)
            GC.KeepAlive(arg.Reference);
        if (count < 0)
            Native.Throw();
        return count;
    }

    private static int Words(in AtenArg arg) => arg.Tag switch
    {
        AtenArg.Kind.Ints or AtenArg.Kind.Doubles or AtenArg.Kind.Bools or AtenArg.Kind.Tensors => ((Array)arg.Reference!).Length,
        AtenArg.Kind.Complex => 2,
        _ => 0,
    };

    private static long* Marshal(in AtenArg arg, ref NativeArg native, long* next, ref List<nint>? strings)
    {
        native.Tag = arg.Tag;
        native.Payload = arg.Bits;
        switch (arg.Tag)
        {
            case AtenArg.Kind.Tensor:
                native.Payload = Unsafe.As<torch.Tensor>(arg.Reference!).Handle;
                return next;
            case AtenArg.Kind.Generator:
                native.Payload = Unsafe.As<torch.Generator>(arg.Reference!).Handle;
                return next;
            case AtenArg.Kind.Ints:
                var ints = Unsafe.As<long[]>(arg.Reference!);
                ints.CopyTo(new Span<long>(next, ints.Length));
                return List(ref native, next, ints.Length);
            case AtenArg.Kind.Doubles:
                var doubles = Unsafe.As<double[]>(arg.Reference!);
                doubles.CopyTo(new Span<double>(next, doubles.Length));
                return List(ref native, next, doubles.Length);
            case AtenArg.Kind.Bools:
                var bools = Unsafe.As<bool[]>(arg.Reference!);
                for (var i = 0; i < bools.Length; i++)
                    next[i] = bools[i] ? 1 : 0;
                return List(ref native, next, bools.Length);
            case AtenArg.Kind.Tensors:
                var tensors = Unsafe.As<torch.Tensor?[]>(arg.Reference!);
                for (var i = 0; i < tensors.Length; i++)
                    next[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
                return List(ref native, next, tensors.Length);
            case AtenArg.Kind.Complex:
                var complex = Unsafe.As<Scalar>(arg.Reference!).ToComplexFloat64();
                ((double*)next)[0] = complex.Real;
                ((double*)next)[1] = complex.Imaginary;
                return List(ref native, next, 2);
            case AtenArg.Kind.String:
                var text = System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(Unsafe.As<string>(arg.Reference!));
                (strings ??= []).Add(text);
                native.Payload = text;
                return next;
            default:
                return next;
        }
    }

    private static long* List(ref NativeArg native, long* start, int count)
    {
        native.Payload = (nint)start;
        native.Count = count;
        return start + count;
    }

    private static void Release(NativeResult* results, int count)
    {
        for (var i = 0; i < count; i++)
            if (results[i].Tag == AtenArg.Kind.Tensor)
                Native.dg_tensor_release((nint)results[i].Payload);
    }
}

/// <summary>An operator found in libtorch's registry.</summary>
internal sealed unsafe class AtenOperator
{
    private AtenOperator(nint handle, string[] parameterNames)
    {
        Handle = handle;
        ParameterNames = parameterNames;
    }

    internal nint Handle { get; }
    internal string[] ParameterNames { get; }

    internal int Position(string name)
    {
        var position = Array.IndexOf(ParameterNames, name);
        return position >= 0 ? position
            : throw new ArgumentException($"The operator has no parameter '{name}' but {string.Join(", ", ParameterNames)}.");
    }

    internal static AtenOperator Resolve(string op)
    {
        var found = TryResolve(op);
        if (found is null)
            Native.Throw();
        return found!;
    }

    internal static AtenOperator? TryResolve(string op)
    {
        var dot = op.IndexOf('.');
        var (name, overload) = dot < 0 ? (op, "") : (op[..dot], op[(dot + 1)..]);
        var handle = Native.dg_find(name, overload);
        if (handle == 0)
            return null;
        var names = new string[Native.dg_arity(handle)];
        for (var i = 0; i < names.Length; i++)
            names[i] = Marshal.PtrToStringUTF8(Native.dg_parameter(handle, i))!;
        return new AtenOperator(handle, names);
    }
}
