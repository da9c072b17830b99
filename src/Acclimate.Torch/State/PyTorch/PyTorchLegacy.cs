using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Acclimate.Torch;

/// <summary>
/// The form before PyTorch 1.6: five pickles (a magic number, the version, the writer's machine, the object, the keys of
/// the runs of elements), then each run behind its number of elements in 8 bytes.
/// </summary>
internal static class PyTorchLegacy
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Opens the file.</summary>
    /// <exception cref="InvalidDataException">Anything about it is wrong.</exception>
    public static PyTorchArchive Open(FileStream file, string path)
    {
        PickleSource source = new(file, file.Length, path);
        if (PickleMachine.Load(source) is not BigInteger magic || magic != Magic)
            throw source.Refusal(0, "found another number than that which torch.save begins with");
        if (PickleMachine.Load(source) is not Version)
            throw source.Refusal(source.Position, $"found another version of the file than {Version}");
        if (PickleMachine.Load(source) is not PickleDictionary machine || machine.Items.Exists(static item => item is { Key: "little_endian", Value: not true }))
            throw source.Refusal(source.Position, "it was written on a machine that puts the highest byte first; load it in Python and save it again");
        Dictionary<string, PickleStorage> runs = new(StringComparer.Ordinal);
        object? root = PickleMachine.Load(source, (machine, id) => Note(runs, machine, PyTorchStorageId.Read(machine, id, hasView: true)));
        if (PickleMachine.Load(source) is not List<object?> keys)
            throw source.Refusal(source.Position, "found no list of the runs of elements");
        return new PyTorchArchive(root, Places(file, path, keys, runs, source.Position));
    }

    /// <summary>All that is said of a run must agree: how long it is decides where the next one begins.</summary>
    private static PickleStorage Note(Dictionary<string, PickleStorage> runs, PickleMachine machine, PickleStorage storage)
    {
        if (runs.TryGetValue(storage.Key, out PickleStorage? before) && (before.Type, before.RunCount) != (storage.Type, storage.RunCount))
            throw machine.Refusal($"run '{Shown.Text(storage.Key)}' is of {storage.RunCount} {storage.Type}, but was of {before.RunCount} {before.Type}");
        runs[storage.Key] = storage;
        return storage;
    }

    private static Dictionary<string, FilePart> Places(FileStream file, string path, List<object?> keys, Dictionary<string, PickleStorage> runs, long at)
    {
        Dictionary<string, FilePart> places = new(StringComparer.Ordinal);
        byte[] count = new byte[sizeof(long)];
        foreach (object? key in keys)
        {
            if (key is not string name || !runs.TryGetValue(name, out PickleStorage? run))
                throw new InvalidDataException($"{path}, byte {at}: found elements of {PickleDescription.Of(key)}, which no tensor has");
            if (file.Length - at < count.Length)
                throw new InvalidDataException($"{path}, byte {at}: the file ends before the elements of run '{Shown.Text(name)}': it is cut off");
            file.Position = at;
            file.ReadExactly(count);
            at += count.Length;
            long found = BinaryPrimitives.ReadInt64LittleEndian(count);
            if (found != run.RunCount)
                throw new InvalidDataException($"{path}, byte {at}: found {found} elements in run '{Shown.Text(name)}', expected {run.RunCount}");
            if (found > (file.Length - at) / run.Type.Size())
                throw new InvalidDataException($"{path}, byte {at}: run '{Shown.Text(name)}' has {found} elements of {run.Type}, but only {file.Length - at} bytes follow: the file is cut off");
            long bytes = found * run.Type.Size();
            if (!places.TryAdd(name, new FilePart(at, bytes, bytes, Deflated: false)))
                throw new InvalidDataException($"{path}, byte {at}: run '{Shown.Text(name)}' is there twice");
            at += bytes;
        }

        return places;
    }
}
