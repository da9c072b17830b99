using System.Text.Json;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Cli.Tests.Commands;

public sealed class FeaturesCommandTests : IDisposable
{
    private const string Input = "generated:digits-clean?count=30";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Features_OfWeights_AreATableThatOpensWithTheLabels()
    {
        string weights = Weights();

        Answer answer = Session.Run("features", weights, Input, "--layer", "layer2", "--out", folder.In("table.csv"));
        using JsonDocument json = JsonDocument.Parse(Session.Run("features", weights, Input, "--out", folder.In("table.npz"), "--json").Out);

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("30 samples with 32 features each.", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"as '{folder.In("table.csv")}?label=class'", answer.Out, StringComparison.Ordinal);
        Assert.Equal((30, 64, "features"), (json.RootElement.GetProperty("samples").GetInt32(), json.RootElement.GetProperty("features").GetInt32(), json.RootElement.GetProperty("layer").GetString()));
        using Domain table = Domain.Open(folder.In("table.csv") + "?label=class"), arrays = Domain.Open(json.RootElement.GetProperty("source").GetString()!), pictures = Domain.Open(Input);
        foreach (Domain read in (Domain[])[table, arrays])
            Assert.Equal(pictures.Labels!.Indices.Select(i => pictures.Labels.Classes[i]), read.Labels!.Indices.Select(i => read.Labels.Classes[i]));
    }

    /// <summary>A run by its folder, its model's or its file is one network, which sees its own preprocessing.</summary>
    [Fact]
    public void Features_OfARun_AreWhatItsClassifierSees()
    {
        string run = folder.In("run");
        Assert.Equal(ExitCode.Success, Session.Run("train", Input, "--method", "source-only", "--steps", "1", "--batch-size", "8", "--backbone", "lenet", "--size", "20", "--out", run).ExitCode);

        string[] tables = [.. ((string[])[run, Path.Combine(run, "model"), Path.Combine(run, "model", "model.safetensors")]).Select((model, i) =>
        {
            Answer answer = Session.Run("features", model, Input, "--out", folder.In($"{i}.csv"));
            Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
            return File.ReadAllText(folder.In($"{i}.csv"));
        })];

        Assert.Single(tables.Distinct());
        using Training.TransferModel opened = Models.Open(run);
        using Domain samples = opened.Open(Input), table = Domain.Open(folder.In("0.csv") + "?label=class");
        using Tensor expected = opened.Features(samples), found = table.Read([.. Enumerable.Range(0, 30)]);
        Assert.Equal(expected.ToArray<float>(), found.ToArray<float>());
    }

    [Theory]
    [InlineData(ExitCode.WrongUse, ".csv or .npz", "--out", "{0}/table.txt")]
    [InlineData(ExitCode.Failure, "did you mean 'layer3'?", "--layer", "layr3", "--out", "{0}/table.csv")]
    [InlineData(ExitCode.WrongUse, "--out")]
    public void Features_WhatCanNotBe_IsRefusedAndNothingWritten(int code, string words, params string[] options)
    {
        Answer answer = Session.Run(["features", Weights(), Input, .. options.Select(word => word.Replace("{0}", folder.Path, StringComparison.Ordinal))]);

        Assert.Equal(code, answer.ExitCode);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
        Assert.Equal(["resnet20.safetensors"], Directory.EnumerateFiles(folder.Path).Select(static file => Path.GetFileName(file)));
    }

    [Fact]
    public void Features_OfNothingKnown_SaysWhatThereIs()
    {
        Answer answer = Session.Run("features", "resnet51", Input, "--out", folder.In("table.csv"));

        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("no such file, and no weights of that name", answer.Error, StringComparison.Ordinal);
    }

    private string Weights()
    {
        string file = folder.In("resnet20.safetensors");
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("cifar_resnet20", [3, 32, 32], 10), generator);
        Safetensors.Write(file, network.NamedState());
        return file;
    }
}
