using System.CommandLine;
using System.Text.Json;
using Acclimate.Cli.Rendering;
using Acclimate.Selection.Experience;
using Acclimate.Tests.Data.Readers;

namespace Acclimate.Cli.Tests;

/// <summary>Every command whose output another program may want gives it as one JSON document, and nothing else beside it.</summary>
public sealed class JsonTests(JsonTests.Prepared prepared) : IClassFixture<JsonTests.Prepared>
{
    private const string Source = "generated:digits-clean?count=30";
    private const string Target = "generated:digits-wild?count=30";

    /// <summary>A cheap use of each command; {0} is a folder with what it needs.</summary>
    private static readonly Dictionary<string, string[]> Uses = new()
    {
        ["demo"] = ["--steps", "1", "--seeds", "1", "--out", "{0}/demo"],
        ["inspect"] = [Source, Target],
        ["plan"] = ["--kind", "rows"],
        ["find-rate"] = [Source, "--steps", "10", "--batch-size", "8"],
        ["train"] = [Source, Target, "--steps", "1", "--batch-size", "8", "--out", "{0}/trained"],
        ["regress"] = ["generated:shift-source?count=60", "generated:shift-target?count=50", "--target-column", "y", "--out", "{0}/regressed"],
        ["zero-shot"] = ["{0}/seen.csv", "{0}/unseen.csv", "--attributes", "{0}/attributes.csv", "--out", "{0}/zero-shot"],
        ["cluster"] = ["{0}/unseen.csv?label=none&ignore=class", "--auxiliary", "{0}/seen.csv?label=none&ignore=class", "--clusters", "2", "--set", "feature-clusters=3"],
        ["policy"] = ["light-cart", "--episodes", "3"],
        ["evaluate"] = ["{0}/lora", Source],
        ["predict"] = ["{0}/lora", Source],
        ["features"] = ["{0}/resnet20.safetensors", Source, "--out", "{0}/features.npz"],
        ["rank-models"] = [Source, "--weights", "{0}/resnet20.safetensors", "--backbone", "cifar_resnet20"],
        ["merge"] = ["{0}/lora", "--out", "{0}/merged"],
        ["methods"] = [],
        ["benchmark"] = ["office-caltech-surf", "-m", "no-adaptation", "-o", "{0}/benchmark"],
        ["weights inspect"] = ["{0}/resnet20.safetensors"],
        ["weights convert"] = ["{0}/resnet20.safetensors", "{0}/converted.safetensors"],
        ["weights list"] = [],
        ["weights get"] = ["cifar_resnet20", "--from", "{0}/published.th"],
        ["data list"] = [],
        ["data get"] = ["pacs-deep", "--folder", "{0}"],
        ["data verify"] = ["--folder", "{0}"],
        ["experience list"] = [],
        ["experience export"] = ["{0}/exported.jsonl"],
        ["experience import"] = ["{0}/others.jsonl"],
        ["experience forget"] = ["--all"],
        ["verify"] = ["--table"],
        ["report"] = ["{0}/lora"],
        ["compare"] = ["{0}/base", "{0}/lora"],
        ["relations generate"] = ["movie", "--worlds", "1", "--out", "{0}/worlds"],
        ["relations learn"] = ["{0}/smoking.mln", "--data", "{0}/smoking.db", "--out", "{0}/learnt.mln"],
        ["relations infer"] = ["{0}/smoking.mln", "--evidence", "{0}/smoking.db", "--query", "Smokes"],
        ["relations transfer"] = ["{0}/smoking.mln", "{0}/likes.mln", "--data", "{0}/likes.db", "--out", "{0}/transferred.mln"],
        ["doctor"] = [],
    };

    public static TheoryData<string> Known => [.. Uses.Keys];

    [Fact]
    public void EveryCommand_TakesJson()
    {
        string[] without = [.. Leaves().Where(static leaf => !leaf.Command.Options.Any(static option => option.Name == "--json")).Select(static leaf => leaf.Name)];
        Assert.True(without.Length == 0, $"no --json: {string.Join(", ", without)}");
        Assert.Empty(Uses.Keys.Except(Leaves().Select(static leaf => leaf.Name)));
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Json_OfACommand_IsOneDocumentAndNothingElse(string command)
    {
        Assert.SkipWhen(command == "weights get" && !File.Exists(prepared.In("published.th")), "ACCLIMATE_DATA does not name the benchmark data");
        Answer answer = Session.Run([.. command.Split(' '), .. Uses[command].Select(word => word.Replace("{0}", prepared.Path, StringComparison.Ordinal)), "--json"]);

        // What data there is differs from machine to machine: that some are missing is an answer too.
        Assert.True(answer.ExitCode == ExitCode.Success || command.StartsWith("data ", StringComparison.Ordinal), answer.Error);
        using JsonDocument document = JsonDocument.Parse(answer.Out);
        Assert.True(document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array);
        Assert.StartsWith(document.RootElement.ValueKind == JsonValueKind.Object ? "{" : "[", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', answer.Out + answer.Error);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("find-rate")]
    [InlineData("features")]
    [InlineData("rank-models")]
    [InlineData("benchmark")]
    [InlineData("demo")]
    public void Quiet_OfACommand_LeavesProgressUnsaid(string command)
    {
        string[] words = [command, .. Uses[command].Select(word => word.Replace("{0}/", prepared.In("quiet-"), StringComparison.Ordinal).Replace("quiet-resnet20", "resnet20", StringComparison.Ordinal)), "--json", "--quiet"];
        Answer answer = Session.Run(words);

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Empty(answer.Error);
        using JsonDocument document = JsonDocument.Parse(answer.Out);
    }

    private static IEnumerable<(string Name, Command Command)> Leaves()
    {
        return Under(CommandLine.Root(new Screen(TextWriter.Null, TextWriter.Null, false, false, 80), CancellationToken.None), string.Empty);

        static IEnumerable<(string, Command)> Under(Command parent, string before) => parent.Subcommands.SelectMany(command =>
            command.Subcommands.Count > 0 ? Under(command, $"{before}{command.Name} ") : [($"{before}{command.Name}", command)]);
    }

    /// <summary>A trained model, weights and data that commands need; made once.</summary>
    public sealed class Prepared : IDisposable
    {
        private static readonly string[] Variables = ["ACCLIMATE_DATA", "ACCLIMATE_CACHE", "ACCLIMATE_EXPERIENCE"];

        private readonly TemporaryFolder folder = new();
        private readonly string?[] before = [.. Variables.Select(Environment.GetEnvironmentVariable)];

        public Prepared()
        {
            Train("base", "--steps", "1");
            Train("lora", "--weights", In("base/model/model.safetensors"), "--size", "28", "--lora", "2", "--steps", "1");
            using (Torch.Generator generator = new(1))
            using (Backbones.ClassifierNetwork network = new(new Backbones.NetworkSpec("cifar_resnet20", [3, 32, 32], 10), generator))
                Torch.Safetensors.Write(In("resnet20.safetensors"), network.NamedState());
            if (before[0] is { Length: > 0 } data && File.Exists(System.IO.Path.Combine(data, "weights_cifar10_resnet/resnet20-12fca82f.th")))
                File.Copy(System.IO.Path.Combine(data, "weights_cifar10_resnet/resnet20-12fca82f.th"), In("published.th"));
            ExperienceStore.Export(In("others.jsonl"),
                [new Experience { At = DateTimeOffset.UnixEpoch, Source = "a", Target = "b", Method = "jda", Acclimate = "0", Statistics = new(2, 2, 1, 2, 0, 0, 0, 1, 1, 1, 0) }]);
            WriteSurf();
            File.WriteAllText(In("attributes.csv"), "class,stripes,hooves,wings\nhorse,0,1,0\nzebra,1,1,0\nbee,1,0,1\nfly,0,0,1\n");
            File.WriteAllText(In("seen.csv"), "a,b,c,class\n0.1,1,0.1,horse\n0.2,1.1,0,horse\n1,0.1,1,bee\n1.1,0,1.1,bee\n0.1,0.1,1,fly\n0,0.2,1.2,fly\n");
            File.WriteAllText(In("unseen.csv"), "a,b,c,class\n1,1,0.1,zebra\n1.1,0.9,0.2,zebra\n0.9,1.2,0.1,zebra\n");
            File.WriteAllText(In("smoking.mln"), "Smokes(person)\nFriends(person, person)\n1 Friends(x, y) ^ Smokes(x) => Smokes(y)\n");
            File.WriteAllText(In("smoking.db"), "Smokes(Anna)\nFriends(Anna, Bob)\n");
            File.WriteAllText(In("likes.mln"), "Old(tree)\nBeside(tree, tree)\n");
            File.WriteAllText(In("likes.db"), "Old(Oak)\nBeside(Oak, Elm)\nBeside(Elm, Fir)\n");
            Environment.SetEnvironmentVariable("ACCLIMATE_DATA", Path);
            Environment.SetEnvironmentVariable("ACCLIMATE_CACHE", In("cache"));
            Environment.SetEnvironmentVariable("ACCLIMATE_EXPERIENCE", In("experience.jsonl"));
        }

        public string Path => folder.Path;

        public string In(string name) => folder.In(name);

        public void Dispose()
        {
            foreach ((string variable, string? value) in Variables.Zip(before))
                Environment.SetEnvironmentVariable(variable, value);
            folder.Dispose();
        }

        private void Train(string name, params string[] options)
        {
            Answer trained = Session.Run(["train", Source, "--method", "source-only", "--backbone", "lenet", "--batch-size", "8", "--out", In(name), .. options]);
            Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        }

        /// <summary>Made-up files that lie as the suite's do.</summary>
        private void WriteSurf()
        {
            Directory.CreateDirectory(In("office_caltech10_surf"));
            foreach ((string name, int at) in ((string, int)[])[("Caltech10", 0), ("amazon", 1), ("webcam", 2), ("dslr", 3)])
            {
                double[] counts = [.. Enumerable.Range(0, 6 * 24).Select(i => (double)((i * 7 + at + (i % 24 % 3 * (i / 24))) % 11))];
                double[] labels = [.. Enumerable.Range(0, 24).Select(static i => (double)(1 + (i % 3)))];
                File.WriteAllBytes(In($"office_caltech10_surf/{name}_SURF_L10.mat"), MatWriter.Write(false, ("fts", 24, 6, counts), ("labels", 24, 1, labels)));
            }
        }
    }
}
