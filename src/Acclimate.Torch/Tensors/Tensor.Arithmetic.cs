using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <content>Element by element: arithmetic, functions, comparisons. Shapes broadcast as in numpy.</content>
public sealed partial class Tensor
{
    private static readonly Operator AddTensor = Op("aten::add.Tensor");
    private static readonly Operator AddScalar = Op("aten::add.Scalar");
    private static readonly Operator SubTensor = Op("aten::sub.Tensor");
    private static readonly Operator SubScalar = Op("aten::sub.Scalar");
    private static readonly Operator MulTensor = Op("aten::mul.Tensor");
    private static readonly Operator MulScalar = Op("aten::mul.Scalar");
    private static readonly Operator DivTensor = Op("aten::div.Tensor");
    private static readonly Operator DivScalar = Op("aten::div.Scalar");

    /// <summary>The sum.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => AddTensor.Call(left, right);

    /// <summary>The sum with a number.</summary>
    public static Tensor operator +(Tensor left, double right) => AddScalar.Call(left, Number(right));

    /// <summary>The sum with a number.</summary>
    public static Tensor operator +(double left, Tensor right) => AddScalar.Call(right, Number(left));

    /// <summary>The difference.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => SubTensor.Call(left, right);

    /// <summary>The difference from a number.</summary>
    public static Tensor operator -(Tensor left, double right) => SubScalar.Call(left, Number(right));

    /// <summary>The number less the elements.</summary>
    public static Tensor operator -(double left, Tensor right) => Op("aten::rsub.Scalar").Call(right, Number(left));

    /// <summary>The elements with their signs turned.</summary>
    public static Tensor operator -(Tensor tensor) => Op("aten::neg").Call(tensor);

    /// <summary>The product, element by element.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => MulTensor.Call(left, right);

    /// <summary>The product with a number.</summary>
    public static Tensor operator *(Tensor left, double right) => MulScalar.Call(left, Number(right));

    /// <summary>The product with a number.</summary>
    public static Tensor operator *(double left, Tensor right) => MulScalar.Call(right, Number(left));

    /// <summary>The quotient, element by element; whole numbers divide to floating point.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => DivTensor.Call(left, right);

    /// <summary>The quotient by a number.</summary>
    public static Tensor operator /(Tensor left, double right) => DivScalar.Call(left, Number(right));

    /// <summary>The number divided by the elements.</summary>
    public static Tensor operator /(double left, Tensor right)
    {
        using Tensor reciprocal = Op("aten::reciprocal").Call(right);
        return reciprocal * left;
    }

    /// <summary>Adds <paramref name="other"/> × <paramref name="factor"/> to this tensor itself.</summary>
    /// <param name="other">What to add.</param>
    /// <param name="factor">What to multiply it by first.</param>
    public void AddInPlace(Tensor other, double factor = 1) => Op("aten::add_.Tensor").Run(this, other, factor);

    /// <summary>Multiplies this tensor itself by a number.</summary>
    /// <param name="factor">The number.</param>
    public void MulInPlace(double factor) => Op("aten::mul_.Scalar").Run(this, factor);

    /// <summary>|x|.</summary>
    public Tensor Abs() => Op("aten::abs").Call(this);

    /// <summary>eˣ.</summary>
    public Tensor Exp() => Op("aten::exp").Call(this);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log() => Op("aten::log").Call(this);

    /// <summary>log(1 + x), exact for small x.</summary>
    public Tensor Log1p() => Op("aten::log1p").Call(this);

    /// <summary>√x.</summary>
    public Tensor Sqrt() => Op("aten::sqrt").Call(this);

    /// <summary>1/√x.</summary>
    public Tensor Rsqrt() => Op("aten::rsqrt").Call(this);

    /// <summary>x².</summary>
    public Tensor Square() => Op("aten::square").Call(this);

    /// <summary>xᵖ.</summary>
    /// <param name="exponent">p.</param>
    public Tensor Pow(double exponent) => Op("aten::pow.Tensor_Scalar").Call(this, Number(exponent));

    /// <summary>The sine, of radians.</summary>
    public Tensor Sin() => Op("aten::sin").Call(this);

    /// <summary>The cosine, of radians.</summary>
    public Tensor Cos() => Op("aten::cos").Call(this);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Op("aten::tanh").Call(this);

    /// <summary>1/(1 + e⁻ˣ).</summary>
    public Tensor Sigmoid() => Op("aten::sigmoid").Call(this);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => Op("aten::relu").Call(this);

    /// <summary>−1, 0 or 1 by the sign.</summary>
    public Tensor Sign() => Op("aten::sign").Call(this);

    /// <summary>The nearest whole numbers, halves to even.</summary>
    public Tensor Round() => Op("aten::round").Call(this);

    /// <summary>The greatest whole numbers that are not above.</summary>
    public Tensor Floor() => Op("aten::floor").Call(this);

    /// <summary>The elements held within bounds.</summary>
    /// <param name="low">The lower bound, or none.</param>
    /// <param name="high">The upper bound, or none.</param>
    public Tensor Clamp(double? low = null, double? high = null) =>
        Op("aten::clamp").Call(this, low is { } l ? l : Value.None, high is { } h ? h : Value.None);

    /// <summary>The greater of each pair.</summary>
    /// <param name="other">The other tensor.</param>
    public Tensor Maximum(Tensor other) => Op("aten::maximum").Call(this, other);

    /// <summary>The lesser of each pair.</summary>
    /// <param name="other">The other tensor.</param>
    public Tensor Minimum(Tensor other) => Op("aten::minimum").Call(this, other);

    /// <summary>Where this tensor (of truth values) is true the one, elsewhere the other.</summary>
    /// <param name="yes">Taken where true.</param>
    /// <param name="no">Taken where false.</param>
    public Tensor Where(Tensor yes, Tensor no) => Op("aten::where.self").Call(this, yes, no);

    /// <summary>True where the elements are equal.</summary>
    /// <param name="other">The other tensor.</param>
    public Tensor Equals(Tensor other) => Op("aten::eq.Tensor").Call(this, other);

    /// <summary>True where the elements equal a number.</summary>
    /// <param name="number">The number.</param>
    public Tensor Equals(double number) => Op("aten::eq.Scalar").Call(this, Number(number));

    /// <summary>True where the elements are greater.</summary>
    /// <param name="other">The other tensor.</param>
    public Tensor GreaterThan(Tensor other) => Op("aten::gt.Tensor").Call(this, other);

    /// <summary>True where the elements are greater than a number.</summary>
    /// <param name="number">The number.</param>
    public Tensor GreaterThan(double number) => Op("aten::gt.Scalar").Call(this, Number(number));

    /// <summary>True where the elements are less than a number.</summary>
    /// <param name="number">The number.</param>
    public Tensor LessThan(double number) => Op("aten::lt.Scalar").Call(this, Number(number));

    /// <summary>Truth values turned round.</summary>
    public Tensor Not() => Op("aten::logical_not").Call(this);

    /// <summary>True where the element is neither infinite nor NaN.</summary>
    public Tensor IsFinite() => Op("aten::isfinite").Call(this);

    /// <summary>Whether all elements are equal and the shapes too.</summary>
    /// <param name="other">The other tensor, of the same type.</param>
    public bool SameAs(Tensor other) => Op("aten::equal").CallInteger(this, other) != 0;

    /// <summary>A scalar argument: a whole number stays one, so that integer tensors stay integers.</summary>
    private static Value Number(double number) =>
        Math.Floor(number) == number && Math.Abs(number) < 1L << 53 ? (Value)(long)number : number;
}
