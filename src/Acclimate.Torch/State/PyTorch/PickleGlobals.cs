using System.Numerics;
using System.Text;

namespace Acclimate.Torch;

/// <summary>
/// Everything that a pickle may name. It is a fixed table: a name is looked for here and nowhere else, and what it stands
/// for is written here.
/// </summary>
internal static class PickleGlobals
{
    /// <summary>As many as the bridge reports of a tensor.</summary>
    private const int MostDimensions = 16;

    private static readonly Dictionary<string, object> Known = Make();

    /// <summary>The value of a name, or none where it may not be named.</summary>
    public static object? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>What to do about a name that is refused.</summary>
    public static string Advice(string name) => name switch
    {
        _ when name.StartsWith("torch.", StringComparison.Ordinal) && name.EndsWith("Storage", StringComparison.Ordinal) =>
            "Complex, quantised and untyped elements are not read.",
        _ when name.StartsWith("numpy.", StringComparison.Ordinal) =>
            "It is a value of NumPy: save plain numbers, or only the state, with torch.save(model.state_dict(), path).",
        _ when name.StartsWith("torch.nn.", StringComparison.Ordinal) =>
            "It is a whole model: save its state, with torch.save(model.state_dict(), path).",
        _ => "Python would use it; if you trust the file, save its state there: torch.save(model.state_dict(), path).",
    };

    private static Dictionary<string, object> Make()
    {
        Dictionary<string, object> known = new(StringComparer.Ordinal)
        {
            ["torch.FloatStorage"] = new PickleStorageType(ScalarType.Float32),
            ["torch.DoubleStorage"] = new PickleStorageType(ScalarType.Float64),
            ["torch.HalfStorage"] = new PickleStorageType(ScalarType.Float16),
            ["torch.BFloat16Storage"] = new PickleStorageType(ScalarType.BFloat16),
            ["torch.LongStorage"] = new PickleStorageType(ScalarType.Int64),
            ["torch.IntStorage"] = new PickleStorageType(ScalarType.Int32),
            ["torch.ShortStorage"] = new PickleStorageType(ScalarType.Int16),
            ["torch.CharStorage"] = new PickleStorageType(ScalarType.Int8),
            ["torch.ByteStorage"] = new PickleStorageType(ScalarType.UInt8),
            ["torch.BoolStorage"] = new PickleStorageType(ScalarType.Bool),
        };
        string[] types =
        [
            "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64", "complex128",
        ];
        foreach (string type in types)
            known.Add($"torch.{type}", $"torch.{type}");
        PickleFunction[] functions =
        [
            new("torch._utils._rebuild_tensor", static (machine, given) => Tensor(machine, given, 4, 4)),
            new("torch._utils._rebuild_tensor_v2", static (machine, given) => Tensor(machine, given, 6, 7)),
            new("torch._utils._rebuild_parameter", static (machine, given) => Parameter(machine, given, 3)),
            new("torch._utils._rebuild_parameter_with_state", static (machine, given) => Parameter(machine, given, 4)),
            new("torch.Size", Size),
            new("torch.device", DeviceText),
            new("collections.OrderedDict", OrderedDictionary),
            new("argparse.Namespace", Namespace),
            new("_codecs.encode", EncodedBytes),
            new("builtins.bytes", NoBytes),
            new("__builtin__.bytes", NoBytes),
            new("builtins.set", Set),
            new("__builtin__.set", Set),
            new("builtins.frozenset", Set),
            new("__builtin__.frozenset", Set),
        ];
        foreach (PickleFunction function in functions)
            known.Add(function.Name, function);
        return known;
    }

    /// <summary>(storage, offset, size, stride), then what says nothing of the elements: whether gradients are wanted, and hooks.</summary>
    private static PickleTensor Tensor(PickleMachine machine, object?[] given, int least, int most)
    {
        if (given.Length < least || given.Length > most || given[0] is not PickleStorage storage)
            throw machine.Refusal("a tensor is made of something else than (storage, offset, size, stride, …)");
        return new PickleTensor(storage, Whole(machine, given[1]), Wholes(machine, given[2]), Wholes(machine, given[3]));
    }

    /// <summary>(tensor, whether gradients are wanted, hooks, …): the tensor.</summary>
    private static PickleTensor Parameter(PickleMachine machine, object?[] given, int count)
    {
        if (given.Length != count || given[0] is not PickleTensor tensor)
            throw machine.Refusal("a parameter is made of something else than a tensor");
        return tensor;
    }

    private static object?[] Size(PickleMachine machine, object?[] given)
    {
        if (given is not [object?[] sizes])
            throw machine.Refusal("torch.Size is made of something else than a tuple");
        return sizes;
    }

    private static string DeviceText(PickleMachine machine, object?[] given)
    {
        if (given is [string only])
            return only;
        if (given is not [string { Length: < 100 } type, long index])
            throw machine.Refusal("torch.device is made of something else than a name and a number");
        return $"{type}:{index}";
    }

    /// <summary>An empty one, or as Python 2 wrote it: from a list of pairs.</summary>
    private static PickleDictionary OrderedDictionary(PickleMachine machine, object?[] given)
    {
        PickleDictionary dictionary = new(PickleDictionary.Kind.Ordered);
        if (given.Length == 0)
            return dictionary;
        if (given is not [List<object?> pairs])
            throw machine.Refusal("collections.OrderedDict is made of something else than a list of pairs");
        machine.Charge(pairs.Count);
        foreach (object? pair in pairs)
        {
            (object? key, object? value) = pair switch
            {
                List<object?> { Count: 2 } list => (list[0], list[1]),
                object?[] { Length: 2 } tuple => (tuple[0], tuple[1]),
                _ => throw machine.Refusal("collections.OrderedDict is made of something else than pairs"),
            };
            dictionary.Items.Add(new(key, value));
        }

        return dictionary;
    }

    private static PickleDictionary Namespace(PickleMachine machine, object?[] given)
    {
        if (given.Length > 0)
            throw machine.Refusal("argparse.Namespace is made of something else than its attributes");
        return new PickleDictionary(PickleDictionary.Kind.Namespace);
    }

    /// <summary>How protocols 0 to 2 write bytes: as a text of their Latin-1 letters.</summary>
    private static byte[] EncodedBytes(PickleMachine machine, object?[] given)
    {
        if (given is not [string text, "latin1"])
            throw machine.Refusal("_codecs.encode is asked for something else than bytes from a text in latin1");
        machine.ChargeBytes(text.Length);
        return Encoding.Latin1.GetBytes(text);
    }

    private static byte[] NoBytes(PickleMachine machine, object?[] given)
    {
        if (given.Length > 0)
            throw machine.Refusal("bytes are made of something");
        return [];
    }

    /// <summary>A list does for a set: nothing here asks whether something is in it.</summary>
    private static List<object?> Set(PickleMachine machine, object?[] given)
    {
        if (given is not [List<object?> items])
            throw machine.Refusal("a set is made of something else than a list");
        machine.Charge(items.Count);
        return [.. items];
    }

    private static long[] Wholes(PickleMachine machine, object? value)
    {
        object?[] items = value switch
        {
            object?[] tuple => tuple,
            List<object?> list when list.Count <= MostDimensions => [.. list],
            _ => [null],
        };
        if (items.Length > MostDimensions)
            throw machine.Refusal($"found a tensor of {items.Length} dimensions, expected at most {MostDimensions}");
        return Array.ConvertAll(items, item => Whole(machine, item));
    }

    private static long Whole(PickleMachine machine, object? value) => value switch
    {
        long number => number,
        BigInteger => throw machine.Refusal("found a size, stride or offset of more than 63 bits"),
        _ => throw machine.Refusal($"found {PickleDescription.Of(value)}, expected a whole number for a size, stride or offset"),
    };
}
