using System.Globalization;
using System.Text;
using Acclimate.TestSupport;

namespace Acclimate.Tests.Downloads;

/// <summary>What public servers, caches and gateways do within the rules of HTTP, or nearly.</summary>
public sealed class RealServerTests
{
    [Fact]
    public void Redirect_ToAnotherHost_GoesOnThereWithTheSameRange()
    {
        using Fixture fixture = new();
        using LocalServer store = new(exchange => exchange.Serve(fixture.Contents, stopAfter: exchange.Number == 0 ? 100_000 : null));
        UriBuilder there = new(store.Address) { Host = "localhost", Path = "bucket/a%20b", Query = "signature=x%2By" };
        using LocalServer front = new(exchange => exchange.Send("302 Found", $"Location: {there.Uri.AbsoluteUri}", "Content-Length: 0"));

        fixture.Fetch(fixture.From(front));

        fixture.AssertThere();
        Assert.Equal(["/bucket/a%20b?signature=x%2By", "/bucket/a%20b?signature=x%2By"], store.Requests.Select(static asked => asked.Path));
        Assert.Equal([null, 100_000L], front.Requests.Select(static asked => asked.From));
        Assert.Equal([null, 100_000L], store.Requests.Select(static asked => asked.From));
        Assert.Equal(Exchange.TagOf(fixture.Contents), store.Requests[1].Headers["If-Range"]);
        Assert.All(store.Requests, asked => Assert.Equal($"localhost:{store.Address.Port}", asked.Headers["Host"]));
        Assert.All(store.Requests, static asked => Assert.DoesNotContain(asked.Headers.Keys, static name => name is "Cookie" or "Authorization" or "Referer"));
    }

    /// <summary>Dynamic servers and some caches give no length.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(120_000)]
    public void Server_SendsInChunks_WholeOrBrokenOff(int? breakAt)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.Number > 0)
            {
                exchange.Serve(fixture.Contents);
                return;
            }

            exchange.Send("200 OK", "Transfer-Encoding: chunked");
            foreach (byte[] chunk in fixture.Contents.AsSpan(0, breakAt ?? fixture.Contents.Length).ToArray().Chunk(30_000))
            {
                exchange.Write(Encoding.ASCII.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
                exchange.Write(chunk);
                exchange.Write("\r\n"u8);
            }

            if (breakAt is null)
                exchange.Write("0\r\n\r\n"u8);
        });

        fixture.Fetch(fixture.From(server));

        fixture.AssertThere();
        Assert.Equal(breakAt is null ? [null] : [null, (long)breakAt], server.Requests.Select(static asked => asked.From));
    }

    [Theory]
    [InlineData("Content-Encoding: gzip", "(gzip)")]
    [InlineData("Content-Encoding: br", "(br)")]
    [InlineData("Transfer-Encoding: gzip, chunked", "(gzip)")]
    public void Server_CompressesUnasked_IsLeftBeforeAnythingIsKept(string header, string said)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Send("200 OK", header);
            exchange.Write(fixture.Contents.AsSpan(0, 1000));
        });
        Assert.Contains($"in another coding {said}", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        Assert.Single(server.Requests);
        fixture.AssertNothing();
    }

    [Fact]
    public void Server_SaysThatItDoesNotCompress_IsFine()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            exchange.Send("200 OK", "Content-Encoding: identity", $"Content-Length: {fixture.Contents.Length}");
            exchange.Write(fixture.Contents);
        });
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
    }

    /// <summary>A gateway's page, without a length that would give it away.</summary>
    [Fact]
    public void Server_AnswersWithAPage_IsLeftAtOnce()
    {
        using Fixture fixture = new();
        using LocalServer server = new(static exchange =>
        {
            exchange.Send("200 OK", "Content-Type: text/html; charset=utf-8");
            exchange.Write("<html>Please sign in"u8);
        });
        Assert.Contains("answers with a page (text/html)", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        Assert.Single(server.Requests);
        fixture.AssertNothing();
    }

    /// <summary>A cache that looks at Range and not at If-Range sends a piece of the new version for the old one.</summary>
    [Fact]
    public void Server_IgnoresIfRange_IsFoundOutByItsTag()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            long from = exchange.From ?? 0;
            exchange.Send(
                from > 0 ? "206 Partial Content" : "200 OK", $"Content-Length: {fixture.Contents.Length - from}", $"ETag: {Exchange.TagOf(fixture.Contents)}",
                from > 0 ? $"Content-Range: bytes {from}-{fixture.Contents.Length - 1}/{fixture.Contents.Length}" : "X-Nothing: here");
            exchange.Write(fixture.Contents.AsSpan((int)from));
        });
        byte[] old = Fixture.Bytes(9, 100_000);
        fixture.LeavePart(old, new Uri(server.Address, "file.bin"), Exchange.TagOf(old));

        fixture.Fetch(fixture.From(server));

        fixture.AssertThere();
        Assert.Equal([100_000L, null], server.Requests.Select(static asked => asked.From));
        Assert.Contains("the server can't go on from there: starting over", fixture.Notes);
    }

    /// <summary>Ranges wrapped up in parts, as a server may answer even to one.</summary>
    [Fact]
    public void Server_SendsAPartInParts_IsAskedForTheWhole()
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.From is null)
            {
                exchange.Serve(fixture.Contents);
                return;
            }

            exchange.Send("206 Partial Content", "Content-Type: multipart/byteranges; boundary=x");
            exchange.Write("--x\r\nContent-Range: bytes 5-9/10\r\n\r\nabcde\r\n--x--"u8);
        });
        fixture.LeavePart(fixture.Contents[..100_000]);
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
    }

    /// <summary>Object stores answer to a range behind the end without the length: the hash tells whether all is there.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void Server_SaysNothingMoreAndNotHowLong_IsBelievedByTheHash(bool right, int asked)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.From is null)
                exchange.Serve(fixture.Contents);
            else
                exchange.Send("416 Range Not Satisfiable", "Content-Type: application/xml", "Content-Length: 0");
        });
        fixture.LeavePart(right ? fixture.Contents : Fixture.Bytes(9, fixture.Contents.Length));
        fixture.Fetch(fixture.From(server) with { Tolerance = 500 });
        fixture.AssertThere();
        Assert.Equal(asked, server.Requests.Count);
    }
}
