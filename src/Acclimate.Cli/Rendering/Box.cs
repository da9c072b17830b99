using Spectre.Console;

namespace Acclimate.Cli.Rendering;

/// <summary>A small table under a title: boxed on a terminal, plain lines elsewhere; never wider than 80 columns.</summary>
/// <param name="title">What the figures are.</param>
internal sealed class Box(string title)
{
    private readonly List<string[]> rows = [];

    /// <summary>Adds a row: what it is, then its figures.</summary>
    public Box Row(params string[] cells)
    {
        rows.Add(cells);
        return this;
    }

    /// <summary>Writes it.</summary>
    public void Write(Screen screen)
    {
        int[] widths = [.. Enumerable.Range(0, rows.Max(r => r.Length)).Select(c => rows.Max(r => c < r.Length ? r[c].Length : 0))];
        IEnumerable<string> lines = rows.Select(row => string.Join("   ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd());
        if (!screen.Live)
        {
            screen.Out.WriteLine(title);
            foreach (string line in lines)
                screen.Out.WriteLine($"  {line}");
            return;
        }

        int width = Math.Min(screen.Width, Screen.WidestTable);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = screen.Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = screen.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(screen.Out),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(new Panel(new Text(string.Join('\n', lines)))
        {
            Header = new PanelHeader($" {Markup.Escape(title)} "),
            Border = BoxBorder.Square,
        });
    }
}
