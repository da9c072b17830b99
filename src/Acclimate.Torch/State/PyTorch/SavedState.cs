namespace Acclimate.Torch;

/// <summary>
/// The tensors of what was saved, by a fixed rule. A dictionary is looked into under <c>state_dict</c>,
/// <c>model_state_dict</c>, <c>model</c> and <c>net</c>, and the first of these that is a dictionary with tensors, by the
/// same rule, is the state; where there is none, the tensors in the dictionary itself are. Plain values beside them are
/// texts; the rest is left out, and named.
/// </summary>
internal sealed class SavedState
{
    private const int Deepest = 4;
    private const int LongestText = 1000;
    private static readonly string[] Places = ["state_dict", "model_state_dict", "model", "net"];

    private readonly Dictionary<string, PickleTensor> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> leftOut = new(StringComparer.Ordinal);
    private readonly string path;

    /// <summary>Finds the tensors.</summary>
    /// <exception cref="InvalidDataException">There are none where they are looked for; the message says what there is.</exception>
    public SavedState(object? root, string path)
    {
        this.path = path;
        if (root is not PickleDictionary top)
            throw Refusal($"it holds {PickleDescription.Of(root)}, expected a dictionary of tensors by name: torch.save(model.state_dict(), path)");
        if (!Find(top, 0, string.Empty))
            throw Refusal($"no tensors were found in it, nor under {string.Join(", ", Places)}; it holds {Listed(top)}. In Python: torch.save(torch.load(path)[name], 'state.pth')");
    }

    /// <summary>The tensors in their order.</summary>
    public IReadOnlyDictionary<string, PickleTensor> Tensors => tensors;

    /// <summary>Plain values.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>What else is there.</summary>
    public IReadOnlyDictionary<string, string> LeftOut => leftOut;

    private bool Find(PickleDictionary dictionary, int depth, string prefix)
    {
        if (depth == Deepest)
            return false;
        foreach (string place in Places)
        {
            if (dictionary.Items.FindLast(item => item.Key is string key && key == place).Value is PickleDictionary inner && Find(inner, depth + 1, $"{prefix}{place}."))
            {
                foreach ((object? key, object? value) in dictionary.Items)
                {
                    if (key is string name && name != place)
                        Note(prefix + name, value);
                }

                return true;
            }
        }

        if (!dictionary.Items.Exists(static item => item.Value is PickleTensor))
            return false;
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        foreach ((object? key, object? value) in dictionary.Items)
        {
            if (value is PickleTensor tensor)
                tensors[key as string ?? throw Refusal($"a tensor's name is {PickleDescription.Of(key)}, expected a text")] = tensor;
            else if (HoldsTensors(value, seen))
                throw Refusal($"{PickleDescription.Of(key)} beside the tensors holds more tensors; expected one dictionary of tensors by name: torch.save(model.state_dict(), path)");
            else if (key is string name)
                Note(prefix + name, value);
        }

        return true;
    }

    private void Note(string name, object? value)
    {
        if (PickleDescription.Plain(value) is { Length: <= LongestText } text)
            values[name] = text;
        else if (value is not null)
            leftOut[name] = PickleDescription.Of(value);
    }

    /// <summary>Whether there is a tensor anywhere inside; what was looked into before is passed over, so that it ends.</summary>
    private static bool HoldsTensors(object? value, HashSet<object> seen)
    {
        Stack<object?> open = new([value]);
        while (open.TryPop(out object? next))
        {
            if (next is PickleTensor)
                return true;
            IEnumerable<object?> inside = next switch
            {
                PickleDictionary dictionary when seen.Add(dictionary) => dictionary.Items.Select(static item => item.Value),
                List<object?> list when seen.Add(list) => list,
                object?[] tuple when seen.Add(tuple) => tuple,
                _ => [],
            };
            foreach (object? item in inside)
                open.Push(item);
        }

        return false;
    }

    private static string Listed(PickleDictionary dictionary)
    {
        const int most = 12;
        IEnumerable<string> first = dictionary.Items.Take(most).Select(static item => $"{PickleDescription.Of(item.Key)}: {PickleDescription.Of(item.Value)}");
        return dictionary.Items.Count == 0 ? "nothing" : string.Join(", ", first) + (dictionary.Items.Count > most ? ", …" : string.Empty);
    }

    private InvalidDataException Refusal(string what) => new($"{path}: {what}");
}
