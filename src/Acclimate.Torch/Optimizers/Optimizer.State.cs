namespace Acclimate.Torch;

/// <content>What a checkpoint holds.</content>
public abstract partial class Optimizer
{
    private const string StepsName = "step";

    /// <summary>
    /// The number of steps and the running sums of every parameter that was ever changed, called
    /// <c>parameter.step</c>, <c>parameter.…</c>. The learning rate is not among them: a schedule gives it by the step.
    /// </summary>
    /// <returns>Fresh handles on the optimizer's own elements; dispose them, or call this inside a <see cref="TensorScope"/>.</returns>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        Dictionary<string, Tensor> state = [];
        foreach (Slot slot in slots.Where(static slot => slot.Sums is not null))
        {
            state.Add($"{slot.Name}.{StepsName}", Tensor.From<long>([slot.Steps]));
            for (int i = 0; i < sums.Length; i++)
                state.Add($"{slot.Name}.{sums[i]}", slot.Sums![i].Alias());
        }

        return state;
    }

    /// <summary>
    /// Takes up a state that <see cref="State"/> gave, so that the next steps are the same bits as they would have been.
    /// </summary>
    /// <param name="state">Tensors by name; they are copied and stay the caller's.</param>
    /// <exception cref="InvalidDataException">
    /// Names are unknown, a parameter's part is incomplete, or shapes differ; all faults are listed and nothing changes.
    /// </exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string[] parts = [StepsName, .. sums];
        HashSet<string> known = [.. slots.SelectMany(slot => parts.Select(part => $"{slot.Name}.{part}"))];
        List<string> faults = [.. state.Keys.Where(name => !known.Contains(name)).Select(static name => $"unexpected {name}")];
        foreach (Slot slot in slots)
        {
            string[] held = Array.FindAll(parts, part => state.ContainsKey($"{slot.Name}.{part}"));
            if (held.Length != 0 && held.Length != parts.Length)
                faults.AddRange(parts.Except(held).Select(part => $"missing {slot.Name}.{part}"));
            foreach (string part in held)
            {
                long[] expected = part == StepsName ? [1] : slot.Parameter.Shape;
                long[] found = state[$"{slot.Name}.{part}"].Shape;
                if (!found.AsSpan().SequenceEqual(expected))
                    faults.Add($"{slot.Name}.{part} of shape [{string.Join(", ", found)}] where [{string.Join(", ", expected)}] is expected");
            }
        }

        if (faults.Count > 0)
            throw new InvalidDataException($"the state does not fit the {GetType().Name} optimizer: {string.Join("; ", faults)}");

        using NoGrad noGrad = NoGrad.Begin();
        foreach (Slot slot in slots)
        {
            slot.Free();
            if (!state.TryGetValue($"{slot.Name}.{StepsName}", out Tensor? steps))
                continue;
            slot.Steps = steps.ToInt64();
            slot.Sums = Array.ConvertAll(sums, _ => slot.Parameter.ZerosLike().LeaveScopes());
            for (int i = 0; i < sums.Length; i++)
                slot.Sums[i].CopyInPlace(state[$"{slot.Name}.{sums[i]}"]);
        }
    }
}
