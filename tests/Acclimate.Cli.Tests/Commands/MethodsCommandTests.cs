using System.Text.Json;
using Acclimate.Catalog;

namespace Acclimate.Cli.Tests.Commands;

public sealed class MethodsCommandTests
{
    [Fact]
    public void Methods_ListsTheWholeCatalogueOn80Columns()
    {
        Answer answer = Session.Run("methods");
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        foreach (MethodEntry method in MethodCatalog.All)
            Assert.Contains($"  {method.About.Name} ", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Methods_OfOne_HasEveryOptionWithItsDefault()
    {
        string shown = string.Join(' ', Session.Run("methods", "dan").Out.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        foreach (MethodOption option in MethodCatalog.Find("dan").Options)
        {
            Assert.Contains($" {option.Name} ", shown, StringComparison.Ordinal);
            Assert.Contains($"Default {option.Default}", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Methods_WithoutATarget_ShowOneDomainAndWeightsInTheirExample()
    {
        string shown = Session.Run("methods", "l2-sp").Out.ReplaceLineEndings(" ");
        Assert.Contains("acclimate train photos/labelled --method l2-sp --backbone", shown, StringComparison.Ordinal);
        Assert.Contains("--weights", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_Json_CanBeRead()
    {
        using JsonDocument document = JsonDocument.Parse(Session.Run("methods", "--json").Out);
        Assert.Equal(MethodCatalog.All.Select(m => m.About.Name), document.RootElement.EnumerateArray().Select(m => m.GetProperty("name").GetString()));
    }
}
