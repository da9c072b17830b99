using Acclimate.Features;
using Acclimate.Features.Transport;
using Acclimate.TestSupport;
using Acclimate.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Features.Transport;

public sealed class SinkhornTransportTests
{
    [Fact]
    public void Solve_AnyProblem_MeetsTheConditionsOfOptimality() =>
        Prop.ForAll(Problems().ToArbitrary(), problem =>
        {
            using TensorScope scope = TensorScope.Begin();
            (Tensor cost, double epsilon) = (Tensor.From(problem.Cost, problem.Rows, problem.Cost.Length / problem.Rows), problem.Epsilon);
            Coupling found = EntropicTransport.Solve(cost, epsilon, 1e-12, 100_000, TestContext.Current.CancellationToken);

            // γ is optimal if and only if its masses are right and C + ε log γ = f + g for some f and g: centred both ways, nothing is left.
            Tensor left = Centred(cost + (found.Plan.Log() * epsilon));
            return found.Certificate.ConstraintError <= 1e-9 && left.Abs().Max().ToDouble() <= 1e-10 && found.Certificate.KktResidual <= 1e-9;
        }).Check(Draws.Seeded);

    [Fact]
    public void Solve_SidesExchangedOrUnitsChanged_SameCoupling() =>
        // Costs from 0 to 1: an iteration brings the scalings closer to their limit by tanh²(1/2ε) (Franklin, Lorenz, 1989), so that masses
        // within 1e-12 leave a coupling of a dozen by a dozen within 1e-11 cosh²(1/2ε) of its limit: 1e-9 but for the smallest ε.
        Prop.ForAll(Problems().ToArbitrary(), problem =>
        {
            double bound = Math.Max(1e-9, 1e-11 * Math.Pow(Math.Cosh(0.5 / problem.Epsilon), 2));
            using TensorScope scope = TensorScope.Begin();
            Tensor cost = Tensor.From(problem.Cost, problem.Rows, problem.Cost.Length / problem.Rows);
            Tensor plan = Plan(cost, problem.Epsilon);
            return (Plan(cost.T.Contiguous(), problem.Epsilon).T - plan).Abs().Max().ToDouble() <= bound
                && (Plan(cost * 1000, problem.Epsilon * 1000) - plan).Abs().Max().ToDouble() <= bound;
        }).Check(Draws.Seeded);

    [Fact]
    public void Solve_HardlyAnyEntropy_IsTheExactTransport()
    {
        // exp(−C/ε) is 0 throughout at this ε: nothing but logarithms holds it.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor cost = Tensor.Uniform([12, 12], generator, 4, 5, ScalarType.Float64);

        Coupling found = EntropicTransport.Solve(cost, 5e-3, 1e-12, 20_000, TestContext.Current.CancellationToken);

        (List<(int I, int J, long Mass)> arcs, _, _) = TransportSimplex.Solve(cost.ToArray<double>(), Ones(12), Ones(12));
        double exact = arcs.Sum(arc => cost.ToArray<double>()[(arc.I * 12) + arc.J]) / 12;
        Assert.Equal(0, (cost / -5e-3).Exp().Max().ToDouble());

        // It is worse than the cheapest by no more than ε log 144, and better by no more than its masses are off.
        Assert.InRange((found.Plan * cost).Sum().ToDouble() - exact, -5 * found.Certificate.ConstraintError!.Value, 5e-3 * Math.Log(144));
        Assert.InRange(found.Certificate.KktResidual!.Value, 0, 1e-6);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-5)]
    [InlineData(1e-8)]
    public void Solve_ScalingsBeyondFloat64_StaysACoupling(double epsilon)
    {
        // One iteration moves the potentials by about 1, which is e^(1/ε) as a scaling: e^1000 and more.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(8);
        Tensor cost = Tensor.Uniform([30, 20], generator, 4, 5, ScalarType.Float64);

        Coupling found = EntropicTransport.Solve(cost, epsilon, 1e-9, 3000, TestContext.Current.CancellationToken);

        Assert.InRange((found.Plan.Sum(1) - (1.0 / 30)).Abs().Max().ToDouble(), 0, 1e-9);
        Assert.InRange((found.Plan.Sum(0) - (1.0 / 20)).Abs().Max().ToDouble(), 0, 1.0 / 20);
        Assert.InRange(found.Certificate.KktResidual!.Value, 0, 0.05);
    }

    [Fact]
    public void Solve_MuchEntropy_SpreadsEverythingEvenly()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor plan = Plan(Tensor.Uniform([7, 9], generator, 0, 1, ScalarType.Float64), 1e6);
        Assert.InRange((plan - (1.0 / 63)).Abs().Max().ToDouble(), 0, 1e-6);
    }

    [Fact]
    public void Solve_TooFewIterations_SaysSo()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Coupling found = EntropicTransport.Solve(
            Tensor.Uniform([30, 20], generator, 0, 1, ScalarType.Float64), 1e-3, 1e-9, 5, TestContext.Current.CancellationToken);

        Assert.Contains("stopped at 5", Assert.Single(found.Certificate.Notes), StringComparison.Ordinal);
        Assert.True(found.Certificate.ConstraintError > 1e-3, $"{found.Certificate.ConstraintError}");
        Assert.True(found.Certificate.KktResidual > 1e-6, $"{found.Certificate.KktResidual}");
    }

    [Fact]
    public void Fit_EveryNorm_MapsAsPot()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(34, 25, 5, seed: 4);
        Tensor unseen = ToyFeatures.Shifted(11, 3, 5, seed: 5).Source;
        const string Python = """
            np.vstack([(lambda t: np.vstack([t.transform(Xs=x), t.transform(Xs=z)]))(ot.da.SinkhornTransport(reg_e=e, norm=n, tol=1e-12).fit(Xs=x, Xt=y))
                for n, e in [(None, 20), ('median', .5), ('max', .5), ('log', .5), ('loglog', .5)]])
            """;
        Tensor[] expected = PythonOptimalTransport.Evaluate(Python, ("x", data.Source), ("y", data.Target), ("z", unseen)).Split([45, 45, 45, 45, 45]);

        foreach (CostScale norm in Enum.GetValues<CostScale>())
        {
            using FittedFeatures fitted = new SinkhornTransport { Norm = norm, Regularisation = norm == CostScale.None ? 20 : 0.5, Tolerance = 1e-12 }.Fit(data);
            Tensor mapped = Tensor.Concatenate([fitted.Source.Apply(data.Source), fitted.Source.Apply(unseen)]);
            Assert.InRange((mapped - expected[(int)norm]).Abs().Max().ToDouble(), 0, 1e-8);
        }
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 4)]
    public void Norm_Median_IsTheMiddleOrTheMeanOfTwo(int rows, int columns)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(6);
        Tensor cost = Tensor.Uniform([rows, columns], generator, 1, 2, ScalarType.Float64);
        double[] sorted = [.. cost.ToArray<double>().Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

        Assert.InRange((CostScale.Median.Apply(cost) - (cost / median)).Abs().Max().ToDouble(), 0, 1e-15);
        Assert.True(CostScale.Median.Apply(cost.ZerosLike()).Equals(0).All());
    }

    [Theory]
    [InlineData("regularisation", "0")]
    [InlineData("iterations", "0")]
    [InlineData("tolerance", "0")]
    public void Validate_OptionOutOfRange_IsRefusedByName(string option, string value)
    {
        FeatureMethod method = (FeatureMethod)Acclimate.Catalog.MethodCatalog.Find("ot-sinkhorn").Create(new Dictionary<string, string> { [option] = value });
        Assert.Contains($"ot-sinkhorn: {option}", Assert.Throws<ArgumentException>(method.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("W>D", 87.90)]
    [InlineData("D>W", 87.80)]
    public void Fit_SurfTask_IsPotsFigure(string task, double expected) =>
        Assert.Equal(expected, RealPairs.Accuracy("surf", task, new SinkhornTransport(), "rowsum,zscore,l2"), 0.005);

    private static Tensor Plan(Tensor cost, double epsilon) =>
        EntropicTransport.Solve(cost, epsilon, 1e-12, 100_000, TestContext.Current.CancellationToken).Plan;

    private static Tensor Centred(Tensor matrix)
    {
        Tensor rows = matrix - matrix.Mean(1, keep: true);
        return rows - rows.Mean(0, keep: true);
    }

    private static long[] Ones(int count) => Enumerable.Repeat(1L, count).ToArray();

    private static Gen<(double[] Cost, int Rows, double Epsilon)> Problems() =>
        from n in Gen.Choose(1, 12)
        from m in Gen.Choose(1, 12)
        from whole in Gen.ArrayOf(Gen.Choose(0, 1000), n * m)
        from epsilon in Gen.Elements(0.05, 0.3, 2, 50)
        select (Array.ConvertAll(whole, static c => c / 1000.0), n, epsilon);
}
