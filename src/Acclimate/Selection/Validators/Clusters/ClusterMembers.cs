using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>Which samples belong together: the classes that have any, ascending.</summary>
internal sealed class ClusterMembers
{
    public ClusterMembers(int[] labels)
    {
        Classes = [.. labels.Distinct().Order()];
        Places = Array.ConvertAll(labels, label => Array.BinarySearch(Classes, label));
        Sizes = new double[Classes.Length];
        foreach (int place in Places)
            Sizes[place]++;
    }

    /// <summary>The classes.</summary>
    public int[] Classes { get; }

    /// <summary>How many there are.</summary>
    public int Count => Classes.Length;

    /// <summary>Each sample's place among them.</summary>
    public int[] Places { get; }

    /// <summary>How many samples each has.</summary>
    public double[] Sizes { get; }

    /// <summary>[n, k] float64.</summary>
    public Tensor OneHot() => Tensor.From(Array.ConvertAll(Places, static place => (long)place)).OneHot(Count).To(ScalarType.Float64);

    /// <summary>The mean of each cluster: [k, d].</summary>
    public Tensor Means(Tensor samples) => OneHot().T.MatMul(samples) / Tensor.From(Sizes).Unsqueeze(1);
}
