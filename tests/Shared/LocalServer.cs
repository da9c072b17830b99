using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Acclimate.TestSupport;

/// <summary>
/// An HTTP server on this machine that answers each request as a test says, down to the bytes: what a careful server would never
/// send as well.
/// </summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly List<Exchange> exchanges = [];
    private readonly Action<Exchange> answer;

    /// <summary>A proxy of this machine's must not come between a test and its server.</summary>
    static LocalServer() => HttpClient.DefaultProxy = new WebProxy();

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">Answers one request; the connection is closed after it.</param>
    public LocalServer(Action<Exchange> answer)
    {
        this.answer = answer;
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<Exchange> Requests
    {
        get
        {
            lock (exchanges)
                return [.. exchanges];
        }
    }

    /// <summary>A server of one file that does all that it should: ranges, and If-Range by a tag of the contents.</summary>
    public static LocalServer Of(byte[] contents) => new(exchange => exchange.Serve(contents));

    public void Dispose()
    {
        closing.Cancel();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptSocketAsync(closing.Token);
                _ = Task.Run(() => Answer(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Answer(Socket socket)
    {
        using (socket)
        {
            try
            {
                using NetworkStream stream = new(socket);
                Exchange exchange = new(socket, stream, closing.Token);
                lock (exchanges)
                {
                    exchange.Number = exchanges.Count;
                    exchanges.Add(exchange);
                }

                answer(exchange);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side went away.
            }
        }
    }
}

/// <summary>One request, and the means to answer it.</summary>
internal sealed class Exchange
{
    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly CancellationToken closing;

    public Exchange(Socket socket, NetworkStream stream, CancellationToken closing)
    {
        (this.socket, this.stream, this.closing) = (socket, stream, closing);
        string[] lines = Head().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Path = lines[0].Split(' ')[1];
        Headers = lines.Skip(1).Select(static line => line.Split(": ", 2)).ToDictionary(static sides => sides[0], static sides => sides[1], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>How many requests came before.</summary>
    public int Number { get; set; }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Where the wanted rest begins; null where the whole is wanted.</summary>
    public long? From => Headers.TryGetValue("Range", out string? range) ? long.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : null;

    /// <summary>Names contents as an ETag does.</summary>
    public static string TagOf(byte[] contents) => $"\"{Convert.ToHexStringLower(SHA256.HashData(contents))[..16]}\"";

    /// <summary>Sends a status line and headers.</summary>
    public void Send(string status, params string[] headers) =>
        stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(static header => header + "\r\n"))}Connection: close\r\n\r\n"));

    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    /// <summary>The contents, or the rest of them, as a careful server sends them.</summary>
    public void Serve(byte[] contents, int? stopAfter = null)
    {
        string tag = TagOf(contents);
        bool same = !Headers.TryGetValue("If-Range", out string? wanted) || wanted == tag;
        int start = same && From is { } from ? (int)from : 0;
        if (start >= contents.Length)
        {
            Send("416 Range Not Satisfiable", $"Content-Range: bytes */{contents.Length}", "Content-Length: 0");
            return;
        }

        if (start > 0)
            Send("206 Partial Content", $"Content-Range: bytes {start}-{contents.Length - 1}/{contents.Length}", $"Content-Length: {contents.Length - start}", $"ETag: {tag}");
        else
            Send("200 OK", $"Content-Length: {contents.Length}", $"ETag: {tag}");
        Write(contents.AsSpan(start, Math.Min(stopAfter ?? int.MaxValue, contents.Length - start)));
    }

    /// <summary>Says nothing until the test is over, or the other side has had enough.</summary>
    public void Stall() => closing.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));

    /// <summary>Breaks the connection so that the other side sees an error and not an end.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    private string Head()
    {
        List<byte> head = [];
        while (head.Count < 4 || !head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            int next = stream.ReadByte();
            if (next < 0 || head.Count > 1 << 16)
                throw new IOException("no request came");
            head.Add((byte)next);
        }

        return Encoding.ASCII.GetString([.. head]);
    }
}
