using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Acclimate.Torch.Native;

/// <summary>
/// One operator of libtorch, named as in its schema (<c>aten::add.Tensor</c>), found on first use. Arguments follow
/// the schema's order; those left out at the end take the schema's defaults.
/// </summary>
internal sealed unsafe class Operator(string name)
{
    private const int MostResults = 8;
    private static readonly ConcurrentDictionary<string, Operator> Known = new();

    /// <summary>The same by the string object: a literal is one object, and its address is found sooner than its text.</summary>
    private static readonly ConcurrentDictionary<object, Operator> KnownLiterals = new(ReferenceEqualityComparer.Instance);

    private long native;

    /// <summary>The schema's name with its overload.</summary>
    public string Name { get; } = name;

    /// <summary>The operator of that name; the same object each time.</summary>
    public static Operator Get(string name) =>
        KnownLiterals.TryGetValue(name, out Operator? known) ? known
        : string.IsInterned(name) is { } literal ? KnownLiterals.GetOrAdd(literal, static (_, n) => ByText(n), name)
        : ByText(name);

    /// <summary>The schema in libtorch's words.</summary>
    public string Schema
    {
        get
        {
            byte* text = null;
            byte* error = null;
            Bridge.Check(Bridge.ac_operator_schema(Native, &text, &error), error);
            return Bridge.TakeText(text);
        }
    }

    private long Native => native != 0 ? native : Find();

    /// <summary>Calls an operator that returns one tensor.</summary>
    public Tensor Call(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        Invoke(arguments, results);
        return new Tensor(results[0].Bits);
    }

    /// <summary>Calls an operator for what it does: whatever it returns is let go.</summary>
    public void Run(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        int count = Invoke(arguments, results);
        for (int i = 0; i < count; i++)
        {
            if (results[i].Kind == (int)ValueKind.Tensor)
                Bridge.ac_tensor_free((nint)results[i].Bits);
        }
    }

    /// <summary>Calls an operator that returns several tensors, or a list of them.</summary>
    public Tensor[] CallMany(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        int count = Invoke(arguments, results);
        if (count == 1 && results[0].Kind == (int)ValueKind.TensorList)
            return TakeList(results[0]);

        Tensor[] tensors = new Tensor[count];
        for (int i = 0; i < count; i++)
            tensors[i] = new Tensor(results[i].Bits);
        return tensors;
    }

    /// <summary>Calls an operator that returns a whole number or a truth value.</summary>
    public long CallInteger(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        Invoke(arguments, results);
        return results[0].Bits;
    }

    /// <summary>Calls an operator that returns a number, whole or not.</summary>
    public double CallNumber(params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MostResults];
        Invoke(arguments, results);
        return results[0].Kind == (int)ValueKind.Double ? BitConverter.Int64BitsToDouble(results[0].Bits) : results[0].Bits;
    }

    private static Operator ByText(string name) => Known.GetOrAdd(name, static n => new Operator(n));

    private static Tensor[] TakeList(NativeValue list)
    {
        long* handles = (long*)list.Bits;
        Tensor[] tensors = new Tensor[list.Length];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(handles[i]);
        Bridge.ac_memory_free(handles);
        return tensors;
    }

    [SkipLocalsInit]
    private int Invoke(ReadOnlySpan<Value> arguments, NativeValue* results)
    {
        const int room = 64;
        long* onStack = stackalloc long[room];
        NativeValue* cells = stackalloc NativeValue[arguments.Length];
        Arena arena = new(onStack, room);
        int lent = 0;
        try
        {
            for (int i = 0; i < arguments.Length; i++)
            {
                cells[i] = Lend(arguments[i], ref arena);
                lent = i + 1;
            }

            byte* error = null;
            int count = MostResults;
            Bridge.Check(Bridge.ac_operator_call(Native, cells, arguments.Length, results, &count, &error), error);
            return count;
        }
        finally
        {
            for (int i = 0; i < lent; i++)
                TakeBack(arguments[i]);
            arena.Free();
        }
    }

    /// <summary>The native form of an argument, with every handle in it held until <see cref="TakeBack"/>.</summary>
    private static NativeValue Lend(in Value value, ref Arena arena)
    {
        NativeValue cell = new() { Kind = (int)value.Kind, Bits = value.Bits };
        switch (value.Kind)
        {
            case ValueKind.Tensor or ValueKind.Generator:
                cell.Bits = Hold((SafeHandle)value.Reference!);
                break;
            case ValueKind.TensorList or ValueKind.OptionalTensorList:
                Tensor?[] tensors = (Tensor?[])value.Reference!;
                long* handles = arena.Take(tensors.Length);
                for (int i = 0; i < tensors.Length; i++)
                    handles[i] = tensors[i] is { } tensor ? tensor.Handle.DangerousGetHandle() : 0;
                HoldAll(tensors);
                cell.Length = tensors.Length;
                cell.Bits = (long)handles;
                break;
            case ValueKind.IntList or ValueKind.DoubleList:
                Array numbers = (Array)value.Reference!;
                long* items = arena.Take(numbers.Length);
                ReadOnlySpan<long> bits = value.Reference is long[] whole ? whole : MemoryMarshal.Cast<double, long>((double[])numbers);
                bits.CopyTo(new Span<long>(items, bits.Length));
                cell.Length = numbers.Length;
                cell.Bits = (long)items;
                break;
            case ValueKind.BoolList:
                bool[] flags = (bool[])value.Reference!;
                long* truths = arena.Take(flags.Length);
                for (int i = 0; i < flags.Length; i++)
                    truths[i] = flags[i] ? 1 : 0;
                cell.Length = flags.Length;
                cell.Bits = (long)truths;
                break;
            case ValueKind.String:
                string text = (string)value.Reference!;
                cell.Length = Encoding.UTF8.GetByteCount(text);
                byte* bytes = (byte*)arena.Take((cell.Length / sizeof(long)) + 1);
                Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, cell.Length));
                cell.Bits = (long)bytes;
                break;
        }

        return cell;
    }

    private static long Hold(SafeHandle handle)
    {
        bool held = false;
        handle.DangerousAddRef(ref held);
        return handle.DangerousGetHandle();
    }

    private static void HoldAll(Tensor?[] tensors)
    {
        int held = 0;
        try
        {
            for (; held < tensors.Length; held++)
            {
                if (tensors[held] is { } tensor)
                    Hold(tensor.Handle);
            }
        }
        catch
        {
            for (int i = 0; i < held; i++)
                tensors[i]?.Handle.DangerousRelease();
            throw;
        }
    }

    private static void TakeBack(in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Tensor or ValueKind.Generator:
                ((SafeHandle)value.Reference!).DangerousRelease();
                break;
            case ValueKind.TensorList or ValueKind.OptionalTensorList:
                foreach (Tensor? tensor in (Tensor?[])value.Reference!)
                    tensor?.Handle.DangerousRelease();
                break;
        }
    }

    private long Find()
    {
        int dot = Name.IndexOf('.', StringComparison.Ordinal);
        byte[] name = Encoding.UTF8.GetBytes((dot < 0 ? Name : Name[..dot]) + '\0');
        byte[] overload = Encoding.UTF8.GetBytes((dot < 0 ? string.Empty : Name[(dot + 1)..]) + '\0');
        Engine.Start();
        long found = 0;
        byte* error = null;
        fixed (byte* nameText = name, overloadText = overload)
            Bridge.Check(Bridge.ac_operator_find(nameText, overloadText, &found, &error), error);
        return native = found;
    }

    /// <summary>Memory for one call's lists: the caller's stack first, the native heap where that is too small.</summary>
    private ref struct Arena(long* stack, int room)
    {
        private readonly long* stack = stack;
        private readonly int room = room;
        private List<nint>? onHeap;
        private int used;

        public long* Take(int count)
        {
            if (used + count <= room)
            {
                used += count;
                return stack + used - count;
            }

            nint memory = (nint)NativeMemory.Alloc((nuint)count, sizeof(long));
            (onHeap ??= []).Add(memory);
            return (long*)memory;
        }

        public readonly void Free()
        {
            if (onHeap is null)
                return;
            foreach (nint memory in onHeap)
                NativeMemory.Free((void*)memory);
        }
    }
}
