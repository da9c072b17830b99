using System.IO.Compression;
using System.Text;

namespace Acclimate.Tests.Data.Readers;

/// <summary>Writes MAT files as the reader's tests and the benchmark's need them.</summary>
internal static class MatWriter
{
    /// <summary>A v5 file of double matrices, column by column.</summary>
    public static byte[] Write(bool compressed, params (string Name, int Rows, int Columns, double[] Elements)[] variables)
    {
        using MemoryStream file = new();
        file.Write(Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, written by a test".PadRight(124)));
        file.Write([0, 1, (byte)'I', (byte)'M']);
        foreach ((string name, int rows, int columns, double[] elements) in variables)
        {
            byte[] padded = new byte[(name.Length + 7) / 8 * 8];
            Encoding.ASCII.GetBytes(name, padded);
            byte[] data = new byte[8 * elements.Length];
            Buffer.BlockCopy(elements, 0, data, 0, data.Length);
            byte[] body =
            [
                .. Tag(6, 8), 6, 0, 0, 0, 0, 0, 0, 0,
                .. Tag(5, 8), .. BitConverter.GetBytes(rows), .. BitConverter.GetBytes(columns),
                .. Tag(1, name.Length), .. padded,
                .. Tag(9, data.Length), .. data,
            ];
            byte[] matrix = [.. Tag(14, body.Length), .. body];
            if (compressed)
            {
                using MemoryStream packed = new();
                using (ZLibStream stream = new(packed, CompressionMode.Compress, leaveOpen: true))
                    stream.Write(matrix);
                matrix = [.. Tag(15, (int)packed.Length), .. packed.ToArray()];
            }

            file.Write(matrix);
        }

        return file.ToArray();
    }

    private static byte[] Tag(int type, int length) => [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(length)];
}
