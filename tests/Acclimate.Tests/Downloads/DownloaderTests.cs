using System.Net;
using System.Net.Sockets;
using Acclimate.Downloads;
using Acclimate.TestSupport;

namespace Acclimate.Tests.Downloads;

/// <summary>Servers that do as they should, and the ways to the file.</summary>
public sealed class DownloaderTests
{
    [Fact]
    public void Fetch_FromAServerThatBehaves_PutsTheFileThere()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Exchange asked = Assert.Single(server.Requests);
        Assert.Equal("/file.bin", asked.Path);
        Assert.Null(asked.From);
        Assert.Equal("identity", asked.Headers["Accept-Encoding"]);
        Assert.Equal(fixture.Contents.Length, fixture.Progress[^1].Done);
        Assert.All(fixture.Progress.Zip(fixture.Progress.Skip(1)), static pair => Assert.True(pair.First.Done < pair.Second.Done));
    }

    [Fact]
    public void Fetch_FileIsThere_AsksNobody()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        fixture.Fetch(fixture.From(server));
        fixture.Fetch(fixture.From(server));
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Fetch_AnotherFileIsThere_ReplacesIt()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        Directory.CreateDirectory(Path.GetDirectoryName(fixture.Target)!);
        File.WriteAllBytes(fixture.Target, Fixture.Bytes(2, fixture.Contents.Length));
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
    }

    [Fact]
    public void Fetch_PublishedByTheHashsFirstDigitsAndARoundedSize_IsEnough()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        PublishedFile file = fixture.From(server) with { Size = fixture.Contents.Length - 400, Tolerance = 500 };
        fixture.Fetch(file with { Sha256 = file.Sha256[..8].ToUpperInvariant() });
        fixture.AssertThere();
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsThePartAndGoesOnFromThere()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        using LocalServer slow = new(exchange =>
        {
            exchange.Serve(fixture.Contents, stopAfter: 100_000);
            exchange.Stall();
        });
        using CancellationTokenSource stop = new();
        using (Downloader downloader = fixture.Downloader())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => downloader.FetchAsync(fixture.From(slow), fixture.Target, step => CancelAt(step, 100_000, stop), stop.Token));
        }

        Assert.Equal(fixture.Contents[..100_000], File.ReadAllBytes(fixture.Part));
        Assert.False(File.Exists(fixture.Target));
        fixture.Fetch(fixture.From(server));
        Assert.Equal(100_000, Assert.Single(server.Requests).From);
        fixture.AssertThere();
    }

    [Fact]
    public void Fetch_CancelledBefore_AsksNobody()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        Assert.ThrowsAny<OperationCanceledException>(() => fixture.Fetch(fixture.From(server), new CancellationToken(canceled: true)));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Fetch_PartIsWholeAlready_AsksNobody()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        fixture.LeavePart(fixture.Contents);
        fixture.Fetch(fixture.From(server));
        Assert.Empty(server.Requests);
        fixture.AssertThere();
    }

    [Fact]
    public void Fetch_PartIsWholeAndTheSizeIsRounded_TakesTheServersWord()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        fixture.LeavePart(fixture.Contents);
        fixture.Fetch(fixture.From(server) with { Tolerance = 500 });
        Assert.Equal(fixture.Contents.Length, Assert.Single(server.Requests).From);
        fixture.AssertThere();
    }

    [Fact]
    public void Fetch_PartIsTooLong_StartsOver()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        fixture.LeavePart(Fixture.Bytes(3, 400_000));
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
    }

    [Fact]
    public void Fetch_FirstAddressFails_TakesTheNext()
    {
        using Fixture fixture = new();
        using LocalServer none = new(static exchange => exchange.Send("404 Not Found", "Content-Length: 0")), good = LocalServer.Of(fixture.Contents);
        fixture.Fetch(fixture.From(none, good));
        fixture.AssertThere();
        Assert.Empty(fixture.Time.Waits);
    }

    [Fact]
    public void Fetch_FirstAddressBreaksOff_TheNextGoesOnFromThere()
    {
        using Fixture fixture = new();
        using LocalServer bad = new(exchange => exchange.Serve(fixture.Contents, stopAfter: exchange.Number == 0 ? 200_000 : 0)), good = LocalServer.Of(fixture.Contents);
        fixture.Fetch(fixture.From(bad, good));
        fixture.AssertThere();
        Exchange rest = Assert.Single(good.Requests);
        Assert.Equal(200_000, rest.From);
        Assert.False(rest.Headers.ContainsKey("If-Range"), "a tag is of the address that gave it");
    }

    [Fact]
    public void Fetch_Mirror_IsAskedFirstByTheFilesName()
    {
        using Fixture fixture = new();
        using LocalServer own = LocalServer.Of(fixture.Contents), published = LocalServer.Of(fixture.Contents);
        fixture.Fetch(fixture.From(published).FirstFrom(new Uri(own.Address, "some/folder")));
        Assert.Equal("/some/folder/file.bin", Assert.Single(own.Requests).Path);
        Assert.Empty(published.Requests);
    }

    [Fact]
    public void Fetch_BehindAProxy_AsksTheProxy()
    {
        using Fixture fixture = new();
        using LocalServer proxy = LocalServer.Of(fixture.Contents);
        IWebProxy before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.Address);
        try
        {
            fixture.Fetch(fixture.At(new Uri("http://nowhere.invalid/file.bin")));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        Assert.Equal("http://nowhere.invalid/file.bin", Assert.Single(proxy.Requests).Path);
        fixture.AssertThere();
    }

    [Fact]
    public async Task Fetch_TwoAtOnce_OneFetchesAndTheOtherWaitsForIt()
    {
        using Fixture fixture = new();
        using ManualResetEventSlim waiting = new();
        fixture.Time.OnWait = waiting.Set;
        using LocalServer server = new(exchange =>
        {
            waiting.Wait(TimeSpan.FromSeconds(10));
            exchange.Serve(fixture.Contents);
        });
        using Downloader downloader = fixture.Downloader();
        Task first = downloader.FetchAsync(fixture.From(server), fixture.Target);
        Task second = downloader.FetchAsync(fixture.From(server), fixture.Target);
        await Task.WhenAll(first, second);
        Assert.Single(server.Requests);
        Assert.Contains(fixture.Time.Waits, static wait => wait == TimeSpan.FromSeconds(1));
        fixture.AssertThere();
    }

    [Fact]
    public void Fetch_NoRoom_SaysSoBeforeItAsks()
    {
        using Fixture fixture = new() { FreeSpace = 1000 };
        using LocalServer server = LocalServer.Of(fixture.Contents);
        string fault = fixture.Fault(fixture.From(server));
        Assert.StartsWith("the disk is full", fault, StringComparison.Ordinal);
        Assert.Contains("needs 300,000 more bytes, 1,000 are free", fault, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void IsDiskFull_WritingToADeviceWithoutRoom_IsRecognised()
    {
        const string Full = "/dev/full";
        Assert.SkipUnless(File.Exists(Full), "this system has no device that is always full");
        IOException fault = Assert.Throws<IOException>(static () =>
        {
            using FileStream stream = new(Full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write([1]);
        });
        Assert.True(PartFile.IsDiskFull(fault));
        Assert.False(PartFile.IsDiskFull(new FileNotFoundException()));
    }

    [Fact]
    public void Fetch_NobodyListens_SaysWhatWasTriedAndHowToDoItByHand()
    {
        using Fixture fixture = new();
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        Uri nobody = new($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/file.bin"), nowhere = new("http://nowhere.invalid/file.bin");
        free.Stop();
        string fault = fixture.Fault(fixture.At(nowhere, nobody));
        Assert.Contains($"{nowhere}: its name can't be looked up", fault, StringComparison.Ordinal);
        Assert.Contains($"{nobody}: no connection: Connection refused", fault, StringComparison.Ordinal);
        Assert.Contains("(4 attempts)", fault, StringComparison.Ordinal);
        Assert.Contains($"put it at {fixture.Target}", fault, StringComparison.Ordinal);
        Assert.Contains(Fixture.HashOf(fixture.Contents)[..8], fault, StringComparison.Ordinal);
        fixture.AssertNothing();
    }

    [Fact]
    public void Fetch_NoAddress_SaysToBringOnesOwn()
    {
        using Fixture fixture = new();
        string fault = fixture.Fault(fixture.At());
        Assert.Contains($"bring your own and put it at {fixture.Target} (sha256 {Fixture.HashOf(fixture.Contents)})", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Adopt_RightFile_CopiesIt()
    {
        using Fixture fixture = new();
        File.WriteAllBytes(fixture.Path("own.bin"), fixture.Contents);
        fixture.Adopt(fixture.Path("own.bin"));
        fixture.AssertThere();
        Assert.Equal(fixture.Contents, File.ReadAllBytes(fixture.Path("own.bin")));
    }

    [Theory]
    [InlineData(300_000, "its sha256 is")]
    [InlineData(299_999, "it has 299,999 bytes, where 300,000 are expected")]
    [InlineData(0, "it has 0 bytes")]
    public void Adopt_AnotherFile_IsRefusedAndStaysWhereItIs(int size, string reason)
    {
        using Fixture fixture = new();
        string own = fixture.Path("own.bin");
        File.WriteAllBytes(own, Fixture.Bytes(2, size));
        DownloadException fault = Assert.Throws<DownloadException>(() => fixture.Adopt(own));
        Assert.Contains($"{own} is not file.bin: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(own));
        Assert.False(File.Exists(fixture.Target) || File.Exists(fixture.Part));
    }

    [Fact]
    public void Adopt_NoSuchFile_IsSaid()
    {
        using Fixture fixture = new();
        Assert.Contains("own.bin: no such file", Assert.Throws<FileNotFoundException>(() => fixture.Adopt(fixture.Path("own.bin"))).Message, StringComparison.Ordinal);
    }

    private static void CancelAt(DownloadProgress step, long bytes, CancellationTokenSource stop)
    {
        if (step.Done >= bytes)
            stop.Cancel();
    }
}
