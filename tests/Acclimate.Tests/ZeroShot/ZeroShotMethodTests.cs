using Acclimate.Classifiers;
using Acclimate.Torch;
using Acclimate.ZeroShot;

namespace Acclimate.Tests.ZeroShot;

public sealed class ZeroShotMethodTests
{
    private static readonly AttributeTable Table = new(
        ["ant", "bee", "cat", "dog", "eel", "fly"], [[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 1, 1], [1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1]]);

    [Fact]
    public void Eszsl_EqualsItsFormulaInLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor samples, int[] labels) = Samples(seed: 1);
        const double Gamma = 0.3, Lambda = 0.2;

        using FittedLinear found = new EmbarrassinglySimpleZeroShot { Gamma = Gamma, Lambda = Lambda }.Fit(samples, labels, Table);

        // (XXᵀ + γI) V (SSᵀ + λI) = XYSᵀ, entry by entry; X has a sample a column.
        double[][] x = [.. samples.ToArray<double>().Chunk(5)], s = [.. Enumerable.Range(0, 6).Select(static c => Unit(Table[c]))];
        int[] seen = [0, 1, 2, 3];
        double[,] left = new double[5, 5], right = new double[4, 4], wanted = new double[5, 4];
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
                left[i, j] = x.Sum(row => row[i] * row[j]);
            for (int a = 0; a < 4; a++)
                wanted[i, a] = x.Select((row, n) => row[i] * seen.Sum(c => (labels[n] == c ? 1 : -1) * s[c][a])).Sum();
        }

        for (int a = 0; a < 4; a++)
        {
            for (int b = 0; b < 4; b++)
                right[a, b] = seen.Sum(c => s[c][a] * s[c][b]);
        }

        double ofX = Enumerable.Range(0, 5).Average(i => left[i, i]), ofS = Enumerable.Range(0, 4).Average(a => right[a, a]);
        for (int i = 0; i < 5; i++)
            left[i, i] += Gamma * ofX;
        for (int a = 0; a < 4; a++)
            right[a, a] += Lambda * ofS;

        // What is found is V times each class's attributes: six classes tell V where their rows span all four attributes.
        double[] w = found.Weight.ToArray<double>();
        Tensor v = Tensor.From<double>(w, 5, 6).MatMul(Inverse(s));
        double[] entries = v.ToArray<double>();
        for (int i = 0; i < 5; i++)
        {
            for (int a = 0; a < 4; a++)
            {
                double product = 0;
                for (int j = 0; j < 5; j++)
                {
                    for (int b = 0; b < 4; b++)
                        product += left[i, j] * entries[(j * 4) + b] * right[b, a];
                }

                // Sums of about 1,000 in size; the two systems are conditioned at 1,000 or better.
                Assert.Equal(wanted[i, a], product, 1e-9 * 1000);
            }
        }
    }

    [Fact]
    public void Dap_Probabilities_AreTheProductOfItsAttributes()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor samples, int[] labels) = Samples(seed: 2);

        using FittedLinear found = new DirectAttributePrediction { C = 0.7 }.Fit(samples, labels, Table);

        // The fourth attribute is every class's, and is left out; the seen classes have the others in 2, 3 and 2 of 4 cases.
        double[] chances = [0.5, 0.75, 0.5];
        double[,] posterior = new double[labels.Length, 6];
        for (int n = 0; n < labels.Length; n++)
        {
            for (int c = 0; c < 6; c++)
                posterior[n, c] = 1;
        }

        for (int m = 0; m < 3; m++)
        {
            using FittedClassifier attribute = new LogisticRegression { C = 0.7 }.Fit(samples, [.. labels.Select(c => (int)Table[c][m])], 2);
            double[] p = attribute.Probabilities(samples).ToArray<double>();
            for (int n = 0; n < labels.Length; n++)
            {
                for (int c = 0; c < 6; c++)
                    posterior[n, c] *= Table[c][m] == 1 ? p[(2 * n) + 1] / chances[m] : p[2 * n] / (1 - chances[m]);
            }
        }

        double[] said = found.Probabilities(samples).ToArray<double>();
        for (int n = 0; n < labels.Length; n++)
        {
            double sum = Enumerable.Range(0, 6).Sum(c => posterior[n, c]);

            // The same figures by another way: products of a few probabilities.
            for (int c = 0; c < 6; c++)
                Assert.Equal(posterior[n, c] / sum, said[(6 * n) + c], 1e-12);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_AttributesThatAreSeen_FindClassesThatAreNot(bool closed)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor samples, int[] labels) = Samples(seed: 3);
        ZeroShotMethod method = closed ? new EmbarrassinglySimpleZeroShot() : new DirectAttributePrediction();

        using FittedLinear all = method.Fit(samples, labels, Table), others = ZeroShotMethod.Among(all, [4, 5]);
        (Tensor unseen, int[] truth) = Drawn([4, 5], 30, seed: 4);

        double right = others.Predict(unseen).Zip(truth, static (found, label) => found + 4 == label ? 1.0 : 0).Average();
        Assert.True(right > 0.9, $"{right} right");
    }

    [Fact]
    public void Fit_WhatCannotBeLearntFrom_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor samples, int[] labels) = Samples(seed: 5);
        EmbarrassinglySimpleZeroShot method = new();

        Assert.Contains("all of one class", Assert.Throws<ArgumentException>(() => method.Fit(samples, new int[labels.Length], Table)).Message, StringComparison.Ordinal);
        Assert.Contains("0 to 5", Assert.Throws<ArgumentException>(() => method.Fit(samples, [.. labels[1..], 7], Table)).Message, StringComparison.Ordinal);
        Assert.Contains("'bee' has 1 attributes", Assert.Throws<ArgumentException>(() => new AttributeTable(["ant", "bee"], [[1, 2], [3]])).Message, StringComparison.Ordinal);
        Assert.Contains("eszsl: gamma is 0", Assert.Throws<ArgumentException>(() => new EmbarrassinglySimpleZeroShot { Gamma = 0 }.Validate()).Message, StringComparison.Ordinal);
        Assert.Contains("dap: C is -1", Assert.Throws<ArgumentException>(() => new DirectAttributePrediction { C = -1 }.Validate()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_EqualsTheHandsFigures()
    {
        // Class 0 (seen): 1 of 2; class 1 (seen): 1 of 1; class 2: 1 of 4.
        ZeroShotScore score = ZeroShotScore.Of([0, 0, 1, 2, 2, 2, 2], [0, 1, 1, 2, 0, 0, 1], [0, 1]);

        Assert.Equal(0.75, score.Seen!.Value, 1e-15);
        Assert.Equal(0.25, score.Unseen!.Value, 1e-15);
        Assert.Equal(0.375, score.Harmonic!.Value, 1e-15);
        Assert.Equal(new ZeroShotScore(null, 0, null), ZeroShotScore.Of([2], [0], [0, 1]));
    }

    /// <summary>Forty samples of the first four classes.</summary>
    private static (Tensor Samples, int[] Labels) Samples(long seed) => Drawn([0, 1, 2, 3], 10, seed);

    /// <summary>Samples whose first four features are their class's attributes, with noise.</summary>
    private static (Tensor Samples, int[] Labels) Drawn(int[] classes, int each, long seed)
    {
        using Generator generator = new(seed);
        int[] labels = [.. classes.SelectMany(c => Enumerable.Repeat(c, each))];
        Tensor means = Table.Rows(labels) * 3;
        Tensor wide = Tensor.Concatenate([means, Tensor.Zeros([labels.Length, 1], ScalarType.Float64)], 1);
        return (wide + (Tensor.Normal(wide.Shape, generator, ScalarType.Float64) * 0.5) - 1.5, labels);
    }

    private static double[] Unit(IReadOnlyList<double> row)
    {
        double length = Math.Sqrt(row.Sum(static value => value * value));
        return [.. row.Select(value => value / length)];
    }

    /// <summary>The right inverse of Sᵀ's rows: [6, 4] with Sᵀ · it = I.</summary>
    private static Tensor Inverse(double[][] s)
    {
        Tensor st = Tensor.From<double>([.. s.SelectMany(static row => row)], 6, 4).T;
        return st.T.MatMul(st.MatMul(st.T).Solve(Tensor.Eye(4, ScalarType.Float64)));
    }
}
