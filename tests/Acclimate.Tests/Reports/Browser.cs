using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Acclimate.Tests.Reports;

/// <summary>
/// A Chromium of the system without a window, driven by its DevTools protocol; tests are skipped where there is none. A
/// few messages are all that is needed here, and no package that brings browsers of its own.
/// </summary>
internal sealed class Browser : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string profile = Directory.CreateTempSubdirectory("acclimate-browser-").FullName;
    private readonly Process process;
    private readonly ClientWebSocket socket = new();
    private int last;

    private Browser(string program)
    {
        process = Process.Start(new ProcessStartInfo(program, [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank"])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>What the page did since it was opened: the events' names and what they hold.</summary>
    public List<(string Method, JsonNode Parameters)> Events { get; } = [];

    /// <summary>Starts one.</summary>
    public static async Task<Browser> StartAsync()
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .SelectMany(static folder => (string[])[Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser"), Path.Combine(folder, "google-chrome")])
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "no chromium is installed (apt-get install chromium): pages are not looked at in a browser");
        Browser browser = new(program!);
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            browser.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file as a window of a size shows it.</summary>
    public async Task OpenAsync(string file, int width, string scheme, string media = "screen")
    {
        Events.Clear();
        foreach (string part in (string[])["Page", "Runtime", "Log", "Network"])
            await SendAsync($"{part}.enable");
        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = width < 500 });
        await SendAsync("Emulation.setEmulatedMedia", new JsonObject { ["media"] = media, ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
        await SendAsync("Page.navigate", new JsonObject { ["url"] = new Uri(file).AbsoluteUri });
        using CancellationTokenSource limit = new(Patience);
        while (!Events.Any(static one => one.Method == "Page.loadEventFired"))
            await ReadAsync(limit.Token);
    }

    /// <summary>What an expression comes to in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        Assert.True(answer["exceptionDetails"] is null, answer.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>Sends a command and waits for its answer; events on the way are kept.</summary>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = ++last;
        using CancellationTokenSource limit = new(Patience);
        byte[] message = Encoding.UTF8.GetBytes(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] }.ToJsonString());
        await socket.SendAsync(message, WebSocketMessageType.Text, true, limit.Token);
        while (true)
        {
            JsonNode answer = await ReadAsync(limit.Token);
            if (answer["id"]?.GetValue<int>() != id)
                continue;
            Assert.True(answer["error"] is null, answer.ToJsonString());
            return answer["result"]!;
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        try
        {
            Directory.Delete(profile, recursive: true);
        }
        catch (IOException)
        {
            // A child that is just ending may still write there: it is a temporary folder.
        }
    }

    private async Task ConnectAsync()
    {
        // It writes the port that it took into its profile, and then knows its first page.
        string file = Path.Combine(profile, "DevToolsActivePort");
        using CancellationTokenSource limit = new(Patience);
        while (!File.Exists(file) || (await File.ReadAllLinesAsync(file, limit.Token)).Length < 2)
            await Task.Delay(20, limit.Token);
        string port = (await File.ReadAllLinesAsync(file, limit.Token))[0];
        using HttpClient client = new(new HttpClientHandler { UseProxy = false });
        while (true)
        {
            using JsonDocument pages = JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list"), limit.Token));
            string? address = pages.RootElement.EnumerateArray().Where(static page => page.GetProperty("type").GetString() == "page")
                .Select(static page => page.GetProperty("webSocketDebuggerUrl").GetString()).FirstOrDefault();
            if (address is not null)
            {
                await socket.ConnectAsync(new Uri(address), limit.Token);
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private async Task<JsonNode> ReadAsync(CancellationToken cancellation)
    {
        using MemoryStream message = new();
        byte[] part = new byte[16384];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(part.AsMemory(), cancellation);
            message.Write(part, 0, received.Count);
        }
        while (!received.EndOfMessage);
        JsonNode answer = JsonNode.Parse(message.ToArray())!;
        if (answer["method"]?.GetValue<string>() is { } method)
            Events.Add((method, answer["params"]!));
        return answer;
    }
}
