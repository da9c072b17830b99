using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Data.Images;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Runs.Verification;

public sealed class VerificationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private RunFolder Folder => new(Path.Combine(folder, "run"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Write_Table_ListsFortyDisagreementsWithBothAnswers()
    {
        using Setting setting = Set();
        ToLabel list = setting.List;

        Assert.True(list.Order.Count > 50, $"{list.Order.Count} disagreements are too few for this test");
        Assert.Equal(
            Enumerable.Range(0, 300).Where(i => setting.Source.Indices[i] != setting.Adapted.Indices[i]), list.Order.Select(static one => one.Row).Order());
        string[] lines = File.ReadAllLines(Folder.Labels);
        Assert.Equal("sample,either,or,label", lines[0]);
        Assert.Equal(41, lines.Length);
        Assert.Equal(40, list.Listed);
        Disagreement first = list.Order[0];
        string[] answers = [list.Classes[first.Source], list.Classes[first.Adapted]];
        Assert.Equal($"{first.Sample},{string.Join(',', answers.Order(StringComparer.Ordinal))},", lines[1]);
        ToLabel read = ToLabel.Load(Folder);
        Assert.Equal(list.Order, read.Order);
        Assert.Equal(list.Hedge, read.Hedge);
        Assert.Equal(list.Listed, read.Listed);
    }

    [Fact]
    public void Write_Pictures_AreTheSamplesOfTheTable()
    {
        const string digits = "generated:digits-wild?count=60";
        using Domain target = Domain.Open(digits);
        using MixtureModel model = Mixture("lenet", [3, 28, 28], [.. Enumerable.Range(0, 10).Select(static i => $"{i}")]);
        Predictions one = model.Members[0].Model.Predict(target, TestContext.Current.CancellationToken), other = model.Members[1].Model.Predict(target, TestContext.Current.CancellationToken);

        ToLabel list = ToLabel.Write(Folder, model, "source-only", target, one, other, 3);

        Assert.Equal("sample,picture,either,or,label", File.ReadLines(Folder.Labels).First());
        Assert.Contains(",001.png,", File.ReadLines(Folder.Labels).ElementAt(1), StringComparison.Ordinal);
        using TensorScope scope = TensorScope.Begin();
        string file = Path.Combine(Folder.ToLabel, "001.png");
        Tensor picture = ImageCodec.Decode(File.ReadAllBytes(file), file, (int)target.SampleShape[0]), sample = target.Read([list.Order[0].Row]).Select(0, 0);
        Assert.True(picture.SameAs(sample));
    }

    [Theory]
    [InlineData(true, Kept.Adapted)]
    [InlineData(false, Kept.Source)]
    public void Of_LabelsOfOneMind_KeepThatModel(bool adapted, Kept expected)
    {
        using Setting setting = Set();
        Fill(setting.List, 12, one => adapted ? one.Adapted : one.Source);

        Acclimate.Runs.Verification found = Acclimate.Runs.Verification.Of(Folder);

        Assert.Equal((expected, Kept.Hedge), (found.Kept, found.Before));
        Assert.StartsWith("Decided: ", found.Verdict, StringComparison.Ordinal);
        using TransferModel model = TransferModel.Load(Folder.Model);
        Predictions said = model.Predict(setting.Target, TestContext.Current.CancellationToken);
        Assert.Equal((adapted ? setting.Adapted : setting.Source).Indices, said.Indices);
        string written = File.ReadAllText(Folder.Verified);
        Assert.Contains($"\"kept\": \"{(adapted ? "adapted" : "source")}\"", written, StringComparison.Ordinal);
        Assert.Contains("\"labels\": 12", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OtherLabelsAfterwards_ChooseAgainAndATieBringsTheHedgeBack()
    {
        using Setting setting = Set();
        IReadOnlyDictionary<string, double> hedge = MixtureModel.WeightsOf(Folder.Model)!;
        Fill(setting.List, 10, static one => one.Source);
        Assert.Equal(Kept.Source, Acclimate.Runs.Verification.Of(Folder).Kept);

        Fill(setting.List, 14, static one => one.Adapted);
        Acclimate.Runs.Verification second = Acclimate.Runs.Verification.Of(Folder);
        Assert.Equal((Kept.Adapted, Kept.Source), (second.Kept, second.Before));
        Assert.Contains(second.Notes, static note => note.StartsWith("10 of these labels were looked at before", StringComparison.Ordinal));

        int place = 0;
        Fill(setting.List, 8, one => place++ % 2 == 0 ? one.Adapted : one.Source);
        Acclimate.Runs.Verification tie = Acclimate.Runs.Verification.Of(Folder);
        Assert.Equal((Kept.Hedge, Kept.Adapted), (tie.Kept, tie.Before));
        Assert.Equal(hedge, MixtureModel.WeightsOf(Folder.Model));
        Assert.Null(tie.Test.MoreLabels);
    }

    // Neither model's class, and none of the classes at all, both are labels that neither model gave.
    [Fact]
    public void Of_LabelsOfNeither_CountForNeither()
    {
        using Setting setting = Set();
        Fill(setting.List, 9, (one, i) => i < 6 ? setting.List.Classes[one.Adapted] : i < 8 ? setting.List.Classes[3 - one.Adapted - one.Source] : "unknown");

        Acclimate.Runs.Verification found = Acclimate.Runs.Verification.Of(Folder);

        Assert.Equal((6, 0, 3, 9), (found.Test.Adapted, found.Test.Source, found.Test.Neither, found.Test.Labels));
        Assert.Equal(setting.List.Order.Count, found.Test.Disagreements);
        Assert.Equal(0.03125, found.Test.PValue, 1e-12);
    }

    [Fact]
    public void Of_SamplesPassedOver_AreNoted()
    {
        using Setting setting = Set();
        Fill(setting.List, 9, (one, i) => i is 2 or 5 ? string.Empty : setting.List.Classes[one.Adapted]);

        Assert.Contains(Acclimate.Runs.Verification.Of(Folder).Notes, static note => note.StartsWith("2 samples were passed over", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_LabelsElsewhereInAnotherOrder_AreRead()
    {
        using Setting setting = Set();
        string file = Path.Combine(folder, "anna.csv");
        Disagreement[] some = [.. setting.List.Order.Take(6).Reverse()];
        File.WriteAllLines(file, ["note,Label,Sample", .. some.Select(one => $"\"seen, twice\",  {setting.List.Classes[one.Adapted]} ,{one.Sample}")]);

        Acclimate.Runs.Verification found = Acclimate.Runs.Verification.Of(Folder, file);

        Assert.Equal((6, file), (found.Test.Adapted, found.Table));
    }

    [Theory]
    [InlineData("sample,label\nsample 9999,ant", "line 2: 'sample 9999' is no sample on which")]
    [InlineData("sample,label\nFIRST,ant\nSECOND,aunt", "line 3: there is no class 'aunt'; did you mean 'ant'?")]
    [InlineData("sample,label\nFIRST,ant\nSECOND,bee\nFIRST,ant", "line 4: 'FIRST' has a label already, on line 2")]
    [InlineData("sample,class\nFIRST,ant", "line 1: there is no column 'label'; it has sample, class")]
    [InlineData("sample,label\nFIRST", "line 2: 1 cells; expected 2")]
    [InlineData("sample,label\nFIRST,a\"nt", "line 2: a quotation mark")]
    [InlineData("sample,label\nFIRST,", "no sample has a label yet")]
    [InlineData("sample,label", "no sample has a label yet")]
    [InlineData("", "is empty")]
    public void Of_TableThatCantBeRight_IsRefusedWithItsLineAndTheModelStays(string table, string expected)
    {
        using Setting setting = Set();
        string file = Path.Combine(folder, "labels.csv"), card = File.ReadAllText(Path.Combine(Folder.Model, "model.json"));
        string first = setting.List.Order[0].Sample, second = setting.List.Order[1].Sample;
        File.WriteAllText(file, table.Replace("FIRST", first, StringComparison.Ordinal).Replace("SECOND", second, StringComparison.Ordinal));

        string message = Assert.Throws<DataException>(() => Acclimate.Runs.Verification.Of(Folder, file)).Message;

        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Contains(expected.Replace("FIRST", first, StringComparison.Ordinal), message, StringComparison.Ordinal);
        Assert.Equal(card, File.ReadAllText(Path.Combine(Folder.Model, "model.json")));
        Assert.False(File.Exists(Folder.Verified));
    }

    [Fact]
    public void ListMore_KeepsLabelsAndGoesOnInTheOrder()
    {
        using Setting setting = Set();
        Fill(setting.List, 5, static one => one.Adapted);
        string[] before = File.ReadAllLines(Folder.Labels);

        ToLabel more = ToLabel.Load(Folder).ListMore(Folder, 7);

        string[] lines = File.ReadAllLines(Folder.Labels);
        Assert.Equal((47, 48), (more.Listed, lines.Length));
        Assert.Equal(before, lines[..41]);
        Assert.StartsWith(setting.List.Order[46].Sample + ",", lines[47], StringComparison.Ordinal);
        Assert.Equal(5, Acclimate.Runs.Verification.Of(Folder).Test.Labels);
        Assert.Equal(setting.List.Order.Count, ToLabel.Load(Folder).ListMore(Folder, int.MaxValue).Listed);
    }

    [Fact]
    public void ListMore_TargetHasChanged_IsRefused()
    {
        using Setting setting = Set();
        Tables.Write(Path.Combine(folder, "target.csv"), 299, 2, 1);

        Assert.Contains("has changed", Assert.Throws<DataException>(() => setting.List.ListMore(Folder, 5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ModelsThatAgree_LeaveNothingToDecide()
    {
        using Setting setting = Set();
        File.Delete(Folder.Labels);

        ToLabel list = ToLabel.Write(Folder, setting.Model, "source-only", setting.Target, setting.Source, setting.Source, 1);

        Assert.Empty(list.Order);
        Assert.False(File.Exists(Folder.Labels));
        Assert.Contains("nothing to decide", Assert.Throws<DataException>(() => Acclimate.Runs.Verification.Of(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_RunsWithoutAList_SayWhy()
    {
        Assert.Contains("holds no run", Assert.Throws<InvalidDataException>(() => ToLabel.Load(Folder)).Message, StringComparison.Ordinal);
        new RunConfig { Source = "s", Target = "t" }.Save(Folder.Config);
        Assert.Contains("--resume", Assert.Throws<InvalidDataException>(() => ToLabel.Load(Folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Folder.Result, "{}");
        Assert.Contains("--no-guard", Assert.Throws<InvalidDataException>(() => ToLabel.Load(Folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"samples\": 300", "\"samples\": 3")]
    [InlineData("\"row\": ", "\"row\": -")]
    [InlineData("\"format_version\": 1", "\"format_version\": 2")]
    [InlineData("\"order\": [", "\"order\": {")]
    public void Load_DamagedDraw_IsRefused(string find, string replace)
    {
        using Setting setting = Set();
        string text = File.ReadAllText(Folder.Draw);
        Assert.Contains(find, text, StringComparison.Ordinal);
        File.WriteAllText(Folder.Draw, text.Replace(find, replace, StringComparison.Ordinal));

        Assert.Contains(Folder.Draw, Assert.Throws<InvalidDataException>(() => ToLabel.Load(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ModelReplacedByOne_IsRefused()
    {
        using Setting setting = Set();
        Fill(setting.List, 5, static one => one.Adapted);
        setting.Model.Members[0].Model.Save(Folder.Model);

        Assert.Contains("one model alone", Assert.Throws<InvalidDataException>(() => Acclimate.Runs.Verification.Of(Folder)).Message, StringComparison.Ordinal);
    }

    /// <summary>A hedged run as training leaves it: the source's own network, and two of the method's.</summary>
    private Setting Set()
    {
        string target = Tables.Write(Path.Combine(folder, "target.csv"), 300, 2, 1);
        new RunConfig { Source = "s", Target = target, Guard = true }.Save(Folder.Config);
        MixtureModel model = Mixture("mlp", [6], ["ant", "bee", "cat"]);
        model.Save(Folder.Model);
        Domain samples = model.Open(target);
        Predictions source = model.Members[0].Model.Predict(samples, TestContext.Current.CancellationToken);
        using MixtureModel others = Mixture("mlp", [6], ["ant", "bee", "cat"], 0);
        Predictions adapted = others.Predict(samples, TestContext.Current.CancellationToken);
        return new Setting(model, samples, source, adapted, ToLabel.Write(Folder, model, "source-only", samples, source, adapted, 1));
    }

    private static MixtureModel Mixture(string backbone, long[] shape, string[] classes, double source = 0.2)
    {
        return new MixtureModel([new("source-only", Network(1), source), new("dan-20", Network(2), (1 - source) / 2), new("dan", Network(3), (1 - source) / 2)], From);

        NetworkModel Network(long seed)
        {
            using Generator generator = new(seed);
            return new NetworkModel(new ClassifierNetwork(new NetworkSpec(backbone, shape, classes.Length), generator), classes, Preprocessing.None, From);
        }
    }

    private static Provenance From { get; } = new("dan", new Dictionary<string, string>(), "s", "t", 0, 1, "0", "0");

    private void Fill(ToLabel list, int count, Func<Disagreement, int> label) => Fill(list, count, (one, _) => list.Classes[label(one)]);

    /// <summary>Labels for the first samples of the run's own table.</summary>
    private void Fill(ToLabel list, int count, Func<Disagreement, int, string> label)
    {
        string[] lines = File.ReadAllLines(Folder.Labels);
        for (int i = 1; i < lines.Length; i++)
            lines[i] = lines[i][..(lines[i].LastIndexOf(',') + 1)] + (i <= count ? label(list.Order[i - 1], i - 1) : string.Empty);
        File.WriteAllLines(Folder.Labels, lines);
    }

    private sealed record Setting(MixtureModel Model, Domain Target, Predictions Source, Predictions Adapted, ToLabel List) : IDisposable
    {
        public void Dispose()
        {
            Model.Dispose();
            Target.Dispose();
        }
    }
}
