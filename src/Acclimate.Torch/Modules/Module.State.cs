namespace Acclimate.Torch;

/// <content>The tensors by name.</content>
public abstract partial class Module
{
    /// <summary>The parameters of this module and all inside it. The tensors are the module's own.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> NamedParameters() =>
        Named(static module => module.parameters);

    /// <summary>The buffers of this module and all inside it. The tensors are the module's own.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> NamedBuffers() =>
        Named(static module => module.buffers.Select(static b => KeyValuePair.Create(b.Name, b.Tensor)));

    /// <summary>Parameters and buffers, named and ordered as in PyTorch's state dict. The tensors are the module's own.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> NamedState() =>
        Named(static module => module.parameters.Concat(module.buffers.Select(static b => KeyValuePair.Create(b.Name, b.Tensor))));

    /// <summary>
    /// Overwrites parameters and buffers with those of a state, converting type and device. The names must be exactly
    /// this module's (buffers that are optional may be absent) and the shapes must agree; otherwise nothing changes.
    /// </summary>
    /// <param name="state">Tensors by name; they stay the caller's.</param>
    /// <exception cref="InvalidDataException">Names are missing or unknown, or shapes differ; all of them are listed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Dictionary<string, Tensor> own = NamedState().ToDictionary();
        HashSet<string> optional = Named(static module => module.buffers.Where(static b => b.Optional).Select(static b => KeyValuePair.Create(b.Name, b.Tensor)))
            .Select(static b => b.Key).ToHashSet();
        List<string> faults = [];
        ListFault(faults, "missing", own.Keys.Where(name => !state.ContainsKey(name) && !optional.Contains(name)));
        ListFault(faults, "unexpected", state.Keys.Where(name => !own.ContainsKey(name)));
        ListFault(faults, "of another shape", own
            .Where(pair => state.TryGetValue(pair.Key, out Tensor? given) && !given.Shape.AsSpan().SequenceEqual(pair.Value.Shape))
            .Select(pair => $"{pair.Key} (found {ShapeText(state[pair.Key])}, expected {ShapeText(pair.Value)})"));
        if (faults.Count > 0)
            throw new InvalidDataException($"the state does not fit {GetType().Name}: {string.Join("; ", faults)}");

        using NoGrad noGrad = NoGrad.Begin();
        foreach ((string name, Tensor tensor) in own)
        {
            if (state.TryGetValue(name, out Tensor? given))
                tensor.CopyInPlace(given);
        }
    }

    private static void ListFault(List<string> faults, string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        if (all.Length > 0)
            faults.Add($"{what}: {string.Join(", ", all)}");
    }

    private static string ShapeText(Tensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";

    private IEnumerable<KeyValuePair<string, Tensor>> Named(
        Func<Module, IEnumerable<KeyValuePair<string, Tensor>>> ofModule, string prefix = "")
    {
        foreach ((string name, Tensor tensor) in ofModule(this))
            yield return new(name.Length > 0 || prefix.Length == 0 ? prefix + name : prefix[..^1], tensor);
        foreach ((string name, Module child) in children)
        {
            foreach (KeyValuePair<string, Tensor> pair in child.Named(ofModule, $"{prefix}{name}."))
                yield return pair;
        }
    }
}
