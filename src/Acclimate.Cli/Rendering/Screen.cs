using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acclimate.Cli.Rendering;

/// <summary>Where the program writes, and what can be done there.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors, and progress while the result is for another program.</param>
/// <param name="Live">Whether <see cref="Out"/> is a terminal, on which a line can be drawn over.</param>
/// <param name="Colour">Whether letters may be bold or coloured; nothing is said by that alone.</param>
/// <param name="Width">Columns.</param>
internal sealed record Screen(TextWriter Out, TextWriter Error, bool Live, bool Colour, int Width)
{
    /// <summary>No table is wider, however wide the terminal.</summary>
    public const int WidestTable = 80;

    /// <summary>How results are written as JSON.</summary>
    public static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

        // A figure that could not be computed must not cost all others.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Whether progress is left unsaid.</summary>
    public bool Quiet { get; init; }

    /// <summary>The process's own. <c>NO_COLOR</c> and <c>TERM=dumb</c> are heeded.</summary>
    public static Screen OfConsole()
    {
        bool live = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        bool colour = live && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new(Console.Out, Console.Error, live, colour, live ? Math.Clamp(Console.WindowWidth, 40, 200) : WidestTable);
    }

    /// <summary>The same place for what goes with a result that another program reads from <see cref="Out"/>: plain lines to <see cref="Error"/>.</summary>
    public Screen Beside() => this with { Out = Error, Live = false, Colour = false };

    /// <summary>A line in bold where that can be.</summary>
    public string Bold(string text) => Colour ? $"\e[1m{text}\e[0m" : text;

    /// <summary>A line of what is known: its name, padded, and its value.</summary>
    public void Fact(string name, string value) => Out.WriteLine($"{name.PadRight(8)}{value}");

    /// <summary>The result as JSON, names in snake_case.</summary>
    public void Json<T>(T result) => Out.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
}
