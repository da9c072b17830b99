using System.Security.Cryptography;
using System.Text;
using Acclimate.Data.Images;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>Image files, decoded when they are asked for, several at once.</summary>
internal sealed class ImageFileSamples : ISamples
{
    private readonly string[] files;
    private readonly int channels;

    public ImageFileSamples(string[] files, int channels, long height, long width)
    {
        this.files = files;
        this.channels = channels;
        Shape = [channels, height, width];
    }

    public int Count => files.Length;

    public IReadOnlyList<long> Shape { get; }

    public Tensor Read(ReadOnlySpan<int> indices)
    {
        int[] wanted = indices.ToArray();
        Tensor?[] images = new Tensor?[wanted.Length];
        try
        {
            Concurrently.ForEach(wanted.Length, i => images[i] = Decode(files[wanted[i]]));
            long[] shape = images[0]!.Shape;
            int other = Array.FindIndex(images, image => !image!.Shape.AsSpan().SequenceEqual(shape));
            if (other >= 0)
            {
                throw new DataException(
                    $"images of different sizes: {files[wanted[0]]} is {shape[2]}×{shape[1]}, "
                    + $"{files[wanted[other]]} is {images[other]!.Size(2)}×{images[other]!.Size(1)}; resize them to one size first");
            }

            return Tensor.Stack(images!);
        }
        finally
        {
            foreach (Tensor? image in images)
                image?.Dispose();
        }
    }

    public string Describe(int index) => files[index];

    public void Identify(IncrementalHash hash)
    {
        foreach (FileInfo file in files.Select(static path => new FileInfo(path)))
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.FullName}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}\n"));
        hash.AppendData(BitConverter.GetBytes(channels));
    }

    public void Dispose()
    {
    }

    private Tensor Decode(string file)
    {
        try
        {
            return ImageCodec.Decode(File.ReadAllBytes(file), file, channels).LeaveScopes();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{file}: can't be read: {e.Message}", e);
        }
    }
}
