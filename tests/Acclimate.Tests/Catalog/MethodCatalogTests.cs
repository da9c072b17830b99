using Acclimate.Catalog;

namespace Acclimate.Tests.Catalog;

public class MethodCatalogTests
{
    [Fact]
    public void All_NamesAreOneOfAKindAndEveryEntryExplainsItself()
    {
        Assert.Equal(MethodCatalog.All.Count, MethodCatalog.All.Select(static e => e.About.Name).Distinct().Count());
        Assert.All(MethodCatalog.All, static entry =>
        {
            Assert.NotEmpty(entry.About.Summary);
            Assert.NotEmpty(entry.About.Formula);
            Assert.True(entry.About.Family == Family.Baseline || entry.About.Paper is not null);
            Assert.All(entry.Options, static o => Assert.NotEmpty(o.Description));
        });
    }

    // What is written as a default can be read again, so that a recorded run can be repeated.
    [Fact]
    public void OptionsOf_ReadBack_GiveTheSame() => Assert.All(MethodCatalog.All, static entry =>
    {
        IReadOnlyDictionary<string, string> options = MethodCatalog.OptionsOf(entry.Create());

        Assert.Equal(options, MethodCatalog.OptionsOf(entry.Create(options)));
        Assert.Equal(entry.Options.Select(static o => o.Name).Order(), options.Keys);
    });

    [Fact]
    public void Create_SeveralFaults_AreAllNamed()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(static () => MethodCatalog.Find("dan").Create(
            new Dictionary<string, string> { ["kernels"] = "many", ["bogus"] = "1", ["ramp"] = "steep" }));

        Assert.Contains("option 'kernels' of dan is 'many'; expected a whole number", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("dan has no option 'bogus'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("expected sigmoid or constant", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Unknown_NamesTheKnown()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(static () => MethodCatalog.Find("dann2000"));

        string known = string.Join(", ", MethodCatalog.All.Select(static entry => entry.About.Name));
        Assert.Contains($"there is no method 'dann2000'. Known: {known}.", thrown.Message, StringComparison.Ordinal);
    }
}
