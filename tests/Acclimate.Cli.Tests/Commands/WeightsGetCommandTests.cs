using System.Text.Json;
using Acclimate.Downloads;
using Acclimate.TestSupport;

namespace Acclimate.Cli.Tests.Commands;

public sealed class WeightsGetCommandTests : IDisposable
{
    private const string Small = "cifar_resnet20";
    private const int SmallSize = 1_099_231;

    private readonly TemporaryFolder folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable("ACCLIMATE_CACHE");

    public WeightsGetCommandTests() => Environment.SetEnvironmentVariable("ACCLIMATE_CACHE", folder.Path);

    private string Cached => folder.In("weights/resnet20-12fca82f.th");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ACCLIMATE_CACHE", before);
        folder.Dispose();
    }

    [Fact]
    public void Get_FromAServerWithTheFile_ShowsSizeAndLicenceFirstAndKeepsIt()
    {
        byte[] contents = File.ReadAllBytes(RealWeights());
        using LocalServer server = LocalServer.Of(contents);
        Assert.Null(WeightsCatalogue.Cached(Small));
        Answer answer = Session.Run("weights", "get", Small, "--mirror", server.Address.AbsoluteUri);
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        string[] lines = answer.Out.Split('\n');
        Assert.Equal("cifar_resnet20: resnet20-12fca82f.th, 1.1 MB, top-1 91.7 % on CIFAR-10", lines[0]);
        Assert.Equal("Licence  BSD-2-Clause, © 2018 Yerlan Idelbayev", lines[1]);
        Assert.Equal($"From     {server.Address}resnet20-12fca82f.th", lines[2]);
        Assert.Contains("  resnet20-12fca82f.th: 1.1 MB of 1.1 MB, ", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"✓ {Cached} (sha256 12fca82f…, as published)", answer.Out, StringComparison.Ordinal);
        Assert.Equal(contents, File.ReadAllBytes(Cached));
        Assert.Equal(Cached, WeightsCatalogue.Cached(Small));
        Assert.Equal(Cached, WeightsCatalogue.Cached("CIFAR_ResNet20-v1"));
        Assert.Equal(Cached, WeightsCatalogue.FileOf(Small));
        Assert.Contains("fetched", Session.Run("weights", "list").Out, StringComparison.Ordinal);
        Assert.Contains($"✓ {Cached} is there already", Session.Run("weights", "get", Small).Out, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Get_FromAFile_CopiesItIntoTheCache()
    {
        string own = RealWeights();
        Answer answer = Session.Run("weights", "get", Small, "--from", own);
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.Contains($"From     {own}\n", answer.Out, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(own), File.ReadAllBytes(Cached));
    }

    [Fact]
    public void Get_FromAnotherFile_IsRefusedWithBothHashes()
    {
        File.WriteAllBytes(folder.In("own.th"), new byte[SmallSize]);
        Answer answer = Session.Run("weights", "get", Small, "--from", folder.In("own.th"));
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("its sha256 is ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("where 12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8 is expected", answer.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Cached));
    }

    /// <summary>The public address can't answer here, or would answer with the right file: the mirror's lie alone is looked at.</summary>
    [Fact]
    public async Task Fetch_FromAServerWithAnotherFile_LeavesNothing()
    {
        using LocalServer server = LocalServer.Of(new byte[SmallSize]);
        WeightsEntry entry = WeightsCatalogue.Find(Small)!;
        PublishedFile file = entry.File with { Addresses = [new Uri(server.Address, "resnet20-12fca82f.th")] };
        using Downloader downloader = new();
        DownloadException fault = await Assert.ThrowsAsync<DownloadException>(() => downloader.FetchAsync(file, WeightsCatalogue.PathOf(entry)));
        Assert.Contains("sent another file: its sha256 is ", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.In("weights")));
    }

    [Fact]
    public void Get_Cancelled_SaysWhereThePartIs()
    {
        using CancellationTokenSource stop = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Serve(new byte[SmallSize], stopAfter: 1000);
            stop.CancelAfter(TimeSpan.FromMilliseconds(300));
            exchange.Stall();
        });
        Answer answer = Session.Run(stop.Token, "weights", "get", Small, "--mirror", server.Address.AbsoluteUri);
        Assert.Equal(ExitCode.Cancelled, answer.ExitCode);
        Assert.Contains($"What has come is kept in {Cached}.part: the same command goes on from there.", answer.Error, StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(Cached + ".part").Length);
    }

    [Theory]
    [InlineData("'resnet-18'", "weights", "get", "resnet-18")]
    [InlineData("did you mean 'resnet18'?", "weights", "get", "resnet-18")]
    [InlineData("--mirror: 'mirror' is no address", "weights", "get", "resnet18", "--mirror", "mirror")]
    [InlineData("--mirror: 'ftp://a/b' is no address", "weights", "get", "resnet18", "--mirror", "ftp://a/b")]
    [InlineData("give one of them", "weights", "get", "resnet18", "--mirror", "https://a.example", "--from", "x")]
    [InlineData("acclimate weights get --help", "weights", "get")]
    public void WrongUse_IsSaid(string reason, params string[] arguments)
    {
        Answer answer = Session.Run(arguments);
        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.Contains(reason, answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
    }

    [Fact]
    public void FileOf_PathOrUnknownName_IsWhatWasGiven()
    {
        File.WriteAllText(folder.In("resnet18"), "a file of the user's own");
        Assert.Equal(folder.In("resnet18"), WeightsCatalogue.FileOf(folder.In("resnet18")));
        Assert.Equal("mine.safetensors", WeightsCatalogue.FileOf("mine.safetensors"));
    }

    [Fact]
    public void Train_FromWeightsThatAreNotFetched_SaysHowToFetchThem()
    {
        Answer answer = Session.Run("train", "photos", "others", "--backbone", "resnet50", "--weights", "resnet50");
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("fetch them with: acclimate weights get resnet50", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void List_FitsEightyColumnsAndNamesEach()
    {
        Answer answer = Session.Run("weights", "list");
        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.All(WeightsCatalogue.All, entry => Assert.Contains($"\n  {entry.Name} ", answer.Out, StringComparison.Ordinal));
        Assert.All(answer.Out.Split('\n').Where(static line => !line.StartsWith("Kept in", StringComparison.Ordinal)), static line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("no commercial use", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("fetched", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void List_Json_SaysAllThatIsKnown()
    {
        using JsonDocument list = JsonDocument.Parse(Session.Run("weights", "list", "--json").Out);
        JsonElement entry = list.RootElement.EnumerateArray().Single(static one => one.GetProperty("name").GetString() == "resnet50-v1");
        Assert.Equal(0.7613, entry.GetProperty("top1").GetDouble(), 1e-12);
        Assert.Equal("0676ba61", entry.GetProperty("sha256").GetString());
        Assert.Equal("https://download.pytorch.org/models/resnet50-0676ba61.pth", entry.GetProperty("addresses")[0].GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("cached").ValueKind);
    }

    private static string RealWeights()
    {
        string? root = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "ACCLIMATE_DATA does not name the benchmark data");
        string path = Path.Combine(root!, "weights_cifar10_resnet/resnet20-12fca82f.th");
        Assert.SkipUnless(File.Exists(path), $"{path} is not there");
        return path;
    }
}
