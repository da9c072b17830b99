using Acclimate.Data;
using Acclimate.Relations;

namespace Acclimate.Tests.Relations;

public sealed class FactParserTests
{
    [Fact]
    public void Parse_Facts_HoldOrNot_EachOnce()
    {
        FactBase facts = FactBase.Parse("Smokes(Anna) // she does\n!Smokes(bob)\nSmokes(Anna)\n\nFriends(\"von B.\", 7)\n", Networks.Smoking);
        Assert.Equal(["Smokes(Anna)", "!Smokes(\"bob\")", "Friends(\"von B.\", \"7\")"], facts.Facts.Select(static fact => fact.ToString()));
    }

    [Theory]
    [InlineData("Smoke(Anna)", "t.db:1:1: the network declares no predicate 'Smoke'; did you mean 'Smokes'?")]
    [InlineData("Smokes(Anna", "t.db:1:12: found the end of the line; expected ')'")]
    [InlineData("Smokes()", "t.db:1:8: found ')'; expected the name of a person")]
    [InlineData("Smokes(Anna) Smokes(Bob)", "t.db:1:14: found 'Smokes'; expected the end of the line")]
    [InlineData("Smokes(Anna)\n!Smokes(Anna)", "t.db:2:1: !Smokes(Anna) is said here, and the opposite on line 1")]
    public void Parse_ABadLine_IsRefusedWithItsPlace(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<DataException>(() => FactBase.Parse(text, Networks.Smoking, "t.db")).Message, StringComparison.Ordinal);

    [Fact]
    public void Write_Facts_AreReadBackTheSame()
    {
        using Data.TemporaryFolder folder = new();
        FactBase facts = new("f", [new Fact(Networks.Smoking.Predicate("Smokes"), ["a \"quoted\"\nname"]), new Fact(Networks.Smoking.Predicate("Friends"), ["Anna", "x"], false)]);
        facts.Write(Path.Combine(folder.Path, "f.db"));
        Assert.Equal(facts.Facts, FactBase.Read(Path.Combine(folder.Path, "f.db"), Networks.Smoking).Facts);
    }

    [Fact]
    public void Read_NoFile_IsRefusedByName() =>
        Assert.Contains("nowhere.db: there is no such file", Assert.Throws<DataException>(() => FactBase.Read("nowhere.db", Networks.Smoking)).Message, StringComparison.Ordinal);
}
