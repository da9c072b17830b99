using System.Text;

namespace Acclimate.Cli.Tests.Rendering;

/// <summary>What a terminal shows of a text that draws over itself: returns, lines, and the few sequences that the program uses.</summary>
internal static class Terminal
{
    public static string[] Show(string text)
    {
        List<StringBuilder> rows = [new()];
        (int row, int column) = (0, 0);
        for (int at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\r':
                    column = 0;
                    break;
                case '\n':
                    (row, column) = (row + 1, 0);
                    if (row == rows.Count)
                        rows.Add(new());
                    break;
                case '\e':
                    int end = at + 2;
                    while (!char.IsLetter(text[end]))
                        end++;
                    string number = text[(at + 2)..end];
                    Do(text[end], number.Length == 0 ? 0 : int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
                    at = end;
                    break;
                default:
                    rows[row].Length = Math.Max(rows[row].Length, column + 1);
                    rows[row][column++] = text[at];
                    break;
            }
        }

        return [.. rows.Select(static line => line.ToString().TrimEnd('\0', ' '))];

        void Do(char what, int number)
        {
            if (what == 'A')
                row = Math.Max(0, row - number);
            if (what is 'K' or 'J')
                rows[row].Length = Math.Min(rows[row].Length, column);
            if (what == 'J')
                rows.RemoveRange(row + 1, rows.Count - row - 1);
        }
    }
}
