using Acclimate.Selection.Verification;

namespace Acclimate.Cli.Rendering;

/// <summary>How many labels decide what.</summary>
internal static class ChancesView
{
    private const double Tolerance = 1e-9;

    private static readonly int[] Labels = [10, 20, 40, 80, 160];
    private static readonly double[] Rates = [0.05, 0.1, 0.2, 0.3, 0.5], Differences = [0.03, 0.05, 0.1, 0.2];

    /// <summary>The table as data: what some labels come to, by how often two models disagree and how much better one is.</summary>
    public static IReadOnlyList<object> Grid() =>
    [
        .. from rate in Rates
           from difference in Differences
           where difference <= (rate * LabelChances.UsualOneRight) + Tolerance
           select new { DisagreementRate = rate, Difference = difference, OneRight = LabelChances.UsualOneRight, Chances = Labels.Select(n => LabelChances.Of(n, rate, difference)) },
    ];

    /// <summary>Writes the table.</summary>
    public static void Write(Screen screen)
    {
        screen.Out.WriteLine(screen.Bold("How probably labels of disagreements point to the better model, and decide for it"));
        Prose.Hang(screen.Out, string.Empty, $"On {Numbers.Percent(LabelChances.UsualOneRight)} of the disagreements one of the two models is right, as is usual; elsewhere neither is.");
        screen.Out.WriteLine();
        Rows(Rates, LabelChances.UsualOneRight, screen);
        screen.Out.WriteLine();
        screen.Out.WriteLine("points / decides, in percent: the better model leads / the test says so at 5 %.");
    }

    /// <summary>The rows of some rates.</summary>
    public static void Rows(IReadOnlyList<double> rates, double oneRight, Screen screen)
    {
        screen.Out.WriteLine($"{"disagree",8}  {"differ by",10}  {string.Concat(Labels.Select(static n => $"{n,3} labels".PadLeft(12)))}");
        foreach (double rate in rates)
        {
            foreach (double difference in Differences.Where(difference => difference <= (rate * oneRight) + Tolerance))
            {
                string[] cells = [.. Labels.Select(n => LabelChances.Of(n, rate, difference, oneRight)).Select(static c => $"{100 * c.Right:0} / {100 * c.Decided:0}")];
                screen.Out.WriteLine($"{Numbers.Percent(rate),8}  {$"{100 * difference:0} points",10}  {string.Concat(cells.Select(static cell => cell.PadLeft(12)))}");
            }
        }
    }
}
