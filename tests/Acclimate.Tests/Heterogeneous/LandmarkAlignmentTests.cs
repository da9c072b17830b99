using Acclimate.Heterogeneous;
using Acclimate.Torch;

namespace Acclimate.Tests.Heterogeneous;

/// <summary>The alignment of CDLS against its formula, sum by sum.</summary>
public sealed class LandmarkAlignmentTests
{
    private const double Delta = 0.5, Lambda = 0.3;
    private static readonly int[] SourceLabels = [0, 0, 0, 1, 1, 1, 1], KnownLabels = [0, 1, 1], Pseudo = [1, 0, 0, 1, 1];

    [Fact]
    public void Transform_IsTheMinimum_OfTheFormula()
    {
        using TensorScope scope = TensorScope.Begin();
        Setting setting = new(seed: 1);
        Tensor a = setting.Alignment.Transform(setting.Weights);
        double least = setting.Energy(a, setting.Weights);

        // A quadratic with curvature of at least λ: any step of length 0.01 costs more.
        using Generator generator = new(9);
        for (int i = 0; i < 20; i++)
        {
            Tensor step = Tensor.Normal([4, 3], generator, ScalarType.Float64);
            Assert.True(setting.Energy(a + (step * (0.01 / step.Norm().ToDouble())), setting.Weights) > least);
        }

        // And the slope there is none: central differences of a quadratic are exact but for rounding, 1e-16 · E / 1e-4.
        for (int i = 0; i < 12; i++)
        {
            double[] unit = new double[12];
            unit[i] = 1e-4;
            Tensor step = Tensor.From<double>(unit, 4, 3);
            Assert.Equal(0, (setting.Energy(a + step, setting.Weights) - setting.Energy(a - step, setting.Weights)) / 2e-4, 1e-9);
        }
    }

    [Fact]
    public void Quadratic_Differences_AreTheFormulas()
    {
        using TensorScope scope = TensorScope.Begin();
        Setting setting = new(seed: 2);
        using Generator generator = new(3);
        Tensor a = Tensor.Normal([4, 3], generator, ScalarType.Float64);
        (Tensor q, Tensor b) = setting.Alignment.Quadratic(a);
        double[] other = Tensor.Uniform([12], generator, type: ScalarType.Float64).ToArray<double>();

        double difference = Value(q, b, other) - Value(q, b, setting.Weights);

        // Both sum a few dozen squares of size 1 to 10.
        Assert.Equal(setting.Energy(a, other) - setting.Energy(a, setting.Weights), difference, 1e-10);
    }

    [Fact]
    public void Weigh_MeetsItsConstraintsAndFirstOrderConditions()
    {
        using TensorScope scope = TensorScope.Begin();
        Setting setting = new(seed: 4);
        using Generator generator = new(5);
        Tensor a = Tensor.Normal([4, 3], generator, ScalarType.Float64);
        (Tensor q, Tensor b) = setting.Alignment.Quadratic(a);

        GroupedQuadratic.Minimum found = setting.Alignment.Weigh(a);

        Assert.All(found.At, static weight => Assert.InRange(weight, 0, 1));
        Assert.All(setting.Alignment.Groups, group => Assert.Equal(Delta, group.Average(i => found.At[i]), 1e-9));
        Assert.True(found.Value < Value(q, b, [.. Enumerable.Repeat(Delta, 12)]));

        // In each group one multiplier: entries between the ends have its slope, those at 0 no less and those at 1 no more.
        double[] slope = (q.MatMul(Tensor.From(found.At)) + b).ToArray<double>();
        double scale = slope.Max(Math.Abs);
        foreach (int[] group in setting.Alignment.Groups)
        {
            double least = group.Where(i => found.At[i] < 1 - 1e-9).Select(i => slope[i]).DefaultIfEmpty(double.PositiveInfinity).Min();
            double most = group.Where(i => found.At[i] > 1e-9).Select(i => slope[i]).DefaultIfEmpty(double.NegativeInfinity).Max();

            // It stops at a residual of 1e-6 of the largest slope, which a group's own projection can double.
            Assert.True(most - least <= 1e-5 * scale, $"{most} and {least} of {scale}");
        }
    }

    private static double Value(Tensor q, Tensor b, double[] at)
    {
        Tensor theta = Tensor.From(at);
        return (((q.MatMul(theta) * theta).Sum() * 0.5) + (b * theta).Sum()).ToDouble();
    }

    /// <summary>A small problem, and the formula of its energy in loops.</summary>
    private sealed class Setting
    {
        private readonly Tensor source, known, others;

        public Setting(long seed)
        {
            using Generator generator = new(seed);
            source = Tensor.Normal([7, 4], generator, ScalarType.Float64);
            known = Tensor.Normal([3, 3], generator, ScalarType.Float64);
            others = Tensor.Normal([5, 3], generator, ScalarType.Float64);
            Weights = Tensor.Uniform([12], generator, type: ScalarType.Float64).ToArray<double>();
            Alignment = new LandmarkAlignment(source, SourceLabels, known, KnownLabels, others, Pseudo, Delta, Lambda);
        }

        public LandmarkAlignment Alignment { get; }

        public double[] Weights { get; }

        public double Energy(Tensor a, double[] weights)
        {
            double[][] x = Rows(source.MatMul(a)), l = Rows(known), u = Rows(others);
            double[] alpha = weights[..7], beta = weights[7..];
            double energy = Lambda * a.Square().Sum().ToDouble() + Gap(_ => true);
            for (int c = 0; c < 2; c++)
            {
                int k = c;
                energy += Gap(label => label == k);
                int ns = SourceLabels.Count(label => label == c), nl = KnownLabels.Count(label => label == c), nu = Pseudo.Count(label => label == c);
                double pairs = (Delta * ns * nl) + (Delta * nl * nu) + (Delta * Delta * nu * ns), sum = 0;
                for (int i = 0; i < 7; i++)
                {
                    for (int j = 0; j < 3; j++)
                        sum += SourceLabels[i] == c && KnownLabels[j] == c ? alpha[i] * Squared(x[i], l[j]) : 0;
                    for (int j = 0; j < 5; j++)
                        sum += SourceLabels[i] == c && Pseudo[j] == c ? alpha[i] * beta[j] * Squared(x[i], u[j]) : 0;
                }

                for (int i = 0; i < 3; i++)
                {
                    for (int j = 0; j < 5; j++)
                        sum += KnownLabels[i] == c && Pseudo[j] == c ? beta[j] * Squared(l[i], u[j]) : 0;
                }

                energy += sum / pairs;
            }

            return energy;

            double Gap(Func<int, bool> of)
            {
                double[] gap = new double[3];
                int ns = SourceLabels.Count(of), nl = KnownLabels.Count(of), nu = Pseudo.Count(of);
                for (int k = 0; k < 3; k++)
                {
                    for (int i = 0; i < 7; i++)
                        gap[k] += of(SourceLabels[i]) ? alpha[i] * x[i][k] / (Delta * ns) : 0;
                    for (int i = 0; i < 3; i++)
                        gap[k] -= of(KnownLabels[i]) ? l[i][k] / (nl + (Delta * nu)) : 0;
                    for (int i = 0; i < 5; i++)
                        gap[k] -= of(Pseudo[i]) ? beta[i] * u[i][k] / (nl + (Delta * nu)) : 0;
                }

                return gap.Sum(static g => g * g);
            }
        }

        private static double[][] Rows(Tensor matrix) => [.. matrix.ToArray<double>().Chunk((int)matrix.Size(1))];

        private static double Squared(double[] a, double[] b) => a.Zip(b, static (p, q) => (p - q) * (p - q)).Sum();
    }
}
