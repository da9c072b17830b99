namespace Acclimate.Cli.Rendering;

/// <summary>Prose on 80 columns.</summary>
internal static class Prose
{
    /// <summary>Writes a label and a text beside it, broken between words, its further lines under its first.</summary>
    public static void Hang(TextWriter writer, string label, string text)
    {
        string line = label;
        bool empty = true;
        foreach (string word in text.Split(' '))
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
