using System.CommandLine;
using System.Text.Json;
using Acclimate.Backbones;
using Acclimate.Cli.Commands;
using Acclimate.Cli.Rendering;
using Acclimate.Torch;

namespace Acclimate.Cli.Tests.Commands;

public sealed class WeightsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Examples_OfEverySubcommand_Parse()
    {
        Command root = CommandLine.Root(new Screen(TextWriter.Null, TextWriter.Null, false, false, 80), CancellationToken.None);
        Command weights = root.Subcommands.Single(static command => command.Name == "weights");
        Assert.All(weights.Subcommands.Cast<ExampledCommand>().SelectMany(static command => command.Examples), example => Assert.Empty(root.Parse(example.Split("    ")[0]).Errors));
    }

    [Fact]
    public void Inspect_OfAFile_SaysWhatItHoldsOn80Columns()
    {
        Answer answer = Session.Run("weights", "inspect", Written());
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.StartsWith("40 parameters and 5 running statistics in 4 tensors.", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Format  safetensors, ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Network none that is known by its names and shapes", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Prefix  module. (every name begins with it)", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Value   epoch = 90", answer.Out, StringComparison.Ordinal);
        Assert.Contains("module.conv.weight", answer.Out, StringComparison.Ordinal);
        Assert.Contains("4 × 3 × 3", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Inspect_Json_CanBeRead()
    {
        using JsonDocument document = JsonDocument.Parse(Session.Run("weights", "inspect", Written(), "--json").Out);
        JsonElement root = document.RootElement;
        Assert.Equal("safetensors", root.GetProperty("format").GetString());
        Assert.Equal(40, root.GetProperty("parameters").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("backbone").ValueKind);
        Assert.Equal("module.", root.GetProperty("common_prefix").GetString());
        JsonElement tensor = root.GetProperty("tensors").EnumerateArray().Single(static t => t.GetProperty("name").GetString() == "module.conv.weight");
        Assert.Equal([4, 3, 3], tensor.GetProperty("shape").EnumerateArray().Select(static size => size.GetInt32()));
        Assert.Equal("float32", tensor.GetProperty("type").GetString());
        Assert.Equal(144, tensor.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void Inspect_OfAKnownNetwork_NamesIt()
    {
        string path = folder.In("net.safetensors");
        using (Generator generator = new(0))
        using (Backbone backbone = Networks.Build("cifar_resnet20", [3, 32, 32], generator))
            Safetensors.Write(path, backbone.NamedState());
        Assert.Contains("Network cifar_resnet20, without a classifier\n", Session.Run("weights", "inspect", path).Out, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(Session.Run("weights", "inspect", path, "--json").Out);
        Assert.Equal("cifar_resnet20", document.RootElement.GetProperty("backbone").GetProperty("backbone").GetString());
    }

    [Fact]
    public void Inspect_WithoutTheEngine_SaysTheRest()
    {
        Answer answer = Session.RunWithoutEngine("weights", "inspect", Written());
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.Contains("40 parameters", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Network not told without libtorch", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_OfNamesWithControlCharacters_ShowsNone()
    {
        string path = folder.In("escape.safetensors");
        using (Tensor tensor = Tensor.Zeros([1]))
            Safetensors.Write(path, [new("\e[2Jname", tensor)], new Dictionary<string, string> { ["k\e"] = "\e]0;title\a" });
        Assert.DoesNotContain(Session.Run("weights", "inspect", path).Out, static letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public void Convert_ThenConvertedAgain_IsTheSameToTheBit()
    {
        string source = Written(), first = folder.In("first.safetensors"), second = folder.In("sub/second.safetensors");
        Assert.Equal(ExitCode.Success, Session.Run("weights", "convert", source, first, "--strip", "module.").ExitCode);
        Assert.Equal(ExitCode.Success, Session.Run("weights", "convert", source, second).ExitCode);
        Assert.Equal(File.ReadAllBytes(source), File.ReadAllBytes(second));
        using TensorFile before = StateFile.Read(source), after = StateFile.Read(first);
        Assert.Equal(before.Tensors.Keys.Select(static name => name["module.".Length..]), after.Tensors.Keys);
        Assert.All(after.Tensors, tensor => Assert.True(tensor.Value.SameAs(before.Tensors["module." + tensor.Key])));
    }

    [Fact]
    public void Convert_OntoAFile_AsksForForce()
    {
        string source = Written(), there = folder.In("there.safetensors");
        File.WriteAllText(there, "precious");
        Answer refused = Session.Run("weights", "convert", source, there);
        Assert.Equal(ExitCode.Failure, refused.ExitCode);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(there));
        Assert.Equal(ExitCode.Success, Session.Run("weights", "convert", source, there, "--force").ExitCode);
        Assert.Equal(File.ReadAllBytes(source), File.ReadAllBytes(there));
    }

    [Fact]
    public void Convert_OfAFileThatIsRefused_WritesNothing()
    {
        string bad = folder.In("bad.pth"), there = folder.In("there.safetensors");
        File.WriteAllText(bad, "<html>not found</html>");
        File.WriteAllText(there, "precious");
        foreach (string[] arguments in (string[][])[["weights", "convert", bad, there, "--force"], ["weights", "convert", Written(), there, "--force", "--strip", "backbone."]])
        {
            Assert.Equal(ExitCode.Failure, Session.Run(arguments).ExitCode);
            Assert.Equal("precious", File.ReadAllText(there));
        }

        Assert.Equal(["bad.pth", "state.safetensors", "there.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("weights")]
    [InlineData("weights", "inspct")]
    [InlineData("weights", "inspect")]
    [InlineData("weights", "convert", "a.pth")]
    public void WrongUse_NamesTheCommandWhoseHelpToRead(params string[] arguments)
    {
        Answer answer = Session.Run(arguments);
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        string known = arguments.Length > 1 && arguments[1] is "inspect" or "convert" ? $"weights {arguments[1]}" : "weights";
        Assert.Contains($"See: acclimate {known} --help", answer.Error, StringComparison.Ordinal);
    }

    private string Written()
    {
        string path = folder.In("state.safetensors");
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Dictionary<string, Tensor> tensors = new()
        {
            ["module.conv.weight"] = Tensor.Normal([4, 3, 3], generator),
            ["module.conv.bias"] = Tensor.Normal([4], generator),
            ["module.bn.running_mean"] = Tensor.Normal([4], generator),
            ["module.bn.num_batches_tracked"] = Tensor.Scalar(7, ScalarType.Int64),
        };
        Safetensors.Write(path, tensors, new Dictionary<string, string> { ["epoch"] = "90" });
        return path;
    }
}
