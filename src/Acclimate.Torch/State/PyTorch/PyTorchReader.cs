using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>An open file of PyTorch in either form.</summary>
internal sealed class PyTorchReader : StateReader
{
    /// <summary>The tensors may take this many times as much memory as the file does on disk …</summary>
    private const int MostUnfolding = 20;

    /// <summary>… or this much, where that is more.</summary>
    private const long AlwaysAllowed = 1 << 24;

    private readonly string path;
    private readonly List<Place> places = [];

    private PyTorchReader(FileStream stream, string path, StateFormat format)
        : base(stream)
    {
        this.path = path;
        PyTorchArchive archive = format == StateFormat.PyTorchZip ? PyTorchArchive.OpenZip(stream, path) : PyTorchLegacy.Open(stream, path);
        SavedState saved = new(archive.Root, path);
        long most = Math.Max(AlwaysAllowed, MostUnfolding * stream.Length), taken = 0;
        foreach ((string name, PickleTensor tensor) in saved.Tensors)
        {
            Place place = Locate(name, tensor, archive.Runs);
            places.Add(place);
            taken += place.Cost;
            if (taken > most || place.Cost > most)
                throw Refusal(name, $"with it the tensors take more than {most} bytes, {MostUnfolding} times the file: they repeat its elements");
        }

        Outline = new StateOutline(
            format,
            [.. saved.Tensors.Select(static tensor => new TensorOutline(tensor.Key, tensor.Value.Storage.Type, tensor.Value.Shape))],
            saved.Values,
            saved.LeftOut);
    }

    public override StateOutline Outline { get; }

    /// <summary>Checks everything but the elements.</summary>
    /// <exception cref="InvalidDataException">Anything about the file is wrong. The stream is left open.</exception>
    public static PyTorchReader Open(FileStream stream, string path, StateFormat format) => new(stream, path, format);

    public override Tensor ReadTensor(int index)
    {
        Place place = places[index];
        Stream elements = place.Part.Open(Stream, place.Tensor.Offset * place.Tensor.Storage.Type.Size());
        try
        {
            if (place.RowByRow)
                return Elements.Read(elements, place.Tensor.Storage.Type, place.Tensor.Shape);
            using NoGrad noGrad = NoGrad.Begin();
            using Tensor span = Elements.Read(elements, place.Tensor.Storage.Type, [place.Span]);
            using Tensor view = Operator.Get("aten::as_strided").Call(span, place.Tensor.Shape, place.Tensor.Strides);
            return view.Contiguous().LeaveScopes();
        }
        finally
        {
            if (place.Part.Deflated)
                elements.Dispose();
        }
    }

    private Place Locate(string name, PickleTensor tensor, IReadOnlyDictionary<string, FilePart> runs)
    {
        (PickleStorage storage, long[] shape, long[] strides) = (tensor.Storage, tensor.Shape, tensor.Strides);
        string shapes = $"of shape [{string.Join(", ", shape)}] and strides [{string.Join(", ", strides)}]";
        if (shape.Length != strides.Length || Array.Exists(shape, static size => size < 0) || Array.Exists(strides, static stride => stride < 0))
            throw Refusal(name, $"found a tensor {shapes}, expected as many of the one as of the other, none negative");
        if (!runs.TryGetValue(storage.Key, out FilePart part))
            throw Refusal(name, $"its elements '{Shown.Text(storage.Key)}' are not in the file");
        int size = storage.Type.Size();
        if (storage.RunCount > long.MaxValue / size || storage.RunCount * size != part.Length)
            throw Refusal(name, $"its elements '{Shown.Text(storage.Key)}' take {part.Length} bytes, expected {storage.RunCount} of {storage.Type}");
        try
        {
            checked
            {
                long bytes = size, last = 0;
                for (int i = 0; i < shape.Length; i++)
                {
                    // Sizes of 0 are left out of the check, so that no product of the others overflows inside libtorch either.
                    bytes *= Math.Max(shape[i], 1);
                    last += (Math.Max(shape[i], 1) - 1) * strides[i];
                }

                bool empty = Array.IndexOf(shape, 0) >= 0;
                long span = empty ? 0 : last + 1;
                if (tensor.Offset < 0 || tensor.Offset > storage.Count - span)
                    throw Refusal(name, $"found a tensor {shapes} from element {tensor.Offset} on, but only {storage.Count} elements are there");
                PickleTensor located = tensor with { Offset = storage.First + tensor.Offset };
                long reach = (part.Deflated ? located.Offset : 0) + span;
                return new Place(located, part, span, Math.Max(empty ? 0 : bytes, reach * size));
            }
        }
        catch (OverflowException)
        {
            throw Refusal(name, $"found a tensor {shapes}, expected fewer than 2^63 bytes");
        }
    }

    private InvalidDataException Refusal(string name, string what) => new($"{path}: tensor '{Shown.Text(name)}': {what}");

    /// <summary>A tensor whose place was checked.</summary>
    /// <param name="Tensor">What is said of it; its offset counts from the run's beginning.</param>
    /// <param name="Part">Where the run lies.</param>
    /// <param name="Span">How many elements lie from its first to its last.</param>
    /// <param name="Cost">The bytes that reading it takes in memory or passes over.</param>
    private sealed record Place(PickleTensor Tensor, FilePart Part, long Span, long Cost)
    {
        /// <summary>Whether the elements lie as they are wanted.</summary>
        public bool RowByRow { get; } = LiesRowByRow(Tensor);

        private static bool LiesRowByRow(PickleTensor tensor)
        {
            long step = 1;
            for (int i = tensor.Shape.Length - 1; i >= 0; i--)
            {
                if (tensor.Shape[i] != 1 && tensor.Strides[i] != step)
                    return Array.IndexOf(tensor.Shape, 0) >= 0;
                step *= Math.Max(tensor.Shape[i], 1);
            }

            return true;
        }
    }
}
