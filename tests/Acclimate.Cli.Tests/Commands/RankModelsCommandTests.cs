using System.Text.Json;
using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Cli.Tests.Commands;

public sealed class RankModelsCommandTests : IDisposable
{
    private const string Target = "generated:digits-clean?count=60";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void RankModels_OfThree_ListsThemBestFirst()
    {
        string[] files = [Weights("resnet20-a", 1), Weights("resnet20-b", 2), Weights("resnet20-headless", 3, head: false)];

        Answer plain = Session.Run(["rank-models", Target, "--weights", .. files, "--probe", "--by", "h-score-reg"]);
        Answer json = Session.Run(["rank-models", Target, "--weights", .. files, "--probe", "--by", "h-score-reg", "--json"]);

        Assert.Equal(ExitCode.Success, plain.ExitCode);
        using JsonDocument document = JsonDocument.Parse(json.Out);
        JsonElement[] networks = [.. document.RootElement.GetProperty("networks").EnumerateArray()];
        double[] scores = [.. networks.Select(static n => n.GetProperty("scores").GetProperty("h-score-reg").GetDouble())];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(files.Order(), networks.Select(static n => n.GetProperty("weights").GetString()!).Order());
        Assert.All(networks, static n => Assert.Equal("cifar_resnet20", n.GetProperty("backbone").GetString()));
        Assert.InRange(document.RootElement.GetProperty("agreement").GetProperty("logme").GetProperty("kendall").GetDouble(), -1, 1);
        Assert.False(document.RootElement.GetProperty("agreement").TryGetProperty("leep", out _));

        string[] lines = plain.Out.Split('\n');
        Assert.StartsWith($"By h-score-reg, {Path.GetFileNameWithoutExtension(networks[0].GetProperty("weights").GetString())} suits", lines.First(static l => l.Length > 0 && l[0] != ' '), StringComparison.Ordinal);
        Assert.All(lines, static line => Assert.True(line.Length <= 80, line));
        Assert.Contains("resnet20-a (cifar_resnet20): 60/60", plain.Out, StringComparison.Ordinal);
        Assert.Contains("resnet20-a (cifar_resnet20): 60/60", json.Error, StringComparison.Ordinal);
        Assert.Contains("needs the network's own classifier", plain.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void RankModels_WhatCannotBe_IsRefusedBeforeAnyWork()
    {
        string weights = Weights("resnet20-a", 1), other = folder.In("other.safetensors");
        using (Tensor one = Tensor.Ones([3]))
            Safetensors.Write(other, [KeyValuePair.Create("conv1.weight", one)]);

        Assert.Equal(ExitCode.WrongUse, Session.Run("rank-models", Target).ExitCode);
        Refused(ExitCode.WrongUse, "there is no such file", "rank-models", Target, "--weights", weights, folder.In("none.pth"));
        Refused(ExitCode.Failure, "the weights of no network that is known", "rank-models", Target, "--weights", other);
        Refused(ExitCode.WrongUse, "--backbone names 2 networks for 1 files", "rank-models", Target, "--weights", weights, "--backbone", "lenet", "resnet18");
        Refused(ExitCode.WrongUse, "there is no score 'logm'; did you mean 'logme'?", "rank-models", Target, "--weights", weights, "--by", "logm");
        Refused(ExitCode.Failure, "has one class alone", "rank-models", Target + "&classes=3", "--weights", weights);

        static void Refused(int code, string reason, params string[] arguments)
        {
            Answer answer = Session.Run(arguments);
            Assert.Equal(code, answer.ExitCode);
            Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
            Assert.Empty(answer.Out);
        }
    }

    private string Weights(string name, long seed, bool head = true)
    {
        string path = folder.In(name + ".safetensors");
        using Generator generator = new(seed);
        using ClassifierNetwork network = new(new NetworkSpec("cifar_resnet20", [3, 32, 32], 5), generator);
        Safetensors.Write(path, network.NamedState().Where(state => head || state.Key.StartsWith("backbone.", StringComparison.Ordinal)));
        return path;
    }
}
