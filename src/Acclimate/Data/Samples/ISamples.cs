using System.Security.Cryptography;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>The inputs of a domain, wherever they are kept. Reading is safe from several threads at once.</summary>
public interface ISamples : IDisposable
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>The shape of one: channels × height × width, or features; −1 where images differ in that size.</summary>
    IReadOnlyList<long> Shape { get; }

    /// <summary>Reads some samples: uint8 or float32, the samples along the first dimension.</summary>
    /// <param name="indices">Which, in which order.</param>
    /// <returns>A fresh tensor.</returns>
    /// <exception cref="DataException">A file can't be read, or images of different sizes were asked for together.</exception>
    Tensor Read(ReadOnlySpan<int> indices);

    /// <summary>What to call a sample in a message: its file, or its row.</summary>
    /// <param name="index">Which.</param>
    string Describe(int index);

    /// <summary>Adds what tells these samples from all others: their elements, or their files with size and time.</summary>
    /// <param name="hash">Where to.</param>
    void Identify(IncrementalHash hash);
}
