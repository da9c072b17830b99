using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// Weights of the source's samples under which its distribution is nearest to the target's: a ≥ 0, and each class keeps
/// the share of the weight that it has of the samples, so that the weights can't do without a class (Gong, Grauman, Sha,
/// ICML 2013, equation 4; Baktashmotlagh and others, CVPR 2014, equation 9).
/// </summary>
internal static class SourceWeights
{
    private const int Rounds = 50;
    private const int Halvings = 30;

    /// <summary>Goes down from given weights by steps a ← a·exp(−ηg), each class scaled to its share, with η halved until the distance falls.</summary>
    /// <param name="data">The source's classes.</param>
    /// <param name="start">a: [n_s, 1], above 0, each class with its share.</param>
    /// <param name="distance">The distance and its derivatives at weights.</param>
    /// <returns>a: [n_s, 1].</returns>
    public static Tensor Learn(FeatureData data, Tensor start, Func<Tensor, DistanceSlope> distance)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor member = Tensor.From<long>([.. data.SourceLabels.Select(static label => (long)label)]).OneHot(data.Classes).To(ScalarType.Float64);
        Tensor shares = member.Mean(0).Unsqueeze(1), weights = start;
        (double value, Tensor gradient) = At(weights);
        double eta = 1 / Math.Max(gradient.Abs().Max().ToDouble(), double.Epsilon);
        for (int round = 0, halved = 0; round < Rounds && halved < Halvings; round++)
        {
            Tensor raw = weights * ((gradient - gradient.Max()) * -eta).Clamp(high: 50).Exp();
            Tensor next = raw * member.MatMul(shares / member.T.MatMul(raw).Clamp(low: double.Epsilon));
            (double there, Tensor slope) = At(next);
            if (there < value)
            {
                (weights, value, gradient, halved) = (next, there, slope, 0);
                eta *= 2;
            }
            else
            {
                eta /= 2;
                halved++;
            }
        }

        return all.Keep(weights);

        (double Value, Tensor Gradient) At(Tensor a)
        {
            DistanceSlope slope = distance(a);
            return (slope.Value, slope.Weights);
        }
    }
}
