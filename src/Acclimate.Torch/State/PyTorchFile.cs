namespace Acclimate.Torch;

/// <summary>
/// Files of PyTorch's <c>torch.save</c>: the ZIP form (since 1.6) and the legacy one before it, of any pickle protocol that
/// holds tensors.
/// <para>
/// Such a file is a pickle, which in Python can run any program. Here it is read by a machine that makes plain values and
/// tensors and knows nothing else: None, truth values, numbers, texts, bytes, tuples, lists, sets, dictionaries,
/// <c>collections.OrderedDict</c>, <c>argparse.Namespace</c> (as the dictionary of what it holds), <c>torch.Size</c>,
/// <c>torch.device</c> and element types (as texts), tensors and parameters. Every other name is refused with its place
/// in the file, and nothing is ever called by name: values of NumPy, whole models, complex, quantised and sparse tensors
/// among them.
/// </para>
/// <para>
/// The tensors are those of the dictionary that was saved, or of that under <c>state_dict</c>, <c>model_state_dict</c>,
/// <c>model</c> or <c>net</c> in it, the first of these that holds tensors. Plain values beside them, such as the epoch,
/// become <see cref="TensorFile.Metadata"/>. Each tensor gets memory of its own, row by row, also where several shared it.
/// </para>
/// <para>
/// Nothing is believed: every size, place and stride is checked against the file before memory is taken. A pickle may
/// have 16 MiB and make a million values; a tensor may have 16 dimensions; all tensors together may take 20 times as many
/// bytes as the file (or 16 MiB, where that is more). Checksums are not compared.
/// </para>
/// </summary>
public static class PyTorchFile
{
    /// <summary>Reads the tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors go; the processor where it is left out.</param>
    /// <returns>The tensors and plain values; dispose it to free the tensors.</returns>
    /// <exception cref="InvalidDataException">The file is of no such form, damaged, or holds more than tensors and plain values.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static TensorFile Read(string path, Device? device = null)
    {
        using StateReader reader = StateFile.Open(path);
        if (reader.Outline.Format == StateFormat.Safetensors)
            throw new InvalidDataException($"{path} is a safetensors file, expected one of PyTorch; {nameof(StateFile)} reads either");
        return reader.ReadAll(device ?? Device.Cpu);
    }
}
