using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Data;

public sealed class FeatureTableTests
{
    private static readonly float[] Values = [0.1f, -2, 3e-9f, 1f / 3, 0, 7, 123456.789f, -0.5f];

    /// <summary>Nine digits tell every float32 from every other.</summary>
    [Theory]
    [InlineData("table.csv", new[] { "ant, the", "\"bee\"" }, new[] { "\"bee\"", "ant, the" })]
    [InlineData("table.npz", new[] { "ant", "bee" }, new[] { "0", "1" })]
    [InlineData("table.NPZ", new[] { "3", "10" }, new[] { "3", "10" })]
    public void Write_Labelled_IsReadBackToTheBit(string file, string[] classes, string[] found)
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        Labels labels = new(classes, [1, 0, 1, 1]);

        using Domain read = Domain.Open(FeatureTable.Write(folder[file], Tensor.From(Values, [4, 2]), labels));

        Assert.Equal(Values, read.Read([0, 1, 2, 3]).ToArray<float>());
        Assert.Equal(found, read.Labels!.Classes);
        Assert.Equal(file.EndsWith("csv", StringComparison.Ordinal) ? ["\"bee\"", "ant, the", "\"bee\"", "\"bee\""] : [found[1], found[0], found[1], found[1]], read.Labels.Indices.Select(i => read.Labels.Classes[i]));
    }

    [Theory]
    [InlineData("table.csv")]
    [InlineData("table.npz")]
    public void Write_Unlabelled_IsReadBackWithoutLabels(string file)
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();

        using Domain read = Domain.Open(FeatureTable.Write(folder[file], Tensor.From(Values, [2, 4]), null));

        Assert.Equal(Values, read.Read([0, 1]).ToArray<float>());
        Assert.False(read.IsLabelled);
    }

    [Fact]
    public void Write_Arrays_AreNumPysAndTheSameBytesEachTime()
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        foreach (string name in (string[])["a.npz", "b.npz"])
            FeatureTable.Write(folder[name], Tensor.From(Values, [4, 2]), new Labels(["ant", "bee"], [1, 0, 1, 1]));

        Assert.Equal(File.ReadAllBytes(folder["a.npz"]), File.ReadAllBytes(folder["b.npz"]));
        string said = Python.Run("numpy", $"""
            import numpy
            with numpy.load(r"{folder["a.npz"]}") as z:
                print(sorted(z.files), z["x"].dtype, z["x"].shape, z["y"].dtype, z["y"].tolist(), [float(v) for v in z["x"].ravel()][3])
            """);
        Assert.Equal($"['x', 'y'] float32 (4, 2) int64 [1, 0, 1, 1] {((double)Values[3]).ToString("R", System.Globalization.CultureInfo.InvariantCulture)}", said.Trim());
    }

    [Fact]
    public void Write_WhatCannotBe_IsRefusedAndNothingWritten()
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        Tensor table = Tensor.From(Values, [4, 2]);

        Assert.Contains(".csv or .npz", Assert.Throws<ArgumentException>(() => FeatureTable.Write(folder["t.txt"], table, null)).Message, StringComparison.Ordinal);
        Assert.Contains("a label for each sample", Assert.Throws<ArgumentException>(() => FeatureTable.Write(folder["t.csv"], table, new Labels(["ant"], [0]))).Message, StringComparison.Ordinal);
        Assert.Contains("samples × features", Assert.Throws<ArgumentException>(() => FeatureTable.Write(folder["t.csv"], table.Flatten(), null)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }
}
