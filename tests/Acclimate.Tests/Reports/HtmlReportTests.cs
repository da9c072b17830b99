using System.Xml;
using System.Xml.Linq;
using Acclimate.Reports;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Tests.Reports;

public sealed class HtmlReportTests : IDisposable
{
    private static readonly string[] Classes = ["ant", "bee", Samples.Hostile[..30]];

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 12)]
    [InlineData(true, 70)]
    public void Page_HostileNames_IsWellFormedAndNeedsNothingElse(bool labelled, int classes)
    {
        string page = HtmlReport.Page(Samples.Contents(labelled, classes));

        XElement html = Parse(page);
        Check(page);
        Assert.Contains("<script>alert('x')</script>", html.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(html.Descendants(), static element => element.Name == "script");
        Assert.All(html.Descendants("svg"), static svg => Assert.True(svg.Attribute("aria-label") is not null || svg.Attribute("aria-hidden") is not null));
        Assert.All(html.Descendants("table"), static table => Assert.NotEmpty(table.Element("caption")!.Value));
        Assert.Single(html.Descendants("h1"));
    }

    [Fact]
    public void Page_WithLabels_StampsHonestAndOracle()
    {
        XElement html = Parse(HtmlReport.Page(Samples.Contents()));

        string[] cards = [.. html.Descendants("div").Where(static div => (string?)div.Attribute("class") == "card").Select(static card => card.Value)];
        Assert.Contains("no target label used in choosing", cards.Single(static card => card.StartsWith("Honest", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("can’t be known in earnest", cards.Single(static card => card.StartsWith("Oracle", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("they were kept for scoring only", html.Value, StringComparison.Ordinal);
        Assert.StartsWith("Deep Adaptation Network (MK-MMD) gets 72.1\u00A0% of the target right", html.Descendants("h1").Single().Value, StringComparison.Ordinal);
    }

    /// <summary>Where no labels were given, nothing that reads like a share of the target may stand there.</summary>
    [Fact]
    public void Page_WithoutLabels_ClaimsNoAccuracy()
    {
        XElement html = Parse(HtmlReport.Page(Samples.Contents(labelled: false)));

        Assert.Contains("not verified", html.Descendants("h1").Single().Value, StringComparison.Ordinal);
        Assert.Contains("not measured", html.Value, StringComparison.Ordinal);
        Assert.Contains("what the model says, not what is true", html.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("%", html.Element("body")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_AgainstAnotherRun_ShowsEachClasssChange()
    {
        ReportContents contents = Samples.Contents(classes: 3);
        long[][] before = [[10, 0, 0], [0, 5, 5], [0, 0, 0]];
        long[][] now = [[9, 1, 0], [0, 10, 0], [0, 0, 0]];
        contents = contents with
        {
            Result = contents.Result with { Confusion = now },
            Against = contents.Result with { Method = "source-only", Confusion = before, Honest = new Score(0.55, 0.5, 0.6, 0.5, 20) },
        };

        XElement html = Parse(HtmlReport.Page(contents));

        string[] changes = [.. html.Descendants("tbody").First(static body => body.Parent!.Value.Contains("Each class", StringComparison.Ordinal)).Elements("tr").Select(static row => row.Elements("td").ElementAt(3).Value)];
        Assert.Equal(["−10.0", "+50.0"], changes);
        Assert.Contains("That is 17.1 points more than Source only: 55.0", html.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfAHedgedRun_ShowsVerdictWeightsAndChecks()
    {
        ReportContents contents = Samples.Contents();
        contents = contents with { Result = contents.Result with { Guard = Samples.Guard(labelled: true) } };

        string page = HtmlReport.Page(contents);

        XElement html = Parse(page);
        Check(page);
        Assert.StartsWith("Kept the adapted model", html.Descendants("p").First(static p => (string?)p.Attribute("class") == "lead").Value, StringComparison.Ordinal);
        Assert.Contains("That is 17.1 points more than the source’s own model, without adaptation: 55.0", html.Value, StringComparison.Ordinal);
        string[] prefers = [.. html.Descendants("table").Single(static table => table.Element("caption")!.Value.StartsWith("Checks without labels", StringComparison.Ordinal)).Descendants("td").Select(static cell => cell.Value)];
        Assert.Equal(["0.48", "0.61", "adapted", "0.5", "0.4", "source", "–", "1", "can’t say", "1", "1", "neither"], prefers);
        Assert.Contains("6 others together0.18", html.Value, StringComparison.Ordinal);
        Assert.Contains("differ from the source’s by 0.04, of 1", html.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dan", true)]
    [InlineData("dan", false)]
    [InlineData("jda", true)]
    [InlineData("no-adaptation", true)]
    [InlineData("artl", false)]
    public void Start_AnyRun_LeavesAReportWithBothDomains(string method, bool labelled)
    {
        RunFolder run = Start(Config(method, labelled));

        string page = File.ReadAllText(run.Report);
        XElement html = Parse(page);
        Check(page);
        Assert.Contains("The two domains, before and after", html.Value, StringComparison.Ordinal);
        Assert.Contains("A-distance", html.Value, StringComparison.Ordinal);
        Assert.Equal(method == "no-adaptation" ? 1 : 2, html.Descendants("figcaption").Count(static caption => caption.Value.Contains("dimensions", StringComparison.Ordinal)));
        Assert.Equal(labelled, html.Descendants("h2").Any(static title => title.Value == "Class by class"));
        Assert.Contains($"--method {method}", html.Descendants("pre").First(static pre => pre.Value.Contains("acclimate train", StringComparison.Ordinal)).Value, StringComparison.Ordinal);
        Assert.False(File.Exists(run.Report + ".tmp"));
    }

    [Fact]
    public void Start_OpenSet_ReportsTheUnknownClass()
    {
        RunConfig config = Config("source-only", labelled: true) with { Target = Samples.Table(Path.Combine(folder, "open.csv"), 40, 5, 0.5, ["ant", "bee", Classes[2], "cat"]), OpenSet = true };

        XElement html = Parse(File.ReadAllText(Start(config).Report));

        Assert.Contains("Open set: OS", html.Value, StringComparison.Ordinal);
        Assert.Contains("unknown", html.Descendants("tbody").First(static body => body.Parent!.Value.Contains("Each class", StringComparison.Ordinal)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_SourceAlone_ReportsWithoutASecondDomain()
    {
        RunFolder run = Start(Config("fine-tune", labelled: true) with { Target = string.Empty });

        Assert.Contains("This run looks at no target", File.ReadAllText(run.Report), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_FromWeights_ComparesWithTheNetworkThatItStartedFrom()
    {
        RunConfig config = Config("dan", labelled: false);
        RunFolder first = new(Path.Combine(folder, "first"));
        TransferRun.Start(config, first, cancellation: TestContext.Current.CancellationToken, report: false);

        XElement html = Parse(File.ReadAllText(Start(config with { Weights = first.Path }).Report));

        Assert.Contains("The features of the network that training started from", html.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jda")]
    [InlineData("dan")]
    public void Write_OfAHedge_ShowsTheMethodAndWhatChangedAgainstTheSourcesModel(string method)
    {
        RunFolder run = Start(Config(method, labelled: true));
        using (TransferModel plain = TransferModel.Load(run.Model), other = TransferModel.Load(run.Model))
        {
            Directory.Delete(run.Model, recursive: true);
            new MixtureModel([new MixtureMember("source-only", plain, 0.6), new MixtureMember("other", other, 0.4)], plain.Provenance).Save(run.Model);
        }

        Assert.Null(HtmlReport.Write(run, cancellation: TestContext.Current.CancellationToken));

        XElement html = Parse(File.ReadAllText(run.Report));
        Assert.Equal(method == "dan", html.Value.Contains("source’s own network, which was trained without the target", StringComparison.Ordinal));
        Assert.Contains(html.Descendants("caption"), static caption => caption.Value.EndsWith("and under Source only (hollow mark)", StringComparison.Ordinal));
        Assert.Equal(method == "jda", html.Value.Contains("(of other, which is a part of the model)", StringComparison.Ordinal));
    }

    /// <summary>A folder stands where the report is to go.</summary>
    [Fact]
    public void Start_ReportCantBeWritten_RunIsCompleteAndSaysSo()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        Directory.CreateDirectory(run.Report);
        List<string> warnings = [];

        RunResult result = TransferRun.Start(Config("jda", labelled: true), run, progress => { if (progress.Warning is { } warning) warnings.Add(warning); }, TestContext.Current.CancellationToken);

        Assert.Equal(result.Honest, RunResult.Load(run.Result).Honest);
        Assert.Contains($"acclimate report {run.Path}", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_CancelledWhileReporting_RunIsComplete()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        using CancellationTokenSource stop = new();
        List<string> warnings = [];

        TransferRun.Start(
            Config("jda", labelled: true), run,
            progress =>
            {
                if (progress.Stage == "reporting")
                    stop.Cancel();
                if (progress.Warning is { } warning)
                    warnings.Add(warning);
            },
            stop.Token);

        Assert.True(File.Exists(run.Result));
        Assert.False(File.Exists(run.Report));
        Assert.Contains("it was cancelled", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_NoReportWanted_WritesNone()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        TransferRun.Start(Config("jda", labelled: true), run, cancellation: TestContext.Current.CancellationToken, report: false);

        Assert.False(File.Exists(run.Report));
    }

    [Fact]
    public void Write_OfAnOldRun_IsTheSamePage()
    {
        RunFolder run = Start(Config("jda", labelled: true));
        string first = File.ReadAllText(run.Report);
        File.Delete(run.Report);

        Assert.Null(HtmlReport.Write(run, cancellation: TestContext.Current.CancellationToken));

        Assert.Equal(first, File.ReadAllText(run.Report));
    }

    [Fact]
    public void Write_SamplesAreGone_ReportsTheRest()
    {
        RunConfig config = Config("jda", labelled: true);
        RunFolder run = Start(config);
        File.Delete(config.Target);

        string? leftOut = HtmlReport.Write(run, cancellation: TestContext.Current.CancellationToken);

        Assert.Contains("could not be read again", leftOut, StringComparison.Ordinal);
        Assert.Contains("could not be read again", File.ReadAllText(run.Report), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfWhatIsNoCompleteRun_IsRefused()
    {
        RunFolder empty = new(folder), open = new(Path.Combine(folder, "open"));
        open.Create(Config("jda", labelled: true));

        Assert.Contains("holds no run", Assert.Throws<InvalidDataException>(() => HtmlReport.Write(empty)).Message, StringComparison.Ordinal);
        Assert.Contains("not finished", Assert.Throws<InvalidDataException>(() => HtmlReport.Write(open)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LogWithATornLine_GivesWhatCameBefore()
    {
        string log = Path.Combine(folder, "metrics.jsonl");
        File.WriteAllText(log, "{\"step\": 10, \"task\": 1.5}\n{\"step\": 20, \"task\": 1.25, \"mmd\": 0.5}\n{\"step\": 30, \"ta");

        IReadOnlyList<Curve> curves = Curve.Read(log);

        Assert.Equal(["task", "mmd"], curves.Select(static curve => curve.Name));
        Assert.Equal([new(10, 1.5), new(20, 1.25)], curves[0].Points);
        Assert.Empty(Curve.Read(Path.Combine(folder, "none.jsonl")));
    }

    private RunFolder Start(RunConfig config)
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        TransferRun.Start(config, run, cancellation: TestContext.Current.CancellationToken);
        return run;
    }

    private RunConfig Config(string method, bool labelled)
    {
        string source = Samples.Table(Path.Combine(folder, "source.csv"), 45, 1, 0, Classes);
        string target = Samples.Table(Path.Combine(folder, "target.csv"), 30, 2, 0.7, Classes, labelled);
        RunConfig config = new() { Source = source, Target = target, Method = method };
        return config.IsShallow ? config : config with { Steps = 20, BatchSize = 8, Precision = "float32" };
    }

    private static XElement Parse(string page)
    {
        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        using XmlReader reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader);
    }

    /// <summary>Nothing that a browser would fetch.</summary>
    private static void Check(string page)
    {
        foreach (string reference in (string[])["http", "src=", "@import", "url(", "<link", "<script", "<iframe", "href="])
            Assert.DoesNotContain(reference, page, StringComparison.OrdinalIgnoreCase);
    }
}
