using System.Buffers.Binary;
using System.IO.Compression;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Readers;

public class MatReaderTests
{
    /// <summary>A v7.3 file that libmatio wrote: fts = [1 2; 3 4; 5 6], labels = uint8([2; 1; 2]); packed with gzip.</summary>
    private const string Version73 =
        "H4sIAAAAAAACA+1Wy07CQBSdGUAbkKSoC+LqLl0AgfKUDaBg0AgSYeEOCxTTWKiBQvAP9Af8Bj/Fz/EPsI9bpWB8sDHRnqQ5vY/eudM5M5laqX"
        + "VWOoRsLAm1UivalxUpAg1F1PrqaJCHWS7TzqSit92oIg8ns+j1cBKBo5EkalIPOnd5UOTOQNRkFaaJWDomJEEdQlPUoK5OQUhAPJtPHuTjAghx"
        + "IeOHavk4DQQQhJ3UiItfxYO+JEH/nt80OI54CW8FmEVzRDPotO3vr5Ap8j3yE7P91IyF0R/C+st5rYtKxcieL8EeJ+61mHeX7F+iWik1DL5E29"
        + "bTM3Pm9bWxyYrYkZTxuy6La45LyaZVg9r2vsWMLm4T4iHkQ9ujd2pkhqBAOOwkFSCpOSb4dK8RZ8wqyOHMPBQCqHxHP9tYxUh+PKU3WxinJKhH"
        + "OFIzz/N2VxHH5o/Y0Z+Nhf3ZUycdRVqt+1006+dlqs+SQxs8n+fb+3XmczX8E13RJR3RFV3xpo9/i3Ff6KkRcFZYX0++hX4m8lDLmW85d1FduH"
        + "DxB/FSsJjDa8Ru0Xmt4JHDRUbZK2/U+yhTDQAA";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_FeaturesAndLabels_AreRead(bool compressed)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.mat", MatWriter.Write(compressed, ("fts", 2, 3, [1, 4, 2, 5, 3, 6]), ("labels", 2, 1, [10, 9])));

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([0, 1]);

        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], read.ToArray<float>());
        Assert.Equal(["9", "10"], domain.Labels!.Classes);
        Assert.Equal([1, 0], domain.Labels.Indices);
        Assert.Equal("x.mat", domain.Name);
    }

    [Theory]
    [InlineData("?samples=columns")]
    [InlineData("")]
    public void Open_SamplesAsColumns_AreTransposed(string options)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.mat", MatWriter.Write(false, ("X", 2, 3, [1, 4, 2, 5, 3, 6]), ("Y", 3, 1, [1, 2, 1])));

        using Domain domain = Domain.Open(path + options);
        using Tensor read = domain.Read([2]);

        Assert.Equal(3, domain.Count);
        Assert.Equal([3f, 6f], read.ToArray<float>());
    }

    [Fact]
    public void Open_LabelsNone_HasNoLabels()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.mat", MatWriter.Write(false, ("fts", 2, 2, [1, 2, 3, 4]), ("labels", 2, 1, [1, 2])));

        using Domain domain = Domain.Open(path + "?labels=none");

        Assert.Null(domain.Labels);
    }

    [Fact]
    public void Open_NaN_NamesTheElement()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.mat", MatWriter.Write(false, ("fts", 2, 2, [1, 2, double.NaN, 4])));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith($"{path}: fts, row 1, element 2: NaN", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Truncated_IsNamed()
    {
        using TemporaryFolder folder = new();
        byte[] file = MatWriter.Write(false, ("fts", 2, 2, [1, 2, 3, 4]));
        string path = folder.Write("x.mat", file.AsSpan(0, file.Length - 9));

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith($"{path}: truncated", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_HeaderThatClaimsAHugeSize_IsRefused()
    {
        using TemporaryFolder folder = new();
        byte[] file = MatWriter.Write(false, ("fts", 2, 2, [1, 2, 3, 4]));
        int rows = 128 + 8 + 16 + 8;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(rows), int.MaxValue);
        string path = folder.Write("x.mat", file);

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.Contains("damaged: a variable of 4294967294 elements in 88 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileOfAnotherKind_IsRefused()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.mat", "this is no matrix");

        DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

        Assert.StartsWith($"{path}: not a MAT file of version 5 or 7.3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Version73_IsRead()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.mat", Unpacked(Version73));

        using Domain domain = Domain.Open(path);
        using Tensor read = domain.Read([0, 1, 2]);

        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], read.ToArray<float>());
        Assert.Equal(["1", "2"], domain.Labels!.Classes);
        Assert.Equal([1, 0, 1], domain.Labels.Indices);
    }

    [Fact]
    public void Open_Version73CutShort_IsNamed()
    {
        using TemporaryFolder folder = new();
        byte[] file = Unpacked(Version73);
        for (int length = 0; length < file.Length; length += 97)
        {
            string path = folder.Write("x.mat", file.AsSpan(0, length));

            DataException e = Assert.Throws<DataException>(() => Domain.Open(path));

            Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_WhatScipyWrites_IsRead()
    {
        using TemporaryFolder folder = new();
        Python.Run("scipy.io", $$"""
            import numpy as np, scipy.io, scipy.sparse
            x = np.arange(12).reshape(4, 3)
            y = np.array([[1], [2], [2], [1]], dtype=np.uint8)
            for name, kind in (('f8', np.float64), ('f4', np.float32), ('u1', np.uint8), ('i2', np.int16), ('i8', np.int64)):
                scipy.io.savemat(r'{{folder.Path}}/' + name + '.mat', {'fts': x.astype(kind), 'labels': y, 'note': 'text'}, do_compression=name == 'f4')
            scipy.io.savemat(r'{{folder.Path}}/sparse.mat', {'fts': scipy.sparse.csc_matrix(x.astype(float)), 'labels': y})
            """);

        foreach (string name in (string[])["f8", "f4", "u1", "i2", "i8", "sparse"])
        {
            using Domain domain = Domain.Open(folder[name + ".mat"]);
            using Tensor read = domain.Read([0, 1, 2, 3]);
            Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), read.ToArray<float>());
            Assert.Equal([0, 1, 1, 0], domain.Labels!.Indices);
        }
    }

    [Fact]
    public void Open_CutOrChanged_NeverFailsInAnotherWay()
    {
        using TemporaryFolder folder = new();
        foreach (bool compressed in (bool[])[false, true])
        {
            byte[] file = MatWriter.Write(compressed, ("fts", 2, 2, [1, 2, 3, 4]), ("labels", 2, 1, [1, 2]));
            for (int at = 120; at < file.Length; at++)
            {
                foreach (byte mask in (byte[])[0x01, 0x55, 0xFF])
                {
                    byte[] changed = [.. file];
                    changed[at] ^= mask;
                    TryOpen(folder.Write("changed.mat", changed));
                }

                TryOpen(folder.Write("cut.mat", file.AsSpan(0, at)));
            }
        }
    }

    private static void TryOpen(string path)
    {
        try
        {
            Domain.Open(path).Dispose();
        }
        catch (DataException)
        {
            // Damage is either not seen or named.
        }
    }

    private static byte[] Unpacked(string text)
    {
        using GZipStream stream = new(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        stream.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
