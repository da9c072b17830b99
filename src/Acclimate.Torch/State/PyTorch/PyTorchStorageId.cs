namespace Acclimate.Torch;

/// <summary>How a pickle of PyTorch names elements that lie outside it.</summary>
internal static class PyTorchStorageId
{
    private const int Parts = 5;

    /// <summary>Reads ("storage", class, key, device, count), and in the legacy form the part of it that is meant, or None.</summary>
    public static PickleStorage Read(PickleMachine machine, object? id, bool hasView)
    {
        if (id is object?[] { Length: > 1 } module && module[0] is "module")
            throw machine.Refusal("found the source of a Python class: it is a whole model. Save its state, with torch.save(model.state_dict(), path).");
        if (id is not object?[] parts || parts.Length != (hasView ? Parts + 1 : Parts)
            || parts is not ["storage", PickleStorageType storage, string key, string, long count, ..])
            throw machine.Refusal($"found the persistent id {PickleDescription.Of(id)}, expected a storage's");
        if (count < 0)
            throw machine.Refusal($"found a storage of {count} elements");
        if (!hasView || parts[Parts] is null)
            return new PickleStorage(storage.Type, key, count, 0, count);
        if (parts[Parts] is not object?[] view || view is not [_, long first, long part])
            throw machine.Refusal($"found {PickleDescription.Of(parts[Parts])} for a part of a storage, expected (key, offset, size)");
        if (first < 0 || part < 0 || first > count || part > count - first)
            throw machine.Refusal($"found elements {first} to {first} + {part} of a storage of {count}");
        return new PickleStorage(storage.Type, key, count, first, part);
    }
}
