using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Heterogeneous;

/// <summary>
/// How well weighted source samples X A lie on the target's samples Z, as a whole and class by class:
/// <code>
/// E = ‖m_S − m_T‖² + Σ_c ‖m_S^c − m_T^c‖² + Σ_c 1/e_c (Σ α_i‖x_iA − z_l‖² + Σ β_u‖z_l − z_u‖² + Σ α_iβ_u‖x_iA − z_u‖²) + λ‖A‖²
/// </code>
/// with m_S = Σ α_i x_iA / (δ n_S), m_T = (Σ z_l + Σ β_u z_u)/(n_L + δ n_U), e_c = δ n_S n_L + δ n_L n_U + δ² n_U n_S by the class's numbers, l over
/// labelled and u over pseudo-labelled target samples. Tsai, Yeh, Wang, CVPR 2016, equations 3 to 6. Quadratic in A, and in α and β.
/// </summary>
/// <param name="source">X: [n_S, d_s].</param>
/// <param name="sourceLabels">The classes of its rows.</param>
/// <param name="known">Z_L: [n_L, m].</param>
/// <param name="knownLabels">The classes of its rows.</param>
/// <param name="others">Z_U: [n_U, m]; no row where pseudo-labels are not there yet.</param>
/// <param name="pseudoLabels">The classes that its rows are taken to have.</param>
/// <param name="delta">δ, the part of each class's samples that counts.</param>
/// <param name="lambda">λ.</param>
internal sealed class LandmarkAlignment(
    Tensor source, int[] sourceLabels, Tensor known, int[] knownLabels, Tensor others, int[] pseudoLabels, double delta, double lambda)
{
    private readonly int[] classes = [.. sourceLabels.Distinct().Where(c => knownLabels.Contains(c) || pseudoLabels.Contains(c)).Order()];

    /// <summary>The classes whose entries of (α, β) have the mean δ: the source's, then the pseudo-labelled target's.</summary>
    public IReadOnlyList<int[]> Groups { get; } =
    [
        .. Enumerable.Range(0, sourceLabels.Length).GroupBy(i => sourceLabels[i]).Select(static group => group.ToArray()),
        .. Enumerable.Range(0, pseudoLabels.Length).GroupBy(u => pseudoLabels[u]).Select(group => group.Select(u => sourceLabels.Length + u).ToArray()),
    ];

    /// <summary>The A that minimises E for these weights: (λI + XᵀHX)⁻¹ XᵀG.</summary>
    /// <param name="weights">(α, β).</param>
    public Tensor Transform(double[] weights)
    {
        using TensorScope scope = TensorScope.Begin();
        (double[] alpha, double[] beta) = Split(weights);
        double[] within = new double[alpha.Length];
        List<double[]> rows = [], pulls = [];
        List<Tensor> wanted = [], sums = [];
        foreach (int c in (int[])[-1, .. classes])
        {
            Numbers n = Count(c);
            Tensor sum = Weighed(known, knownLabels, null, c) + Weighed(others, pseudoLabels, beta, c);
            rows.Add(Of(c, i => alpha[i] / (delta * n.Source)));
            wanted.Add(sum / n.Target(delta));
            if (c < 0)
                continue;
            double present = n.Known + pseudoLabels.Select((label, u) => label == c ? beta[u] : 0).Sum(), all = n.Pairs(delta);
            pulls.Add(Of(c, i => alpha[i] / all));
            sums.Add(sum);
            for (int i = 0; i < within.Length; i++)
                within[i] += pulls[^1][i] * present;
        }

        Tensor means = Matrix(rows).MatMul(source), left = means.T.MatMul(means) + source.T.MatMul(source * Tensor.From(within).Unsqueeze(1));
        Tensor right = means.T.MatMul(Tensor.Concatenate([.. wanted])) + Matrix(pulls).MatMul(source).T.MatMul(Tensor.Concatenate([.. sums]));
        return scope.Keep((left + (Tensor.Eye(source.Size(1), ScalarType.Float64) * lambda)).Solve(right));
    }

    /// <summary>The weights (α, β) that minimise E for this A, between 0 and 1 with the mean δ in each class.</summary>
    /// <param name="transform">A.</param>
    public GroupedQuadratic.Minimum Weigh(Tensor transform)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor q, Tensor b) = Quadratic(transform);
        return GroupedQuadratic.Minimise(q, b.ToArray<double>(), Groups, delta);
    }

    /// <summary>E as a function of the weights for this A, less what does not depend on them: ½θᵀQθ + bᵀθ.</summary>
    /// <param name="transform">A.</param>
    internal (Tensor Q, Tensor B) Quadratic(Tensor transform)
    {
        using TensorScope scope = TensorScope.Begin();
        int ns = sourceLabels.Length, all = ns + pseudoLabels.Length;
        Tensor mapped = source.MatMul(transform), both = Tensor.Concatenate([mapped, -others]);
        List<double[]> scales = [];
        List<Tensor> offsets = [];
        double[] same = new double[all * all], pull = new double[all];
        double[] toKnown = PairwiseDistances.Squared(Tensor.Concatenate([mapped, others]), known).ToArray<double>();
        double[] across = pseudoLabels.Length == 0 ? [] : PairwiseDistances.Squared(mapped, others).ToArray<double>();
        foreach (int c in (int[])[-1, .. classes])
        {
            Numbers n = Count(c);
            int[] ours = At(sourceLabels, c), pseudo = At(pseudoLabels, c), labelled = At(knownLabels, c);
            double[] scale = new double[all];
            foreach (int i in ours)
                scale[i] = 1 / (delta * n.Source);
            foreach (int u in pseudo)
                scale[ns + u] = 1 / n.Target(delta);
            scales.Add(scale);
            offsets.Add(Weighed(known, knownLabels, null, c) / n.Target(delta));
            if (c < 0)
                continue;
            double pairs = n.Pairs(delta);
            foreach (int i in (int[])[.. ours, .. pseudo.Select(u => ns + u)])
                pull[i] += labelled.Sum(l => toKnown[(i * knownLabels.Length) + l]) / pairs;
            foreach (int i in ours)
            {
                foreach (int u in pseudo)
                    same[(i * all) + ns + u] = same[((ns + u) * all) + i] = across[(i * pseudoLabels.Length) + u] / pairs;
            }
        }

        Tensor s = Matrix(scales);
        Tensor q = (s.T.MatMul(s) * both.MatMul(both.T) * 2) + Tensor.From<double>(same, all, all);
        Tensor b = Tensor.From(pull) - ((s.T * both.MatMul(Tensor.Concatenate([.. offsets]).T)).Sum(1) * 2);
        return (scope.Keep(q), scope.Keep(b));
    }

    private (double[] Alpha, double[] Beta) Split(double[] weights) => (weights[..sourceLabels.Length], weights[sourceLabels.Length..]);

    /// <summary>The numbers of a class's samples, or of all where the class is −1.</summary>
    private Numbers Count(int c) => new(At(sourceLabels, c).Length, At(knownLabels, c).Length, At(pseudoLabels, c).Length);

    private static int[] At(int[] labels, int c) => [.. Enumerable.Range(0, labels.Length).Where(i => c < 0 || labels[i] == c)];

    private double[] Of(int c, Func<int, double> value) => [.. sourceLabels.Select((label, i) => c < 0 || label == c ? value(i) : 0)];

    /// <summary>The weighted sum of a class's rows: [1, m].</summary>
    private static Tensor Weighed(Tensor rows, int[] labels, double[]? weights, int c)
    {
        using TensorScope scope = TensorScope.Begin();
        double[] parts = [.. labels.Select((label, i) => c < 0 || label == c ? weights?[i] ?? 1 : 0)];
        return scope.Keep(parts.Length == 0 ? Tensor.Zeros([1, rows.Size(1)], ScalarType.Float64) : Tensor.From<double>(parts, 1, parts.Length).MatMul(rows));
    }

    private static Tensor Matrix(List<double[]> rows) => Tensor.From<double>([.. rows.SelectMany(static row => row)], rows.Count, rows[0].Length);

    private readonly record struct Numbers(int Source, int Known, int Others)
    {
        public double Target(double delta) => Known + (delta * Others);

        public double Pairs(double delta) => ((double)delta * Source * Known) + (delta * Known * Others) + (delta * delta * Others * Source);
    }
}
