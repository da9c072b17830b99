using Acclimate.Classifiers.Native;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>
/// Support vector machines whose samples count differently, one for each pair of classes: the C-SVM's dual, min ½αᵀQα − 1ᵀα with Q_kl = y_k y_l k(x_k, x_l), yᵀα = 0 and
/// 0 ≤ α_k ≤ C w_k, by the interior point method. libsvm itself gives weights to classes only.
/// </summary>
internal static class WeightedPairs
{
    /// <summary>The most samples of a pair of classes, whose kernel matrix is taken whole.</summary>
    public const int Most = 6000;

    /// <summary>The machines, as libsvm's would be handed back.</summary>
    /// <param name="kernel">The kernel of some rows of the samples with some, given their numbers: [n, m].</param>
    /// <param name="labels">Classes from 0 without gaps.</param>
    /// <param name="c">C.</param>
    /// <param name="classWeights">What each class's C is multiplied by.</param>
    /// <param name="weights">What each sample's C is multiplied by, above 0.</param>
    /// <exception cref="ArgumentException">A pair of classes has too many samples.</exception>
    public static Svm.Pairs Train(Func<Tensor, Tensor> kernel, int[] labels, double c, double[] classWeights, double[] weights)
    {
        using TensorScope scope = TensorScope.Begin();
        int present = classWeights.Length, pairs = present * (present - 1) / 2, pair = 0;
        double[] coefficients = new double[labels.Length * pairs], offsets = new double[pairs];
        HashSet<int> support = [];
        for (int i = 0; i < present; i++)
        {
            for (int j = i + 1; j < present; j++, pair++)
            {
                using TensorScope each = TensorScope.Begin();
                int[] rows = [.. Enumerable.Range(0, labels.Length).Where(k => labels[k] == i || labels[k] == j)];
                if (rows.Length > Most)
                    throw new ArgumentException($"two classes have {rows.Length:N0} samples, and a kernel machine whose samples are weighed takes {Most:N0} at the most: take svm or logistic instead");
                Tensor y = Tensor.From([.. rows.Select(k => labels[k] == i ? 1.0 : -1)]);
                Tensor upper = Tensor.From([.. rows.Select(k => c * classWeights[labels[k]] * weights[k])]);
                Tensor q = kernel(Tensor.From(Array.ConvertAll(rows, static k => (long)k))) * y.Unsqueeze(1) * y.Unsqueeze(0);
                BoxedQuadratic.Solution dual = BoxedQuadratic.Minimise(new DenseQuadratic(q), -Tensor.Ones([rows.Length], ScalarType.Float64), upper, y, 0, 0);
                double[] alpha = (dual.X * y).ToArray<double>();
                offsets[pair] = -dual.Multiplier;
                for (int k = 0; k < rows.Length; k++)
                {
                    coefficients[(rows[k] * pairs) + pair] = alpha[k];
                    if (alpha[k] != 0)
                        support.Add(rows[k]);
                }
            }
        }

        return new Svm.Pairs(scope.Keep(Tensor.From(coefficients, labels.Length, pairs)), scope.Keep(Tensor.From(offsets, 1, pairs)), [.. support.Order()]);
    }
}
