namespace Acclimate.Metrics;

/// <summary>How far two lists of figures go together, from −1 to 1.</summary>
public static class Correlation
{
    /// <summary>Pearson's r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²): whether they lie on a line. Not a number where one list is constant.</summary>
    /// <param name="x">Two or more figures.</param>
    /// <param name="y">As many.</param>
    /// <exception cref="ArgumentException">They are not as many, or fewer than two.</exception>
    public static double Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Require(x, y);
        double ofX = x.Average(), ofY = y.Average(), both = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Count; i++)
        {
            both += (x[i] - ofX) * (y[i] - ofY);
            xx += (x[i] - ofX) * (x[i] - ofX);
            yy += (y[i] - ofY) * (y[i] - ofY);
        }

        return both / Math.Sqrt(xx * yy);
    }

    /// <summary>
    /// Kendall's τ_b = (C − D) / √((P − T_x)(P − T_y)): of all P pairs, those that both lists order alike less those they order
    /// otherwise, T being the ties of one list. Not a number where one list is constant. Kendall, Biometrika 33, 1945.
    /// </summary>
    /// <param name="x">Two or more figures.</param>
    /// <param name="y">As many.</param>
    /// <exception cref="ArgumentException">They are not as many, or fewer than two.</exception>
    public static double Kendall(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Require(x, y);
        long alike = 0, orderedX = 0, orderedY = 0;
        for (int i = 0; i < x.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int byX = x[i].CompareTo(x[j]), byY = y[i].CompareTo(y[j]);
                alike += byX * byY;
                orderedX += byX * byX;
                orderedY += byY * byY;
            }
        }

        return alike / Math.Sqrt((double)orderedX * orderedY);
    }

    private static void Require(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count || x.Count < 2)
            throw new ArgumentException($"{x.Count} figures and {y.Count}; a correlation takes as many of each, two or more", nameof(y));
    }
}
