using System.Globalization;

namespace Acclimate.Torch;

/// <summary>
/// Runs the instructions of a pickle, protocols 0 to 5, as far as they make plain values and tensors' outlines: None,
/// truth values, numbers, texts, bytes, tuples, lists, sets, dictionaries, and what <see cref="PickleGlobals"/> lists.
/// Every other name is refused where it stands, so that there is never anything to call but what is written here.
/// It doesn't recurse, and takes time and memory in proportion to the pickle, which has at most
/// <see cref="PickleSource.MostBytes"/> bytes and <see cref="MostValues"/> values, copies among them.
/// </summary>
internal sealed partial class PickleMachine
{
    /// <summary>How many values may be made, marked, fetched again or copied; of bytes, this many times 16.</summary>
    public const int MostValues = 1_000_000;

    private const int NewestProtocol = 5;
    private const int BytesAValue = 16;

    /// <summary>What stands at a place of the memo to which nothing was put.</summary>
    private static readonly object Nothing = new();

    private readonly PickleSource source;
    private readonly Func<PickleMachine, object?, object?>? findPersistent;
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly List<object?> memo = [];
    private long at;
    private long frameEnd;
    private long values;

    private PickleMachine(PickleSource source, Func<PickleMachine, object?, object?>? findPersistent)
    {
        this.source = source;
        this.findPersistent = findPersistent;
    }

    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    /// <summary>Reads one pickle.</summary>
    /// <param name="source">Its bytes; it stands behind the pickle afterwards.</param>
    /// <param name="findPersistent">Gives what a persistent id stands for; none may occur where it is left out.</param>
    /// <exception cref="InvalidDataException">The pickle is damaged, or asks for anything but plain values and tensors.</exception>
    public static object? Load(PickleSource source, Func<PickleMachine, object?, object?>? findPersistent = null) =>
        new PickleMachine(source, findPersistent).Run();

    /// <summary>Why the instruction at hand is refused.</summary>
    public InvalidDataException Refusal(string what) => source.Refusal(at, what);

    /// <summary>Counts values that take memory.</summary>
    public void Charge(long count)
    {
        values += count;
        if (values > MostValues)
            throw Refusal($"the pickle makes more than {MostValues} values");
    }

    /// <summary>Counts bytes that take memory beyond the pickle's own.</summary>
    public void ChargeBytes(long count) => Charge(1 + (count / BytesAValue));

    private object? Run()
    {
        while (true)
        {
            at = source.Position;
            if (frameEnd > 0 && at >= frameEnd)
            {
                if (at > frameEnd)
                    throw Refusal("an instruction runs over the end of its frame");
                frameEnd = 0;
            }

            PickleOpcode code = (PickleOpcode)source.ReadByte();
            if (code == PickleOpcode.Stop)
                return Pop();
            Step(code);
        }
    }

    private void Step(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Proto:
                if (source.ReadByte() is > NewestProtocol and var protocol)
                    throw Refusal($"found protocol {protocol}, expected at most {NewestProtocol}");
                break;
            case PickleOpcode.Frame:
                BeginFrame(source.ReadNumber(8));
                break;
            case PickleOpcode.Mark:
                Charge(1);
                marks.Add(stack.Count);
                break;
            case PickleOpcode.Pop when stack.Count == Floor && marks.Count > 0:
                marks.RemoveAt(marks.Count - 1);
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.Dup:
                Push(Peek());
                break;
            case PickleOpcode.Put:
                Put(Index(source.ReadLine()));
                break;
            case PickleOpcode.BinPut:
                Put(source.ReadByte());
                break;
            case PickleOpcode.LongBinPut:
                Put((long)source.ReadNumber(4));
                break;
            case PickleOpcode.Memoize:
                Put(memo.Count);
                break;
            case PickleOpcode.Get:
                PushFromMemo(Index(source.ReadLine()));
                break;
            case PickleOpcode.BinGet:
                PushFromMemo(source.ReadByte());
                break;
            case PickleOpcode.LongBinGet:
                PushFromMemo((long)source.ReadNumber(4));
                break;
            default:
                if (!StepLiteral(code) && !StepContainer(code))
                    StepObject(code);
                break;
        }
    }

    /// <summary>Names, calls and what else could reach beyond plain values.</summary>
    private void StepObject(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Global:
                PushGlobal(source.ReadLine(), source.ReadLine());
                break;
            case PickleOpcode.StackGlobal:
                object? name = Pop();
                if (Pop() is not string module || name is not string text)
                    throw Refusal("a name is asked for that is no text");
                PushGlobal(module, text);
                break;
            case PickleOpcode.Reduce:
                Call("REDUCE");
                break;
            case PickleOpcode.NewObj:
                Call("NEWOBJ");
                break;
            case PickleOpcode.Build:
                Build();
                break;
            case PickleOpcode.BinPersId:
                object? id = Pop();
                Push(findPersistent is null ? throw Refusal("a persistent id is where none is expected") : findPersistent(this, id));
                break;
            case PickleOpcode.PersId:
                throw Refusal($"found the persistent id '{Shown.Text(source.ReadLine())}' as a text, expected a tuple (protocol 0 can't hold tensors)");
            case PickleOpcode.Inst:
                throw RefusedName($"{source.ReadLine()}.{source.ReadLine()}", "INST");
            case PickleOpcode.Obj:
                object?[] parts = PopToMark();
                throw RefusedName(PickleDescription.Of(parts.Length > 0 ? parts[0] : null), "OBJ");
            case PickleOpcode.NewObjEx:
                Pop();
                Pop();
                throw RefusedName(PickleDescription.Of(Pop()), "NEWOBJ_EX");
            case PickleOpcode.Ext1 or PickleOpcode.Ext2 or PickleOpcode.Ext4:
                throw Refusal($"found the extension code {source.ReadNumber(code == PickleOpcode.Ext1 ? 1 : code == PickleOpcode.Ext2 ? 2 : 4)}; extensions are not read, nothing was executed");
            case PickleOpcode.NextBuffer or PickleOpcode.ReadOnlyBuffer:
                throw Refusal("found a buffer outside the pickle; such are not read");
            default:
                throw Refusal($"found 0x{(byte)code:X2}, which is no instruction of a pickle: the file is damaged");
        }
    }

    private void PushGlobal(string module, string name)
    {
        string whole = $"{module}.{name}";
        Push(PickleGlobals.Find(whole) ?? throw RefusedName(whole, null));
    }

    private InvalidDataException RefusedName(string name, string? how) => Refusal(
        $"'{Shown.Text(name)}' is asked for{(how is null ? string.Empty : $" by {how}")}; only tensors and plain values are read, nothing was executed. {PickleGlobals.Advice(name)}");

    private void Call(string how)
    {
        object? arguments = Pop();
        object? called = Pop();
        if (called is not PickleFunction function)
            throw Refusal($"{how} calls {PickleDescription.Of(called)}, which is no function; nothing was executed");
        if (arguments is not object?[] given)
            throw Refusal($"{how} calls {function.Name} with {PickleDescription.Of(arguments)}, expected a tuple");
        Push(function.Make(this, given));
    }

    private void Build()
    {
        object? state = Pop();
        if (Peek() is not PickleDictionary { Origin: not PickleDictionary.Kind.Plain } target || state is not PickleDictionary attributes)
            throw Refusal($"BUILD gives {PickleDescription.Of(Peek())} a state; only tensors and plain values are read, nothing was executed");
        if (target.Origin == PickleDictionary.Kind.Namespace)
        {
            Charge(attributes.Items.Count);
            target.Items.AddRange(attributes.Items);
        }
    }

    private void BeginFrame(ulong length)
    {
        if (frameEnd > 0)
            throw Refusal("a frame begins inside another");
        if (length > (ulong)source.Left)
            throw Refusal($"found a frame of {length} bytes, but only {source.Left} follow");
        frameEnd = source.Position + (long)length;
    }

    private void Push(object? value)
    {
        Charge(1);
        stack.Add(value);
    }

    private object? Pop()
    {
        object? value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object? Peek() => stack.Count > Floor ? stack[^1] : throw Refusal("a value is taken that is not there: the file is damaged");

    private object?[] PopToMark()
    {
        if (marks.Count == 0)
            throw Refusal("a mark is asked for that is not there: the file is damaged");
        int mark = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        object?[] items = [.. stack.GetRange(mark, stack.Count - mark)];
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private long Index(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long index)
        ? index
        : throw Refusal($"found '{Shown.Text(text)}', expected a place in the memo");

    private void Put(long index)
    {
        if (index >= MostValues)
            throw Refusal($"found place {index} of the memo, expected at most {MostValues - 1}");
        while (memo.Count <= index)
            memo.Add(Nothing);
        memo[(int)index] = Peek();
    }

    private void PushFromMemo(long index) => Push(index < memo.Count && !ReferenceEquals(memo[(int)index], Nothing)
        ? memo[(int)index]
        : throw Refusal($"place {index} of the memo is fetched before anything was put there"));
}
