namespace Acclimate.Cli.Rendering;

/// <summary>Prose on 80 columns.</summary>
internal static class Prose
{
    /// <summary>Writes a label and a text beside it, broken between words, its further lines under its first.</summary>
    public static void Hang(TextWriter writer, string label, string text)
    {
        string line = label;
        bool empty = true;

        // A number and its percent sign stay together.
        foreach (string word in text.Replace(" %", "\u00a0%", StringComparison.Ordinal).Split(' ').Select(static word => word.Replace('\u00a0', ' ')))
        {
            if (!empty && line.Length + 1 + word.Length > Screen.WidestTable)
            {
                writer.WriteLine(line);
                line = new string(' ', label.Length);
                empty = true;
            }

            line += empty ? word : " " + word;
            empty = false;
        }

        writer.WriteLine(line);
    }
}
