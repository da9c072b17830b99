using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Torch;

namespace Acclimate.ZeroShot;

/// <summary>What is taken for the chance of an attribute before a sample is seen.</summary>
public enum AttributePrior
{
    /// <summary>The share of classes with samples that have it.</summary>
    Seen,

    /// <summary>One half.</summary>
    Half,
}

/// <summary>
/// DAP: a classifier for each attribute, and from what these say of a sample the chance of each class by its attributes. Lampert, Nickisch,
/// Harmeling, "Learning To Detect Unseen Object Classes by Between-Class Attribute Transfer", CVPR 2009, equation 2.
/// </summary>
/// <remarks>
/// <para>With logistic regression p(a_m = 1|x) = σ(f_m(x)), and log σ(f) = f + log σ(−f): in Σ_m log p(a_m^z|x) what is left after Σ_m a_m^z f_m(x) is
/// the same for every class z. So the posterior is the softmax of Σ_m a_m^z f_m(x) − Σ_m log p(a_m^z), which is linear in x.</para>
/// <para>An attribute that all classes with samples have, or none, can't be learnt and is left out. Attributes that are no yes or no count as
/// yes above their mean over the table's classes.</para>
/// </remarks>
[Method("dap", Family.Unlabelled, LabelSetting.OtherClasses,
    Command = MethodEntry.ZeroShot,
    Title = "Direct Attribute Prediction (DAP)",
    Summary = "A classifier for each attribute, learnt on other classes; a class without samples is as likely as its attributes are together.",
    Formula = "p(z|x) ∝ Π_m p(a_m^z|x) / p(a_m^z)",
    Paper = "Lampert, Nickisch, Harmeling: Learning To Detect Unseen Object Classes by Between-Class Attribute Transfer, CVPR 2009")]
public sealed class DirectAttributePrediction : ZeroShotMethod
{
    /// <summary>C of the attributes' classifiers, above 0.</summary>
    [Option("C", "what a sample's loss weighs against ‖w‖²/2 in the attributes' classifiers, above 0", Search = "0.001..100 log", Source = "ours: the usual default of a penalised classifier; the paper has support vector machines with a C of their own")]
    public double C { get; init; } = 1;

    /// <summary>The attributes' chances beforehand.</summary>
    [Option("prior", "the chance of an attribute beforehand: the share of classes with samples that have it, or one half", Source = "seen in the paper")]
    public AttributePrior Prior { get; init; } = AttributePrior.Seen;

    /// <inheritdoc/>
    public override void Validate() => Require(C > 0 && double.IsFinite(C), $"C is {C}; expected a number above 0");

    /// <inheritdoc/>
    protected override (Tensor Weight, Tensor Offset) Learn(Tensor samples, int[] labels, AttributeTable table)
    {
        int[] seen = [.. labels.Distinct().Order()];
        bool[][] has = Has(table);
        List<Tensor> weights = [], offsets = [];
        List<double[]> attributes = [];
        double[] prior = new double[has.Length];
        for (int m = 0; m < table.Attributes; m++)
        {
            double share = seen.Average(c => has[c][m] ? 1.0 : 0);
            if (share is 0 or 1)
                continue;
            using FittedClassifier fitted = new LogisticRegression { C = C }.Fit(samples, [.. labels.Select(c => has[c][m] ? 1 : 0)], 2);
            FittedLinear two = (FittedLinear)fitted;
            weights.Add(two.Weight.Slice(1, 1, 2) - two.Weight.Slice(1, 0, 1));
            offsets.Add(two.Offset.Slice(1, 1, 2) - two.Offset.Slice(1, 0, 1));
            attributes.Add([.. has.Select(row => row[m] ? 1.0 : 0)]);
            double chance = Prior == AttributePrior.Half ? 0.5 : share;
            for (int c = 0; c < prior.Length; c++)
                prior[c] += Math.Log(has[c][m] ? chance : 1 - chance);
        }

        if (weights.Count == 0)
            throw new ArgumentException("no attribute tells the classes with samples apart: there is nothing to learn", nameof(table));
        Tensor a = Tensor.From<double>([.. attributes.SelectMany(static row => row)], attributes.Count, has.Length);
        return (Tensor.Concatenate([.. weights], 1).MatMul(a), Tensor.Concatenate([.. offsets], 1).MatMul(a) - Tensor.From<double>(prior, 1, prior.Length));
    }

    /// <summary>Which attributes each class has.</summary>
    private static bool[][] Has(AttributeTable table)
    {
        double[] least = [.. Enumerable.Range(0, table.Attributes).Select(m => Enumerable.Range(0, table.Classes.Count).Average(c => table[c][m]))];
        return [.. Enumerable.Range(0, table.Classes.Count).Select(c => table[c].Select((value, m) => value > least[m]).ToArray())];
    }
}
