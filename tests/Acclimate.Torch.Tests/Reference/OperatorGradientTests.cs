using F = Acclimate.Torch.Functional;

namespace Acclimate.Torch.Tests.Reference;

public sealed class OperatorGradientTests
{
    private static readonly Dictionary<string, (Func<Tensor[], Tensor> Function, (bool Positive, long[] Shape)[] Inputs)> Cases = [];

    static OperatorGradientTests()
    {
        AddArithmetic();
        AddReductions();
        AddShapes();
        AddLinear();
        AddFunctional();
    }

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_OfOperator_AgreesWithFiniteDifferences(string name)
    {
        (Func<Tensor[], Tensor> function, (bool Positive, long[] Shape)[] inputs) = Cases[name];

        // Kinks (of |x|, of a maximum) are met with a chance of about h an element; with this seed none is.
        using Generator generator = new(11);
        GradientCheck.Check(function, Array.ConvertAll(inputs, input => (Draw(input.Positive, input.Shape, generator), input.Shape)));
    }

    [Fact]
    public void Functional_EveryFunction_HasAGradientCase()
    {
        IEnumerable<string> functions = typeof(Functional).GetMethods().Where(static m => m.IsStatic && m.ReturnType == typeof(Tensor)).Select(static m => m.Name);
        Assert.Empty(functions.Except(Cases.Keys.Select(static name => name.Split(' ')[0])));
    }

    [Theory]
    [InlineData(-0.7)]
    [InlineData(0)]
    public void ScaleGradient_AnyFactor_MultipliesTheGradientAndKeepsTheValue(double factor)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([1.5, -2.0]).WithGrad();
        Tensor y = x.ScaleGradient(factor);
        y.Square().Sum().Backward();
        Assert.Equal([1.5, -2.0], y.ToArray<double>());
        Assert.Equal([factor * 3.0, factor * -4.0], x.Grad!.ToArray<double>());
    }

    private static double[] Draw(bool positive, long[] shape, Generator generator)
    {
        using Tensor drawn = positive ? Tensor.Uniform(shape, generator, 0.5, 2, ScalarType.Float64) : Tensor.Normal(shape, generator, ScalarType.Float64);
        return drawn.ToArray<double>();
    }

    private static (bool, long[]) Any(params long[] shape) => (false, shape);

    private static (bool, long[]) Positive(params long[] shape) => (true, shape);

    private static void Add(string name, Func<Tensor[], Tensor> function, params (bool Positive, long[] Shape)[] inputs) =>
        Cases.Add(name, (function, inputs));

    private static void Unary(string name, Func<Tensor, Tensor> function) => Add(name, x => function(x[0]), Any(3, 4));

    private static void AddArithmetic()
    {
        Add("+", x => x[0] + x[1], Any(3, 4), Any(4));
        Add("-", x => x[0] - x[1], Any(3, 4), Any(3, 1));
        Add("*", x => x[0] * x[1], Any(3, 4), Any(4));
        Add("/", x => x[0] / x[1], Any(3, 4), Positive(4));
        Unary("+ number", x => (x + 2) + (0.5 + x));
        Unary("- number", x => (x - 2) - (0.5 - x));
        Unary("* number", x => (x * 2.5) * (0.5 * x));
        Unary("/ number", x => x / 2.5);
        Add("number /", x => 2.5 / x[0], Positive(3, 4));
        Unary("negate", x => -x);
        Unary("Abs", x => x.Abs());
        Unary("Exp", x => x.Exp());
        Add("Log", x => x[0].Log(), Positive(3, 4));
        Add("Log1p", x => x[0].Log1p(), Positive(3, 4));
        Add("Sqrt", x => x[0].Sqrt(), Positive(3, 4));
        Add("Rsqrt", x => x[0].Rsqrt(), Positive(3, 4));
        Unary("Square", x => x.Square());
        Add("Pow", x => x[0].Pow(1.7), Positive(3, 4));
        Unary("Sin", x => x.Sin());
        Unary("Cos", x => x.Cos());
        Unary("Tanh", x => x.Tanh());
        Unary("Sigmoid", x => x.Sigmoid());
        Unary("Relu method", x => x.Relu());
        Unary("Clamp", x => x.Clamp(-0.5, 0.5));
        Add("Maximum", x => x[0].Maximum(x[1]), Any(3, 4), Any(3, 4));
        Add("Minimum", x => x[0].Minimum(x[1]), Any(3, 4), Any(3, 4));
        Add("Where", x => x[0].Detach().GreaterThan(0).Where(x[0], x[1]), Any(3, 4), Any(3, 4));
        Unary("Clone", x => x.Clone());
        Unary("Contiguous", x => x.T.Contiguous());
    }

    private static void AddReductions()
    {
        Unary("Sum", x => x.Sum());
        Unary("Sum dimension", x => x.Sum(1, keep: true));
        Unary("Mean", x => x.Mean());
        Unary("Mean dimension", x => x.Mean(0));
        Unary("Mean dimensions", x => x.Mean([0, 1]));
        Unary("Variance", x => x.Variance(1));
        Unary("Variance biased", x => x.Variance(0, unbiased: false));
        Unary("StandardDeviation", x => x.StandardDeviation(1));
        Unary("Max", x => x.Max());
        Unary("Min", x => x.Min());
        Unary("Max dimension", x => x.Max(1));
        Unary("Min dimension", x => x.Min(0));
        Unary("Median", x => x.Median());
        Unary("Sort", x => x.Sort(1, descending: true).Values);
        Unary("LogSumExp", x => x.LogSumExp(1));
        Unary("CumulativeSum", x => x.CumulativeSum(1));
        Unary("Norm", x => x.Norm());
        Unary("Norm dimension", x => x.Norm(1));
    }

    private static void AddShapes()
    {
        Unary("index number", x => x[1]);
        Unary("index range", x => x[1.., ^1]);
        Unary("index new axis", x => x[TensorIndex.NewAxis, TensorIndex.All, 1..3]);
        Unary("index picks", x => x[TensorIndex.All, Tensor.From<long>([3, 0, 3])]);
        Unary("T", x => x.T);
        Unary("Reshape", x => x.Reshape(2, -1));
        Unary("Flatten", x => x.Flatten());
        Unary("Permute", x => x.Permute(1, 0));
        Unary("Transpose", x => x.Transpose(0, 1));
        Unary("Unsqueeze", x => x.Unsqueeze(1));
        Unary("Squeeze", x => x.Unsqueeze(1).Squeeze(1));
        Add("Expand", x => x[0].Expand(3, 4), Any(3, 1));
        Unary("Slice", x => x.Slice(1, 0, 4, 2));
        Unary("Select", x => x.Select(0, -1));
        Unary("IndexSelect", x => x.IndexSelect(0, Tensor.From<long>([2, 0, 2])));
        Unary("Gather", x => x.Gather(1, Tensor.From<long>([1, 3, 0], 3, 1)));
        Add("Concatenate", x => Tensor.Concatenate([x[0], x[1]], 1), Any(3, 4), Any(3, 2));
        Add("Stack", x => Tensor.Stack([x[0], x[1]], 1), Any(3, 4), Any(3, 4));
        Unary("Split", x => x.Split([1, 3], 1) is [var a, var b] ? a * b : throw new InvalidOperationException());
        Unary("Flip", x => x.Flip(0, 1));
        Add("Diagonal", x => x[0].Diagonal() * x[1], Any(3, 3), Any(3));
        Add("Diagonal of vector", x => x[0].Diagonal(), Any(3));
    }

    private static void AddLinear()
    {
        Add("MatMul", x => x[0].MatMul(x[1]), Any(3, 4), Any(4, 2));
        Add("MatMul batch", x => x[0].MatMul(x[1]), Any(2, 3, 4), Any(4, 2));
        Add("AddMatMul", x => x[0].AddMatMul(x[1], x[2], 0.5, 2), Any(3, 2), Any(3, 4), Any(4, 2));
        Add("SymmetricEigen values", x => (x[0] + x[0].T).SymmetricEigen().Values, Any(3, 3));
        Add("SymmetricEigen vectors", x => (x[0] + x[0].T).SymmetricEigen().Vectors.Square(), Any(3, 3));
        Add("Svd", x => x[0].Svd().S, Any(3, 2));
        Add("SingularValues", x => x[0].SingularValues(), Any(3, 2));
        Add("Svd vectors", x => x[0].Svd() is var (u, s, vt) ? (u * s).MatMul(vt) + u.Square().Sum() : x[0], Any(3, 2));
        Add("Solve", x => (x[0] + (3 * Tensor.Eye(3, ScalarType.Float64))).Solve(x[1]), Any(3, 3), Any(3, 2));
        Add("Cholesky", x => (x[0].MatMul(x[0].T) + Tensor.Eye(3, ScalarType.Float64)).Cholesky(), Any(3, 3));
    }

    private static void AddFunctional()
    {
        Add("Linear", x => F.Linear(x[0], x[1], x[2]), Any(3, 4), Any(2, 4), Any(2));
        Add("Conv2d", x => F.Conv2d(x[0], x[1], x[2]), Any(2, 2, 4, 4), Any(3, 2, 3, 3), Any(3));
        Add("ConvTranspose2d", x => F.ConvTranspose2d(x[0], x[1], x[2]), Any(2, 2, 3, 3), Any(2, 3, 3, 3), Any(3));
        Add("ConvTranspose2d all", x => F.ConvTranspose2d(x[0], x[1], x[2], 2, 1, 1, 2), Any(1, 4, 3, 2), Any(4, 1, 3, 3), Any(2));
        Add("Conv2d all", x => F.Conv2d(x[0], x[1], x[2], (2, 1), (1, 2), (1, 2), 2), Any(1, 4, 5, 4), Any(2, 2, 3, 2), Any(2));
        Add("BatchNorm training", x => F.BatchNorm(x[0], null, null, x[1], x[2], training: true), Any(3, 2, 2, 2), Positive(2), Any(2));
        Add("BatchNorm use", x => F.BatchNorm(x[0], Zeros(2), Ones(2) * 2, x[1], x[2]), Any(3, 2), Positive(2), Any(2));
        Add("MaxPool2d", x => F.MaxPool2d(x[0], 2, 1, 1), Any(1, 2, 3, 3));
        Add("AvgPool2d", x => F.AvgPool2d(x[0], (2, 3), 1, 1), Any(1, 2, 3, 3));
        Add("AdaptiveAvgPool2d", x => F.AdaptiveAvgPool2d(x[0], (2, 1)), Any(1, 2, 3, 3));
        Unary("Dropout", x => Dropped(x, 0.4));
        Unary("Dropout none", x => Dropped(x, 0));
        Unary("Relu", F.Relu);

        // In the place of a result that no backward pass needs; a leaf can't be overwritten.
        Unary("ReluInPlace", x => F.ReluInPlace(x * 2));
        Unary("LeakyRelu", x => F.LeakyRelu(x, 0.2));
        Unary("Relu6", x => F.Relu6(x * 5));
        Unary("Relu6InPlace", x => F.Relu6InPlace(x * 5));
        Unary("Hardsigmoid", x => F.Hardsigmoid(x * 3));
        Unary("Hardswish", x => F.Hardswish(x * 3));
        Unary("Gelu", F.Gelu);
        Add("LayerNorm", x => F.LayerNorm(x[0], x[1], x[2]), Any(3, 4), Positive(4), Any(4));
        Unary("Softmax", x => F.Softmax(x));
        Unary("LogSoftmax", x => F.LogSoftmax(x, 0));
        Unary("CrossEntropy", x => F.CrossEntropy(x, Labels()));
        Unary("CrossEntropy weights", x => F.CrossEntropy(x, Labels(), Tensor.From([0.5, 1, 2, 0.1]), 0.1, Reduction.Sum));
        Unary("NllLoss", x => F.NllLoss(F.LogSoftmax(x), Labels(), reduction: Reduction.None));
        Unary("BinaryCrossEntropyWithLogits", x => F.BinaryCrossEntropyWithLogits(x, Ones(3, 4) * 0.3));
        Add("MseLoss", x => F.MseLoss(x[0], x[1]), Any(3, 4), Any(3, 4));
        Add("Interpolate", x => F.Interpolate(x[0], (3, 2)), Any(1, 2, 5, 4));
        Add("Interpolate larger", x => F.Interpolate(x[0], 4), Any(1, 1, 3, 2));
        Add("AffineGrid", x => F.AffineGrid(x[0], 2, 3), Any(2, 2, 3));
        Add("GridSample", x => F.GridSample(x[0], x[1] * 0.3), Any(1, 2, 4, 3), Any(1, 2, 2, 2));
        Add("GridSample repeated", x => F.GridSample(x[0], x[1], GridBorder.Repeated), Any(1, 1, 4, 3), Any(1, 2, 2, 2));
    }

    private static Tensor Labels() => Tensor.From<long>([3, 0, 1]);

    private static Tensor Ones(params long[] shape) => Tensor.Ones(shape, ScalarType.Float64);

    private static Tensor Zeros(params long[] shape) => Tensor.Zeros(shape, ScalarType.Float64);

    private static Tensor Dropped(Tensor x, double probability)
    {
        using Generator generator = new(5);
        return F.Dropout(x, probability, generator);
    }
}
