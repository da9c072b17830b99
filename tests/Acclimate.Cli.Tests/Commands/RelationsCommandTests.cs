using System.Text.Json;

namespace Acclimate.Cli.Tests.Commands;

public sealed class RelationsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public RelationsCommandTests()
    {
        File.WriteAllText(folder.In("smoking.mln"), "Smokes(person)\nFriends(person, person)\n1 Friends(x, y) ^ Smokes(x) => Smokes(y)\n-1 Smokes(x)\n");
        File.WriteAllText(folder.In("town.db"), "Smokes(Anna)\nSmokes(Bob)\nFriends(Anna, Bob)\nFriends(Carl, Dora)\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Learn_ThenInfer_FromFilesToFiles()
    {
        Answer learnt = Session.Run("relations", "learn", folder.In("smoking.mln"), "--data", folder.In("town.db"), "--query", "Smokes", "-o", folder.In("learnt.mln"));
        Assert.True(learnt.ExitCode == ExitCode.Success, learnt.Error);
        Assert.Contains("!Friends(x, y) v !Smokes(x) v Smokes(y)", File.ReadAllText(folder.In("learnt.mln")), StringComparison.Ordinal);

        File.WriteAllText(folder.In("known.db"), "Smokes(Anna)\nFriends(Anna, Bob)\nFriends(Carl, Dora)\n");
        string[] infer = ["relations", "infer", folder.In("learnt.mln"), "--evidence", folder.In("known.db"), "--query", "Smokes", "--truth", folder.In("town.db")];
        Answer inferred = Session.Run([.. infer, "-o", folder.In("smokes.txt")]);
        Assert.True(inferred.ExitCode == ExitCode.Success, inferred.Error);
        Assert.Contains("AUC-PR of Smokes: 1.000", inferred.Out, StringComparison.Ordinal);
        Assert.Matches(@"^0\.\d{4}  Smokes\(Bob\)\n", File.ReadAllText(folder.In("smokes.txt")));
        Assert.Equal(3, File.ReadAllLines(folder.In("smokes.txt")).Length);

        // The three ways of inference on three atoms: 1,000 samples miss by 5 · √(1/4000) ≈ 0.08 at most.
        double[] ways = [.. ((string[])["exact", "gibbs", "mc-sat"]).Select(sampler =>
        {
            using JsonDocument document = JsonDocument.Parse(Session.Run([.. infer, "--sampler", sampler, "--json"]).Out);
            return document.RootElement.GetProperty("marginals").EnumerateArray().Single(static marginal => marginal.GetProperty("fact").GetString() == "Smokes(Bob)").GetProperty("probability").GetDouble();
        })];
        Assert.All(ways, way => Assert.Equal(ways[0], way, 0.08));
    }

    [Fact]
    public void Transfer_BetweenGeneratedDomains_WritesANetworkThatSaysWhereItIsFrom()
    {
        foreach (string domain in (string[])["university", "movie"])
            Assert.Equal(ExitCode.Success, Session.Run("relations", "generate", domain, "--worlds", "1", "-o", folder.Path).ExitCode);
        string[] transfer = ["relations", "transfer", folder.In("university.mln"), folder.In("movie.mln"), "--data", folder.In("movie-1.db"), "--query", "WorkedUnder,Director", "-o", folder.In("out.mln")];
        Answer answer = Session.Run([.. transfer, "--set", "discover=0"]);
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        string written = File.ReadAllText(folder.In("out.mln"));
        Assert.StartsWith("// Transferred by tamar from university.mln; weights learnt from movie-1.db\n", written, StringComparison.Ordinal);
        Assert.Contains("WorkedUnder(person, person)", written, StringComparison.Ordinal);

        Answer without = Session.Run([.. transfer, "--method", "dtm"]);
        Assert.Equal(ExitCode.WrongUse, without.ExitCode);
        Assert.Contains("--source-data", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_OfWhatCannotBe_SayWhere_AndWriteNothing()
    {
        File.WriteAllText(folder.In("bad.mln"), "Smokes(person)\n1 Smokes(x\n");
        Answer bad = Session.Run("relations", "learn", folder.In("bad.mln"), "--data", folder.In("town.db"), "-o", folder.In("out.mln"));
        Assert.Equal(ExitCode.Failure, bad.ExitCode);
        Assert.Contains("bad.mln:2:11: found the end of the line; expected ')'", bad.Error, StringComparison.Ordinal);

        (string[] Words, string Expected)[] wrong =
        [
            (["learn", folder.In("smoking.mln"), "--data", folder.In("town.db")], "--out FILE"),
            (["learn", folder.In("smoking.mln"), "-o", folder.In("out.mln")], "--data FILE"),
            (["learn", folder.In("smoking.mln"), "--data", folder.In("town.db"), "-o", folder.In("smoking.mln")], "is a file that is read"),
            (["infer", folder.In("smoking.mln"), "--query", "Smoke"], "did you mean 'Smokes'?"),
            (["infer", folder.In("smoking.mln"), "--query", "Smokes", "--sampler", "gibs"], "did you mean 'gibbs'?"),
            (["infer", folder.In("smoking.mln")], "--query NAMES"),
            (["transfer", folder.In("smoking.mln"), folder.In("smoking.mln"), "--data", folder.In("town.db"), "-o", folder.In("out.mln"), "--method", "jda"], "Expected dtm or tamar"),
            (["transfer", folder.In("smoking.mln"), folder.In("smoking.mln"), "--data", folder.In("town.db"), "-o", folder.In("out.mln"), "--set", "prior=-1"], "prior is -1; expected a number above 0"),
            (["generate", "films"], "Expected university or movie"),
        ];
        foreach ((string[] words, string expected) in wrong)
        {
            Answer answer = Session.Run(["relations", .. words]);
            Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
            Assert.Contains(expected, answer.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(folder.In("out.mln")));
    }

    [Fact]
    public void Commands_Cancelled_StopAndWriteNothing()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Answer answer = Session.Run(source.Token, "relations", "learn", folder.In("smoking.mln"), "--data", folder.In("town.db"), "--structure", "-o", folder.In("out.mln"));
        Assert.Equal(ExitCode.Cancelled, answer.ExitCode);
        Assert.False(File.Exists(folder.In("out.mln")));
    }

    [Theory]
    [InlineData("train", "tamar", "acclimate relations transfer")]
    [InlineData("train", "prq", "acclimate policy")]
    [InlineData("auto", "dtm", "acclimate relations transfer")]
    public void OtherCommands_OfAMethodOfItsOwn_NameItsCommand(string command, string method, string expected)
    {
        Answer answer = Session.Run(command, "generated:digits-clean?count=30", "generated:digits-wild?count=30", command == "auto" ? "--methods" : "--method", method, "--out", folder.In("run"));
        Assert.NotEqual(ExitCode.Success, answer.ExitCode);
        Assert.Contains(expected, answer.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.In("run")));
    }

    [Fact]
    public void Benchmarks_OfGeneratedWorlds_TakeRowsAndSeeds()
    {
        Answer relations = Session.Run("benchmark", "relations", "--methods", "generating", "--seeds", "3", "--json", "--quiet");
        Assert.True(relations.ExitCode == ExitCode.Success, relations.Error);
        using (JsonDocument document = JsonDocument.Parse(relations.Out))
            Assert.InRange(document.RootElement.GetProperty("cells")[0].GetProperty("area").GetDouble(), 0.8, 1);
        Answer policies = Session.Run("benchmark", "policies", "--methods", "value-init", "--seeds", "3", "--quiet");
        Assert.True(policies.ExitCode == ExitCode.Success, policies.Error);
        Assert.Contains("light-cart to heavy-cart", policies.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUse, Session.Run("benchmark", "policies", "--steps", "5").ExitCode);
        Assert.Equal(ExitCode.WrongUse, Session.Run("benchmark", "relations", "--methods", "dmt").ExitCode);
    }
}
