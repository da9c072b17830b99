using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.PseudoLabels;

/// <summary>P = softmax(Â ReLU(Â X W₀) W₁) on a graph of samples, its loss on the labelled ones, and the loss's slopes.</summary>
/// <param name="graph">The graph with an edge from each sample to itself and the normalised Laplacian, so that Â = I − L.</param>
/// <param name="x">X: [n, d].</param>
/// <param name="labelled">Which samples are labelled: n_l whole numbers.</param>
/// <param name="y">Y: their classes, [n_l, C], 1 where a sample is of a class.</param>
internal sealed class SampleConvolution(GraphLaplacian graph, Tensor x, Tensor labelled, Tensor y)
{
    /// <summary>d.</summary>
    public long Features => x.Size(1);

    /// <summary>−mean log P of the labelled samples' classes, its slopes, and P.</summary>
    /// <param name="w0">W₀: [d, h].</param>
    /// <param name="w1">W₁: [h, C].</param>
    /// <param name="dropout">How likely an element of X, and of the hidden layer, is dropped; the others grow to the same mean.</param>
    /// <param name="generator">Where the draw comes from; nothing is dropped without.</param>
    public (double Loss, Tensor D0, Tensor D1, Tensor Chances) Slope(Tensor w0, Tensor w1, double dropout = 0, Generator? generator = null)
    {
        bool drops = generator is not null && dropout > 0;

        // Â(XW₀) and not (ÂX)W₀: the graph is gone through with h numbers a sample, not d.
        Tensor seen = drops ? x * Kept(x) : x, sums = Propagated(graph, seen.MatMul(w0));
        Tensor hidden = sums.Relu(), kept = drops ? Kept(hidden) : hidden.OnesLike(), ah = Propagated(graph, hidden * kept);
        Tensor scores = ah.MatMul(w1), logs = Functional.LogSoftmax(scores.IndexSelect(0, labelled), 1);
        double count = y.Size(0), loss = -(logs * y).Sum().ToDouble() / count;

        // ∂/∂scores is (P − Y)/n_l on the labelled samples and 0 elsewhere; Â is symmetric.
        Tensor g = scores.ZerosLike().IndexAdd(0, labelled, (logs.Exp() - y) / count);
        Tensor dh = Propagated(graph, g).MatMul(w1.T) * kept * sums.GreaterThan(0).To(ScalarType.Float64);
        return (loss, seen.T.MatMul(Propagated(graph, dh)), ah.T.MatMul(g), Functional.Softmax(scores, 1));

        Tensor Kept(Tensor of) => of.BernoulliLike(1 - dropout, generator!) / (1 - dropout);
    }

    /// <summary>Âx.</summary>
    internal static Tensor Propagated(GraphLaplacian graph, Tensor x) => x - graph.MatMul(x);
}
