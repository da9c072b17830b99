using System.Net;
using System.Net.Http.Headers;

namespace Acclimate.Downloads;

/// <summary>One attempt at one address: asks for what is missing, and writes what comes.</summary>
internal sealed class Transfer(HttpClient client, DownloadOptions options, PublishedFile file, PartFile part, Action<DownloadProgress>? progress)
{
    /// <summary>Brings the part to the published size.</summary>
    /// <exception cref="TransferException">It did not; what came is kept where it can be of use.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what came is kept.</exception>
    public async Task RunAsync(Uri address, CancellationToken cancellation)
    {
        // All of it may have come before the last run ended.
        if (part.Length == file.Size && file.Tolerance == 0)
            return;
        using Patience patience = new(options.StallTimeout, cancellation);
        try
        {
            while (!await TryAsync(address, patience).ConfigureAwait(false))
                progress?.Invoke(new(file.Name, 0, file.Size, "the server can't go on from there: starting over"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferException($"said nothing for {options.StallTimeout.TotalSeconds:0.###} s", transient: true);
        }
        catch (HttpRequestException e)
        {
            throw Describe(e);
        }
    }

    /// <summary>A fault below HTTP, in words.</summary>
    private static TransferException Describe(HttpRequestException e)
    {
        string cause = (e.InnerException ?? e).Message;
        return e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new("its name can't be looked up: is this machine online?", transient: false),
            HttpRequestError.SecureConnectionError => new($"no secure connection: {cause}", transient: false),
            HttpRequestError.ProxyTunnelError => new($"the proxy refuses: {cause}", transient: false),
            HttpRequestError.ConnectionError => new($"no connection: {cause}", transient: true),
            _ => new(cause, transient: true),
        };
    }

    /// <summary>Asks once; false where the part had to be dropped, and the file is to be asked for from its start.</summary>
    private async Task<bool> TryAsync(Uri address, Patience patience)
    {
        long from = part.Length;
        using HttpResponseMessage answer = await AskAsync(address, from, patience).ConfigureAwait(false);
        ContentRangeHeaderValue? range = answer.Content.Headers.ContentRange;
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && from > 0)
        {
            // A server that doesn't say how long its file is leaves it to the hash.
            if (range?.Length is { } whole ? whole == from : from >= file.Least)
                return true;
            part.Clear();
            return false;
        }

        if (answer.StatusCode == HttpStatusCode.PartialContent && from > 0 && (range is not { Unit: "bytes" } || range.From != from || IsOfAnother(answer, address)))
        {
            part.Clear();
            return false;
        }

        if (answer.StatusCode is not HttpStatusCode.OK && (answer.StatusCode is not HttpStatusCode.PartialContent || from == 0))
            throw Refusal(answer);
        long start = answer.StatusCode == HttpStatusCode.OK ? 0 : from;
        CheckCoding(answer);
        CheckPromise(answer, start);
        if (start == 0)
            part.Clear();
        else
            part.Resumed = true;
        part.Remember(address, answer);
        await CopyAsync(answer, patience).ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether an answer names another version than the one asked for: a server may not look at If-Range.</summary>
    private bool IsOfAnother(HttpResponseMessage answer, Uri address) =>
        answer.Headers.ETag is { IsWeak: false } tag && part.VersionAt(address) is { EntityTag: { } wanted } && !tag.Equals(wanted);

    /// <summary>Sends the request, and follows redirects within the same rules.</summary>
    private async Task<HttpResponseMessage> AskAsync(Uri address, long from, Patience patience)
    {
        Uri at = address;
        for (int hops = 0; ; hops++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, at);
            request.Headers.AcceptEncoding.Add(new("identity"));
            if (from > 0)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                request.Headers.IfRange = part.VersionAt(address);
            }

            HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Renewed()).ConfigureAwait(false);
            if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308))
                return answer;
            using (answer)
                at = Next(at, answer.Headers.Location, hops, options.Redirects);
        }
    }

    /// <summary>Where a redirect leads, if it may be followed.</summary>
    internal static Uri Next(Uri at, Uri? location, int hops, int most)
    {
        if (location is null)
            throw new TransferException("redirects to nowhere", transient: false);
        Uri next = new(at, location);
        if (next.Scheme != Uri.UriSchemeHttps && (next.Scheme != Uri.UriSchemeHttp || at.Scheme == Uri.UriSchemeHttps))
            throw new TransferException($"redirects from {at.Scheme} to {next.Scheme} ({next}), which is not followed", transient: false);
        return hops < most ? next : throw new TransferException($"redirects more than {most} times, at last to {next}", transient: false);
    }

    /// <summary>An answer that holds no file.</summary>
    private TransferException Refusal(HttpResponseMessage answer)
    {
        int status = (int)answer.StatusCode;
        TimeSpan? wait = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > options.Time.GetUtcNow() => date - options.Time.GetUtcNow(),
            _ => null,
        };
        return new($"answered {status} {answer.ReasonPhrase}".TrimEnd(), transient: status is 408 or 425 or 429 or 500 or 502 or 503 or 504, wait);
    }

    /// <summary>Refuses bytes that are not the file's own: compressed on the way, which was not asked for, so that neither sizes nor pieces would fit.</summary>
    private static void CheckCoding(HttpResponseMessage answer)
    {
        IEnumerable<string> codings = answer.Content.Headers.ContentEncoding.Concat(answer.Headers.TransferEncoding.Select(static coding => coding.Value));
        if (codings.FirstOrDefault(static coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase) && !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)) is { } coded)
            throw new TransferException($"sends it in another coding ({coded}), though it was asked for the bytes as they are", transient: false);
    }

    /// <summary>Refuses an answer that says it is of another size, or a page for people, before any of it is read.</summary>
    private void CheckPromise(HttpResponseMessage answer, long start)
    {
        HttpContentHeaders headers = answer.Content.Headers;
        long? promised = headers.ContentRange?.Length ?? start + headers.ContentLength;
        if (promised < file.Least || promised > file.Most)
            throw new TransferException($"has another file: {promised:N0} bytes of {headers.ContentType?.MediaType ?? "no known type"}, where {file.Bytes} are expected", transient: false);
        if (headers.ContentType?.MediaType is "text/html")
            throw new TransferException("answers with a page (text/html) and not with the file", transient: false);
    }

    private async Task CopyAsync(HttpResponseMessage answer, Patience patience)
    {
        byte[] buffer = new byte[1 << 16];
        using Stream body = await answer.Content.ReadAsStreamAsync(patience.Renewed()).ConfigureAwait(false);
        while (await ReadAsync(body, buffer, patience).ConfigureAwait(false) is > 0 and int read)
        {
            if (part.Length + read > file.Most)
            {
                part.Clear();
                throw new TransferException($"sends more than the {file.Bytes} bytes that are expected", transient: false);
            }

            part.Append(buffer.AsSpan(0, read));
            progress?.Invoke(new(file.Name, part.Length, file.Size));
        }

        if (part.Length < file.Least)
            throw new TransferException($"ended after {part.Length:N0} of {file.Size:N0} bytes", transient: true);
    }

    /// <summary>Reads some; a fault of the network is told from one of the disk.</summary>
    private async Task<int> ReadAsync(Stream body, byte[] buffer, Patience patience)
    {
        try
        {
            return await body.ReadAsync(buffer, patience.Renewed()).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw new TransferException($"broke off after {part.Length:N0} of {file.Size:N0} bytes", transient: true);
        }
    }

    /// <summary>A token that gives up when nothing happens for too long.</summary>
    private sealed class Patience(TimeSpan limit, CancellationToken cancellation) : IDisposable
    {
        private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        /// <summary>The token, with the whole time ahead.</summary>
        public CancellationToken Renewed()
        {
            source.CancelAfter(limit);
            return source.Token;
        }

        public void Dispose() => source.Dispose();
    }
}
