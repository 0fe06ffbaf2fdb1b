// Interprets the pickle of a checkpoint. It knows the opcodes that torch.save writes and a list of allowed globals, which stand for values and are
// never called: there is nothing here that a file could make execute.
using System.Buffers.Binary;
using System.Numerics;

namespace Detection.Runtime;

/// <param name="source">Where the pickle is.</param>
/// <param name="storage">Describes the storage that a persistent id names; null where the pickle may not have any.</param>
internal sealed class RestrictedUnpickler(PickleSource source, Func<PickleTuple, StorageReference>? storage = null)
{
    // A state dict of 10,000 tensors takes about 400,000 opcodes and a stack of 3,000. These limits bound memory to a few hundred megabytes.
    private const int MaxOpcodes = 4_000_000;
    private const int MaxStack = 100_000;
    private const int MaxMarks = 1_000;

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = new();
    private readonly Dictionary<uint, object?> memo = [];
    private long opcodeAt;

    /// <summary>Reads one pickle, up to its STOP.</summary>
    /// <exception cref="WeightFileException">The pickle is damaged, uses an opcode or global that is not allowed, or exceeds a limit.</exception>
    public object? Load()
    {
        for (var opcodes = 0; opcodes < MaxOpcodes; opcodes++)
        {
            opcodeAt = source.Position;
            var opcode = source.ReadByte();
            if (opcode == '.')
            {
                return Pop();
            }
            Execute(opcode);
            if (stack.Count > MaxStack)
            {
                throw Error($"needs a stack of more than {MaxStack} values");
            }
        }
        throw Error($"has more than {MaxOpcodes} instructions");
    }

    private void Execute(byte opcode)
    {
        switch ((char)opcode)
        {
            case '\x80': // PROTO
                var protocol = source.ReadByte();
                if (protocol > 5)
                {
                    throw Error($"has the unknown protocol {protocol}");
                }
                break;
            case '\x95': // FRAME: a hint for readers that do not buffer.
                source.ReadBytes(8, "a frame");
                break;
            case '(':
                if (marks.Count == MaxMarks)
                {
                    throw Error($"is nested more than {MaxMarks} deep");
                }
                marks.Push(stack.Count);
                break;
            case '0':
                Pop();
                break;
            case '1':
                PopToMark();
                break;
            case '2':
                Push(Peek());
                break;
            case 'N':
                Push(null);
                break;
            case '\x88':
                Push(true);
                break;
            case '\x89':
                Push(false);
                break;
            case 'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case 'K':
                Push((long)source.ReadByte());
                break;
            case 'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                break;
            case '\x8a': // LONG1
                PushInteger(source.ReadByte());
                break;
            case 'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case 'X':
                Push(source.Decode(source.ReadBytes(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)), "a text")));
                break;
            case '\x8c': // SHORT_BINUNICODE
                Push(source.Decode(source.ReadBytes(source.ReadByte(), "a text")));
                break;
            case 'U': // SHORT_BINSTRING, of Python 2
                Push(source.Decode(source.ReadBytes(source.ReadByte(), "a text")));
                break;
            case 'T': // BINSTRING, of Python 2
                Push(source.Decode(source.ReadBytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)), "a text")));
                break;
            case ')':
                Push(new PickleTuple([]));
                break;
            case 't':
                Push(new PickleTuple(PopToMark()));
                break;
            case '\x85':
                Push(new PickleTuple(PopMany(1)));
                break;
            case '\x86':
                Push(new PickleTuple(PopMany(2)));
                break;
            case '\x87':
                Push(new PickleTuple(PopMany(3)));
                break;
            case ']':
                Push(new List<object?>());
                break;
            case 'a':
                var item = Pop();
                Top<List<object?>>("append to").Add(item);
                break;
            case 'e':
                var items = PopToMark();
                Top<List<object?>>("append to").AddRange(items);
                break;
            case '}':
                Push(new PickleMap());
                break;
            case 's':
                var pair = PopMany(2);
                Set(Top<PickleMap>("store in"), pair[0], pair[1]);
                break;
            case 'u':
                var pairs = PopToMark();
                if (pairs.Length % 2 != 0)
                {
                    throw Error("stores a key without a value");
                }
                var map = Top<PickleMap>("store in");
                for (var i = 0; i < pairs.Length; i += 2)
                {
                    Set(map, pairs[i], pairs[i + 1]);
                }
                break;
            case 'q':
                memo[source.ReadByte()] = Peek();
                break;
            case 'r':
                memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Peek();
                break;
            case '\x94': // MEMOIZE
                memo[(uint)memo.Count] = Peek();
                break;
            case 'h':
                Recall(source.ReadByte());
                break;
            case 'j':
                Recall(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)));
                break;
            case 'c':
                PushGlobal(source.ReadLine(), source.ReadLine());
                break;
            case '\x93': // STACK_GLOBAL
                var names = PopMany(2);
                PushGlobal(names[0] as string ?? "?", names[1] as string ?? "?");
                break;
            case 'i': // INST: a global in another dress; named so that the message can say which.
                PushGlobal(source.ReadLine(), source.ReadLine());
                throw Unsupported("INST");
            case 'R':
                var call = PopMany(2);
                Push(Rebuild(call[0], call[1] as PickleTuple ?? throw Error("calls something without a tuple of arguments")));
                break;
            case 'b':
                // Attributes of a state dict (_metadata) mean nothing here; other objects have none.
                Pop();
                Top<PickleMap>("set attributes of");
                break;
            case 'Q':
                if (storage is null)
                {
                    throw Error("refers to a storage where none is expected");
                }
                Push(storage(Pop() as PickleTuple ?? throw Error("has a persistent id that is not a tuple")));
                break;
            default:
                throw Unsupported(opcode is > 0x20 and < 0x7f ? $"'{(char)opcode}'" : $"0x{opcode:x2}");
        }
    }

    /// <summary>What the few allowed "calls" stand for.</summary>
    private object? Rebuild(object? function, PickleTuple arguments) => (function, arguments.Items) switch
    {
        (PickleGlobal.OrderedDictType, []) => new PickleMap(),
        (PickleGlobal.OrderedDictType, [List<object?> pairs]) => OrderedDict(pairs),
        (PickleGlobal.SizeType, [PickleTuple extents]) => extents,
        (PickleGlobal.RebuildParameter, [TensorReference tensor, ..]) => tensor,
        (PickleGlobal.RebuildTensor, [StorageReference from, long offset, PickleTuple shape, PickleTuple strides, ..]) =>
            new TensorReference(from, offset, Integers(shape), Integers(strides)),
        (PickleGlobal, _) => throw Error("rebuilds a value from arguments that do not fit"),
        _ => throw Error("calls something that is not a known global"),
    };

    private PickleMap OrderedDict(List<object?> pairs)
    {
        var map = new PickleMap();
        foreach (var pair in pairs)
        {
            var (key, value) = pair switch
            {
                PickleTuple { Items: [var k, var v] } => (k, v),
                List<object?> and [var k, var v] => (k, v),
                _ => throw Error("builds an OrderedDict from something other than pairs"),
            };
            Set(map, key, value);
        }
        return map;
    }

    private long[] Integers(PickleTuple tuple) =>
        [.. tuple.Items.Select(item => item is long number ? number : throw Error("has a shape or strides that are not integers"))];

    private void PushGlobal(string module, string name) =>
        Push(PickleGlobal.Find(module, name)
            ?? throw source.Error(
                $"the pickle refers to '{module}.{name}' at byte {opcodeAt}, which a file of weights may not; nothing was executed or loaded. "
                + "If you trust the file's author, ask for the model's state_dict() alone."));

    private void PushInteger(byte length)
    {
        if (length > 32)
        {
            throw Error($"has an integer of {length} bytes");
        }
        var value = new BigInteger(source.ReadBytes(length, "an integer"));
        Push(value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value);
    }

    private void Set(PickleMap map, object? key, object? value) =>
        map[key is string or long or bool ? key : throw Error("has a dictionary key that is neither text nor integer")] = value;

    private void Recall(uint key) =>
        Push(memo.TryGetValue(key, out var value) ? value : throw Error($"recalls value {key}, which it has not stored"));

    private byte[] Bytes(int count) => source.ReadBytes(count, "an operand");

    private void Push(object? value) => stack.Add(value);

    private object? Pop()
    {
        var value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object? Peek()
    {
        if (stack.Count <= (marks.TryPeek(out var mark) ? mark : 0))
        {
            throw Error("takes a value from an empty stack");
        }
        return stack[^1];
    }

    private T Top<T>(string verb)
        where T : class => Peek() as T ?? throw Error($"tries to {verb} something that is not a {(typeof(T) == typeof(PickleMap) ? "dictionary" : "list")}");

    private object?[] PopMany(int count)
    {
        if (stack.Count - count < (marks.TryPeek(out var mark) ? mark : 0))
        {
            throw Error("takes a value from an empty stack");
        }
        object?[] values = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (!marks.TryPop(out var mark))
        {
            throw Error("looks for a mark that is not there");
        }
        object?[] values = [.. stack[mark..]];
        stack.RemoveRange(mark, stack.Count - mark);
        return values;
    }

    private WeightFileException Error(string problem) => source.Error($"the pickle {problem} (byte {opcodeAt}).");

    private WeightFileException Unsupported(string opcode) => Error($"has the instruction {opcode}, which a file of weights does not need");
}
