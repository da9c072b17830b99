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

    // dann: a choice and numbers; tca: a number that counts with one choice only; distil: a name that no search sets, and a list elsewhere.
    [Theory]
    [InlineData("dann", "lambda", "Search 0.01..1 log")]
    [InlineData("tca", "gamma", "Search 0.0001..10 log with kernel=rbf")]
    [InlineData("afn", "entropy", "Search 0|0.01|0.1|1")]
    [InlineData("distil", "teacher", "Default itself")]
    public void Methods_OfOne_HasWhatASearchTries(string method, string option, string expected)
    {
        string[] lines = Session.Run("methods", method).Out.Split('\n');
        int first = Array.FindIndex(lines, line => line.StartsWith($"  {option} ", StringComparison.Ordinal));
        string shown = string.Join(' ', lines.Skip(first + 1).TakeWhile(static line => line.StartsWith("     ", StringComparison.Ordinal)).Prepend(lines[first]).Select(static line => line.Trim()));

        Assert.Contains(expected, shown, StringComparison.Ordinal);
        Assert.Equal(expected.StartsWith("Search", StringComparison.Ordinal), shown.Contains("Search", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= 80 || !line.Contains("Search", StringComparison.Ordinal), line));
    }

    [Fact]
    public void Methods_Json_HasRangesAsNumbersAndLists()
    {
        using JsonDocument document = JsonDocument.Parse(Session.Run("methods", "distil", "--json").Out);
        Dictionary<string, JsonElement> ranges = document.RootElement[0].GetProperty("options").EnumerateArray()
            .ToDictionary(static option => option.GetProperty("name").GetString()!, static option => option.GetProperty("range"));

        Assert.Equal((1, 20, true), (ranges["temperature"].GetProperty("least").GetDouble(), ranges["temperature"].GetProperty("most").GetDouble(), ranges["temperature"].GetProperty("log").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, ranges["teacher"].ValueKind);
    }

    [Fact]
    public void Methods_Classifiers_HaveWhatASearchTries()
    {
        Answer answer = Session.Run("methods", "--classifiers");

        Assert.Contains("C=1 (search 0.001..10000 log)", answer.Out.ReplaceLineEndings(" ").Replace("               ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
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
