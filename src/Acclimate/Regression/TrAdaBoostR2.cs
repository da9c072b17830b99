using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Regression;

/// <summary>
/// TrAdaBoost for numbers: AdaBoost.R2's graded errors in place of right and wrong, so that target samples that are far off count more from round to round and source samples that are
/// count less. Pardoe, Stone, "Boosting for Regression Transfer", ICML 2010, TrAdaBoost.R2: e_i = |y_i − h_t(x_i)|/D with D the largest, ε_t = Σ_target w e/Σ_target w,
/// β_t = ε_t/(1 − ε_t), w_i^s ← w_i^s β^{e_i} with β = 1/(1 + √(2 ln n_s/N)), w_j^t ← w_j^t β_t^{−e_j}. The weighted median of the rounds' second half.
/// </summary>
/// <param name="rounds">N, 1 or more.</param>
internal sealed class TrAdaBoostR2(int rounds)
{
    /// <summary>Boosts on source and labelled target together.</summary>
    /// <param name="x">Both, the source's first: [n_s + n_t, d].</param>
    /// <param name="y">Their numbers.</param>
    /// <param name="ns">n_s.</param>
    /// <param name="regressor">What learns in a round.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    /// <returns>To be disposed.</returns>
    public (FittedRegressor Fitted, string Note) Fit(Tensor x, double[] y, int ns, Regressor regressor, CancellationToken cancellation)
    {
        List<FittedRegressor> members = [];
        try
        {
            return Boost(members, x, y, ns, regressor, cancellation);
        }
        catch
        {
            members.ForEach(static member => member.Dispose());
            throw;
        }
    }

    private (FittedRegressor Fitted, string Note) Boost(List<FittedRegressor> members, Tensor x, double[] y, int ns, Regressor regressor, CancellationToken cancellation)
    {
        double[] w = [.. Enumerable.Repeat(1.0, y.Length)];
        double beta = 1 / (1 + Math.Sqrt(2 * Math.Log(ns) / rounds));
        List<double> votes = [];
        while (members.Count < rounds)
        {
            cancellation.ThrowIfCancellationRequested();
            double mean = w.Average();
            FittedRegressor h = regressor.Fit(x, y, Array.ConvertAll(w, weight => weight / mean));
            double[] off = [.. h.Predict(x).Zip(y, static (said, truth) => Math.Abs(said - truth))];
            double largest = off.Max();
            double[] e = Array.ConvertAll(off, each => largest > 0 ? each / largest : 0);
            double error = 0, all = 0;
            for (int j = ns; j < y.Length; j++)
            {
                error += w[j] * e[j];
                all += w[j];
            }

            error /= all;

            // A round that is half wrong or worse is none, unless it is all there is; one without an error needs no other.
            if (error >= 0.5 && members.Count > 0)
            {
                h.Dispose();
                break;
            }

            members.Add(h);
            double betaT = error / (1 - error);
            votes.Add(error is > 0 and < 0.5 ? -Math.Log(betaT) : 1);
            if (error is 0 or >= 0.5)
                break;
            for (int i = 0; i < w.Length; i++)
                w[i] *= i < ns ? Math.Pow(beta, e[i]) : Math.Pow(betaT, -e[i]);
        }

        int from = members.Count / 2;
        for (int i = 0; i < from; i++)
            members[i].Dispose();
        double left = w.Take(ns).Sum() / w.Sum();
        return (
            new FittedMedianRegressor(members[from..], votes[from..]),
            string.Create(CultureInfo.InvariantCulture, $"{members.Count} of {rounds} rounds; the source ends with {100 * left:0.#} % of the weight"));
    }
}
