using Acclimate.Relations.Grounding;

namespace Acclimate.Relations.Learning;

/// <summary>
/// The pseudo-log-likelihood of what is known, Σ_a c_a log P(x_a | all other atoms) − Σ_i (w_i − μ_i)² / 2σ². With Δ_ai the change of clause i's count
/// where atom a comes to hold, P(x_a = 1 | …) = 1 / (1 + exp(−Σ_i w_i Δ_ai)), so that the gradient is Σ_a c_a (x_a − P_a) Δ_ai − (w_i − μ_i) / σ². It is
/// concave: Newton's steps, halved until they rise enough, find its only maximum. Besag, "Statistical analysis of non-lattice data", 1975.
/// </summary>
internal sealed class PseudoLikelihood
{
    /// <summary>What a hard clause weighs beside learnt ones: a world that breaks it is e³⁰ times less likely for each instance.</summary>
    public const double HardWeight = 30;

    private const int MostSteps = 100;

    private readonly RelationalData data;
    private readonly double[] counted;
    private readonly double[] fixedMargins;
    private readonly IReadOnlyList<Column> columns;
    private readonly IReadOnlyList<double> means;
    private readonly double precision;

    /// <param name="data">What is known.</param>
    /// <param name="clauses">The clauses whose weights are asked for.</param>
    /// <param name="hard">Clauses that must hold.</param>
    /// <param name="prior">σ, the prior's deviation.</param>
    /// <param name="means">μ, the prior's means; 0 if left out.</param>
    /// <param name="weighted">Whether each predicate counts the same, by c_a = 1 / its atoms (Kok and Domingos, ICML 2005), and not each atom.</param>
    public PseudoLikelihood(
        RelationalData data, IReadOnlyList<Clause> clauses, IEnumerable<Clause>? hard = null, double prior = double.PositiveInfinity, IReadOnlyList<double>? means = null, bool weighted = false)
    {
        this.data = data;
        columns = [.. clauses.Select(clause => data[clause])];
        counted = weighted ? data.ByPredicate() : [.. data.Of.Select(static _ => 1.0)];
        fixedMargins = new double[data.Of.Length];
        foreach (Clause clause in hard ?? [])
            AddTo(fixedMargins, data[clause], HardWeight);
        this.means = means ?? new double[clauses.Count];
        precision = 1 / (prior * prior);
    }

    /// <summary>Σ_i w_i Δ_ai for each atom a.</summary>
    public double[] Margins(IReadOnlyList<double> weights)
    {
        double[] margins = [.. fixedMargins];
        for (int i = 0; i < columns.Count; i++)
            AddTo(margins, columns[i], weights[i]);
        return margins;
    }

    /// <summary>The value with the prior's term.</summary>
    public double Value(IReadOnlyList<double> weights)
    {
        double value = LogLikelihood(weights);
        for (int i = 0; i < weights.Count; i++)
            value -= precision * (weights[i] - means[i]) * (weights[i] - means[i]) / 2;
        return value;
    }

    /// <summary>The value without it.</summary>
    public double LogLikelihood(IReadOnlyList<double> weights)
    {
        double[] margins = Margins(weights);
        double value = 0;
        for (int a = 0; a < margins.Length; a++)
            value += counted[a] * LogSigmoid(data.Holds[a] ? margins[a] : -margins[a]);
        return value;
    }

    /// <summary>The value's gradient.</summary>
    public double[] Gradient(IReadOnlyList<double> weights)
    {
        double[] residuals = Residuals(Margins(weights));
        return [.. columns.Select((column, i) => Product(column, residuals) - (precision * (weights[i] - means[i])))];
    }

    /// <summary>The weights at which the value is highest.</summary>
    /// <param name="start">Where to start; the prior's means if left out.</param>
    /// <param name="cancellation">Stops it.</param>
    public double[] Maximise(IReadOnlyList<double>? start = null, CancellationToken cancellation = default)
    {
        double[] weights = [.. start ?? means];
        double value = Value(weights);
        for (int step = 0; step < MostSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] gradient = Gradient(weights);
            if (gradient.All(slope => Math.Abs(slope) < 1e-9))
                break;
            double[] direction = Cholesky.Solve(Curvature(weights), gradient);
            double rise = gradient.Zip(direction, static (g, d) => g * d).Sum(), length = 1;
            while (length > 1e-10)
            {
                double[] next = [.. weights.Zip(direction, (w, d) => w + (length * d))];
                double found = Value(next);
                if (found >= value + (1e-4 * length * rise))
                {
                    (weights, value) = (next, found);
                    break;
                }

                length /= 2;
            }

            if (length <= 1e-10 || rise < 1e-12)
                break;
        }

        return weights;
    }

    /// <summary>log 1 / (1 + e^−z), which neither over- nor underflows.</summary>
    internal static double LogSigmoid(double z) => z >= 0 ? -double.LogP1(Math.Exp(-z)) : z - double.LogP1(Math.Exp(z));

    private static void AddTo(double[] margins, Column column, double weight)
    {
        if (weight == 0)
            return;
        for (int k = 0; k < column.Atoms.Length; k++)
            margins[column.Atoms[k]] += weight * column.Changes[k];
    }

    private static double Product(Column column, double[] values)
    {
        double sum = 0;
        for (int k = 0; k < column.Atoms.Length; k++)
            sum += column.Changes[k] * values[column.Atoms[k]];
        return sum;
    }

    private double[] Residuals(double[] margins) => [.. margins.Select((margin, a) => counted[a] * ((data.Holds[a] ? 1 : 0) - Math.Exp(LogSigmoid(margin))))];

    /// <summary>The negated Hessian, Σ_a c_a P_a (1 − P_a) Δ_ai Δ_aj + δ_ij / σ²; a millionth of its scale on the diagonal keeps it regular where clauses say the same.</summary>
    private double[,] Curvature(IReadOnlyList<double> weights)
    {
        double[] spread = [.. Margins(weights).Select((margin, a) => counted[a] * Math.Exp(LogSigmoid(margin) + LogSigmoid(-margin)))];
        double[,] curvature = new double[columns.Count, columns.Count];
        double[] scattered = new double[spread.Length];
        double scale = 0;
        for (int i = 0; i < columns.Count; i++)
        {
            Column column = columns[i];
            for (int k = 0; k < column.Atoms.Length; k++)
                scattered[column.Atoms[k]] = column.Changes[k] * spread[column.Atoms[k]];
            for (int j = 0; j <= i; j++)
                curvature[i, j] = curvature[j, i] = Product(columns[j], scattered);
            foreach (int atom in column.Atoms)
                scattered[atom] = 0;
            scale = Math.Max(scale, curvature[i, i]);
        }

        for (int i = 0; i < columns.Count; i++)
            curvature[i, i] += precision + (1e-6 * scale) + 1e-12;
        return curvature;
    }
}
