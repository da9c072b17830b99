using Acclimate.Downloads;
using Acclimate.TestSupport;

namespace Acclimate.Tests.Downloads;

/// <summary>Servers that answer with something other than the file.</summary>
public sealed class StatusAndRedirectTests
{
    [Theory]
    [InlineData("403 Forbidden")]
    [InlineData("404 Not Found")]
    [InlineData("410 Gone")]
    [InlineData("501 Not Implemented")]
    [InlineData("204 No Content")]
    public void Status_ThatIsFinal_IsNotTriedAgain(string status)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange => exchange.Send(status));
        Assert.Contains($"answered {status}\n", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Empty(fixture.Time.Waits);
    }

    [Theory]
    [InlineData("408 Request Timeout")]
    [InlineData("429 Too Many Requests")]
    [InlineData("500 Internal Server Error")]
    [InlineData("502 Bad Gateway")]
    [InlineData("503 Service Unavailable")]
    [InlineData("504 Gateway Timeout")]
    public void Status_ThatPasses_IsTriedAgain(string status)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.Number < 2)
                exchange.Send(status, "Content-Length: 0");
            else
                exchange.Serve(fixture.Contents);
        });
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Equal([1.0, 2.0], fixture.Time.Waits.Select(static wait => wait.TotalSeconds));
        Assert.Contains(fixture.Notes, note => note == $"127.0.0.1: answered {status}; once more in 1 s");
    }

    [Theory]
    [InlineData("Retry-After: 7", 7)]
    [InlineData("Retry-After: Sat, 21 Nov 2026 12:00:30 GMT", 30)]
    [InlineData("Retry-After: Sat, 21 Nov 2026 11:00:00 GMT", 1)]
    [InlineData("Retry-After: soon", 1)]
    public void RetryAfter_IsHeeded(string header, double seconds)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.Number == 0)
                exchange.Send("503 Service Unavailable", header, "Content-Length: 0");
            else
                exchange.Serve(fixture.Contents);
        });
        fixture.Fetch(fixture.From(server));
        Assert.Equal([seconds], fixture.Time.Waits.Select(static wait => wait.TotalSeconds));
    }

    [Fact]
    public void RetryAfter_LongerThanAnybodyWaits_TakesTheNextAddress()
    {
        using Fixture fixture = new();
        using LocalServer busy = new(static exchange => exchange.Send("429 Too Many Requests", "Retry-After: 3600", "Content-Length: 0"));
        Assert.Contains("asks for 3,600 s of patience", fixture.Fault(fixture.From(busy)), StringComparison.Ordinal);
        using LocalServer good = LocalServer.Of(fixture.Contents);
        fixture.Fetch(fixture.From(busy, good));
        Assert.Empty(fixture.Time.Waits);
        fixture.AssertThere();
    }

    [Theory]
    [InlineData("301 Moved Permanently")]
    [InlineData("302 Found")]
    [InlineData("303 See Other")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    public void Redirect_IsFollowedWithTheSameRange(string status)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange =>
        {
            if (exchange.Path == "/file.bin")
                exchange.Send(status, "Location: other/place", "Content-Length: 0");
            else
                exchange.Serve(fixture.Contents);
        });
        fixture.LeavePart(fixture.Contents[..5000], new Uri(server.Address, "file.bin"), Exchange.TagOf(fixture.Contents));
        fixture.Fetch(fixture.From(server));
        fixture.AssertThere();
        Assert.Equal(["/file.bin", "/other/place"], server.Requests.Select(static asked => asked.Path));
        Assert.All(server.Requests, asked => Assert.Equal((5000L, Exchange.TagOf(fixture.Contents)), (asked.From, asked.Headers["If-Range"])));
    }

    [Fact]
    public void Redirect_WithoutEnd_IsLeft()
    {
        using Fixture fixture = new();
        using LocalServer server = new(static exchange => exchange.Send("302 Found", "Location: /file.bin", "Content-Length: 0"));
        Assert.Contains("redirects more than 5 times", fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
        Assert.Equal(6, server.Requests.Count);
    }

    [Theory]
    [InlineData("Location: ftp://example.org/file.bin", "redirects from http to ftp")]
    [InlineData("Location: file:///etc/passwd", "redirects from http to file")]
    [InlineData("X-Nothing: here", "redirects to nowhere")]
    public void Redirect_ToAnotherScheme_IsNotFollowed(string header, string reason)
    {
        using Fixture fixture = new();
        using LocalServer server = new(exchange => exchange.Send("302 Found", header, "Content-Length: 0"));
        Assert.Contains(reason, fixture.Fault(fixture.From(server)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example/x", "http://a.example/x", false)]
    [InlineData("https://a.example/x", "https://b.example/y", true)]
    [InlineData("http://a.example/x", "https://a.example/x", true)]
    [InlineData("http://a.example/x", "y", true)]
    [InlineData("https://a.example/x", "//b.example/y", true)]
    public void Redirect_FromHttpsToHttp_IsRefused(string from, string to, bool allowed)
    {
        if (allowed)
            Assert.Equal(new Uri(new Uri(from), to), Transfer.Next(new Uri(from), new Uri(to, UriKind.RelativeOrAbsolute), hops: 0, most: 5));
        else
            Assert.Throws<TransferException>(() => Transfer.Next(new Uri(from), new Uri(to, UriKind.RelativeOrAbsolute), hops: 0, most: 5));
    }
}
