namespace Acclimate.Torch;

/// <summary>What a dictionary of Python becomes: pairs as they came, as nothing here looks a key up.</summary>
/// <param name="origin">What made it.</param>
internal sealed class PickleDictionary(PickleDictionary.Kind origin)
{
    /// <summary>What an object's attributes may do to it.</summary>
    public enum Kind
    {
        /// <summary>A <c>dict</c>, which has none.</summary>
        Plain,

        /// <summary>A <c>collections.OrderedDict</c>: its attributes are passed over, such as a state's <c>_metadata</c>.</summary>
        Ordered,

        /// <summary>An <c>argparse.Namespace</c>: its attributes are what it holds.</summary>
        Namespace,
    }

    public Kind Origin { get; } = origin;

    public List<KeyValuePair<object?, object?>> Items { get; } = [];
}

/// <summary>A function that a pickle may name and call. It is one of ours, whatever its name stands for in Python.</summary>
/// <param name="Name">Its name in Python.</param>
/// <param name="Make">Makes the value from the arguments; the machine counts what it takes, and refuses.</param>
internal sealed record PickleFunction(string Name, Func<PickleMachine, object?[], object?> Make);

/// <summary>A storage class of PyTorch, which says no more than the type of its elements.</summary>
/// <param name="Type">That type.</param>
internal sealed record PickleStorageType(ScalarType Type);

/// <summary>Elements that lie elsewhere in the file.</summary>
/// <param name="Type">Their type.</param>
/// <param name="Key">The name of the run of elements that they are part of.</param>
/// <param name="RunCount">How many elements are in that run.</param>
/// <param name="First">Which of them is the first of this storage.</param>
/// <param name="Count">How many are in this storage.</param>
internal sealed record PickleStorage(ScalarType Type, string Key, long RunCount, long First, long Count);

/// <summary>A tensor as the pickle claims it is; nothing of it is checked yet but that these are whole numbers.</summary>
/// <param name="Storage">Where its elements lie.</param>
/// <param name="Offset">The place of its first element in there.</param>
/// <param name="Shape">The size of each dimension.</param>
/// <param name="Strides">How many places apart neighbours of each dimension are.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
