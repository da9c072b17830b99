using Acclimate.TestSupport;

namespace Acclimate.Tests.Downloads;

/// <summary>Servers that stall, truncate and lie.</summary>
public sealed class BadServerTests
{
    [Fact]
    public void Server_StallsInTheMiddle_IsAskedForTheRest()
    {
        // Longer than a busy machine stalls by itself.
        using Fixture fixture = new() { StallTimeout = TimeSpan.FromSeconds(2) };
        using LocalServer server = new(exchange =>
        {
            exchange.Serve(fixture.Contents, stopAfter: exchange.Number == 0 ? 150_000 : null);
            if (exchange.Number == 0)
                exchange.Stall();
        });
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Equal([null, 150_000L], server.Requests.Select(static asked => asked.From));
        Assert.Contains(fixture.Notes, static note => note.Contains("said nothing for 2 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Server_NeverAnswers_IsGivenUp()
    {
        using Fixture fixture = new() { StallTimeout = TimeSpan.FromMilliseconds(100) };
        using LocalServer server = new(static exchange => exchange.Stall());
        Assert.Contains("said nothing for 0.1 s (4 attempts)", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        Assert.Equal([1.0, 2.0, 4.0], fixture.Time.Waits.Select(static wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Server_BreaksOffEachTime_IsAskedForTheRestOfTheSameVersion(bool reset)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Serve(fixture.Contents, stopAfter: 100_000);
            if (!reset)
                return;

            // A reset may overtake what was sent just before it.
            Thread.Sleep(50);
            exchange.Reset();
        });
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Equal([null, 100_000L, 200_000L], server.Requests.Select(static asked => asked.From));
        Assert.All(server.Requests.Skip(1), asked => Assert.Equal(Exchange.TagOf(fixture.Contents), asked.Headers["If-Range"]));
    }

    [Fact]
    public void Server_TruncatesWithoutALength_IsAskedForTheRest()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.From is not null)
            {
                exchange.Serve(fixture.Contents);
                return;
            }

            exchange.Send("200 OK");
            exchange.Write(fixture.Contents.AsSpan(0, 1000));
        });
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Contains(fixture.Notes, static note => note.Contains("ended after 1,000 of 300,000 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Server_BringsAGoodDealEachTime_IsNotGivenUp()
    {
        // Twelve pieces of just over the deal that makes an attempt worth it, where four failures in a row would end it.
        byte[] contents = Fixture.Bytes(4, 12 * ((1 << 20) + 1000));
        using Fixture fixture = new();
        using LocalServer server = new(exchange => exchange.Serve(contents, stopAfter: (1 << 20) + 1000));
        fixture.Fetch(fixture.From(server) with { Sha256 = Fixture.HashOf(contents), Size = contents.Length });
        Assert.Equal(contents, File.ReadAllBytes(fixture.Target));
        Assert.Equal(12, server.Requests.Count);
    }

    [Fact]
    public void Server_BringsNextToNothingEachTime_IsGivenUpAndThePartStays()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange => exchange.Serve(fixture.Contents, stopAfter: 10));
        Assert.Contains("(4 attempts)", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(fixture.Contents[..40], File.ReadAllBytes(fixture.Part));
    }

    [Fact]
    public void Server_IgnoresRange_StartsOver()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Send("200 OK", $"Content-Length: {fixture.Contents.Length}");
            exchange.Write(fixture.Contents);
        });
        fixture.LeavePart(fixture.Contents[..100_000]);
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Equal(100_000, Assert.Single(server.Requests).From);
    }

    [Theory]
    [InlineData("Content-Range: bytes 50000-299999/300000")]
    [InlineData("Content-Range: words 100000-299999/300000")]
    [InlineData("X-Nothing: here")]
    public void Server_AnswersRangeWithAnotherPart_IsAskedForTheWhole(string header)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.From is null)
            {
                exchange.Serve(fixture.Contents);
                return;
            }

            exchange.Send("206 Partial Content", header);
            exchange.Write(fixture.Contents.AsSpan(50_000));
        });
        fixture.LeavePart(fixture.Contents[..100_000]);
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Equal([100_000L, null], server.Requests.Select(static asked => asked.From));
    }

    [Fact]
    public void Server_AnswersAPartThatNobodyAskedFor_IsLeft()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Send("206 Partial Content", "Content-Range: bytes 10-299999/300000");
            exchange.Write(fixture.Contents.AsSpan(10));
        });
        Assert.Contains("answered 206", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        fixture.AssertNothing();
    }

    [Fact]
    public void Server_SaysThePartIsTooLong_IsAskedForTheWhole()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.From is null)
                exchange.Serve(fixture.Contents);
            else
                exchange.Send("416 Range Not Satisfiable", "Content-Range: bytes */5", "Content-Length: 0");
        });
        fixture.LeavePart(fixture.Contents[..100_000]);
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
    }

    [Fact]
    public void File_ChangedBetweenTwoRuns_IsFetchedWholeByIfRange()
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        byte[] old = Fixture.Bytes(9, 100_000);
        fixture.LeavePart(old, new Uri(server.Address, "file.bin"), Exchange.TagOf(old));
        fixture.Fetch(fixture.From(server));
        Assert.Equal(Exchange.TagOf(old), Assert.Single(server.Requests).Headers["If-Range"]);
        fixture.AssertThere();
    }

    [Fact]
    public void Pieces_OfTwoVersions_AreFetchedWholeOnceMore()
    {
        // A server without tags can't tell that its file is another one by now.
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        fixture.LeavePart(Fixture.Bytes(9, 100_000));
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Equal([100_000L, null], server.Requests.Select(static asked => asked.From));
        Assert.Contains("the pieces don't fit together: starting over", fixture.Notes);
    }

    [Theory]
    [InlineData("\"broken")]
    [InlineData("")]
    public void NoteOfTheVersion_Damaged_IsNotUsed(string tag)
    {
        using Fixture fixture = new();
        using LocalServer server = LocalServer.Of(fixture.Contents);
        fixture.LeavePart(fixture.Contents[..1000], new Uri(server.Address, "file.bin"), tag);
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.False(server.Requests[0].Headers.ContainsKey("If-Range"));
    }

    [Fact]
    public void Server_SendsOtherBytes_NothingStaysAndBothHashesAreSaid()
    {
        using Fixture fixture = new();
        byte[] other = Fixture.Bytes(2, fixture.Contents.Length);
        using LocalServer server = LocalServer.Of(other);
        string fault = fixture.Fault(fixture.From(server));
        Assert.Contains($"its sha256 is {Fixture.HashOf(other)}, where {Fixture.HashOf(fixture.Contents)} is expected", fault, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        fixture.AssertNothing();
    }

    [Theory]
    [InlineData("Content-Length: 300001", 300_001)]
    [InlineData("Content-Length: 299999", 299_999)]
    [InlineData("Content-Length: 9223372036854775807", 10)]
    public void Server_PromisesAnotherSize_NothingIsRead(string length, int sent)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Send("200 OK", length, "Content-Type: text/html");
            exchange.Write(new byte[sent]);
        });
        string fault = fixture.Fault(fixture.From(server));
        Assert.Contains("has another file: ", fault, StringComparison.Ordinal);
        Assert.Contains("text/html, where 300,000 are expected", fault, StringComparison.Ordinal);
        Assert.Empty(fixture.Progress);
        Assert.Single(server.Requests);
        fixture.AssertNothing();
    }

    [Fact]
    public void Server_SendsWithoutEnd_IsLeftAtThePublishedSize()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Send("200 OK");
            while (true)
                exchange.Write(fixture.Contents);
        });
        Assert.Contains("sends more than the 300,000 bytes", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        Assert.All(fixture.Progress, static step => Assert.InRange(step.Done, 0, 300_000));
        fixture.AssertNothing();
    }

    [Fact]
    public void Server_SpeaksNoHttp_IsGivenUp()
    {
        using Fixture fixture = new();
        using LocalServer server = new(static exchange => exchange.Write("SSH-2.0-OpenSSH_9.2\r\n"u8));
        Assert.Contains("(4 attempts)", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        fixture.AssertNothing();
    }
}
