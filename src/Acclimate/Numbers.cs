using System.Globalization;
using Acclimate.Discrepancies;
using Acclimate.Runs;

namespace Acclimate;

/// <summary>Figures as they are shown: with their unit and uncertainty, in the invariant form.</summary>
internal static class Numbers
{
    /// <summary>As <c>4,000</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>As <c>46.8 MB</c>, three digits, thousands of thousands.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        (double value, int unit) = (bytes, 0);
        for (; value >= 999.5; unit++)
            value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{value:G3} {units[unit]}");
    }

    /// <summary>A share as <c>78.4 %</c>.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    /// <summary>As <c>3,686 of 115,442 parameters (3.2 %)</c>.</summary>
    public static string Part(long part, long whole, string unit) => $"{Count(part)} of {Count(whole)} {unit} ({Percent((double)part / whole)})";

    /// <summary>Three significant digits, as <c>0.0123</c>.</summary>
    public static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>Two decimals, as <c>1.97</c>; what rounds to nothing has no sign.</summary>
    public static string Fixed(double value) => (Math.Abs(value) < 0.005 ? 0 : value).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>As <c>3 min 5 s</c>.</summary>
    public static string Duration(double seconds) =>
        seconds < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60} s");

    /// <summary>As <c>78.4 % (95 % interval 77.1–79.6, 4,000 samples)</c>.</summary>
    public static string Accuracy(Score score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Percent(score.Accuracy)} (95 % interval {100 * score.Low:0.0}–{100 * score.High:0.0}, {Count(score.Samples)} samples)");

    /// <summary>As <c>Open set: OS 61.4 % · OS* 60.5 % · unknown recall 70.2 % · HOS 65.0 %</c>; what no sample tells is left out.</summary>
    public static string OpenSet(OpenSetScore score)
    {
        (string Name, double? Share)[] parts = [("OS", score.Os), ("OS*", score.OsStar), ("unknown recall", score.UnknownRecall), ("HOS", score.Hos)];
        return "Open set: " + string.Join(" · ", parts.Where(static part => part.Share is not null).Select(static part => $"{part.Name} {Percent(part.Share!.Value)}"));
    }

    /// <summary>As <c>0.031</c>, or <c>&lt; 0.001</c>.</summary>
    public static string Chance(double pValue) => pValue < 0.001 ? "< 0.001" : pValue.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>As <c>p &lt; 0.005</c> where the permutations can resolve no less, else <c>p = 0.31</c>.</summary>
    public static string PValue(PermutationTestResult test) => test.PValue <= 1.0 / (1 + test.Permutations)
        ? $"p < {Math.Ceiling(1000.0 / (1 + test.Permutations)) / 1000}"
        : $"p = {test.PValue.ToString("0.##", CultureInfo.InvariantCulture)}";
}
