using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Discrepancies;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public sealed class AdversarialJointAdaptationNetworkTests
{
    [Fact]
    public void Loss_AtFirst_IsThatOfJan()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Loops.Sample(1, 6, 7), y = Loops.Sample(2, 5, 7, 0.7);
        using JointAdaptationNetwork jan = new();
        using AdversarialJointAdaptationNetwork adversarial = Attached(x, generator);

        Assert.Equal(
            jan.Loss(JointAdaptationNetworkTests.Step(x, y))[0].Value.ToDouble(), adversarial.Loss(JointAdaptationNetworkTests.Step(x, y))[0].Value.ToDouble(), 1e-14);
    }

    // The plain discrepancy of θ(z), written out without any turned gradient: z must descend it, θ ascend it.
    [Fact]
    public void Loss_Gradients_NetworkDescendsAndThetaAscends()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Loops.Sample(1, 6, 7).WithGrad(), y = Loops.Sample(2, 5, 7, 0.7).WithGrad();
        using AdversarialJointAdaptationNetwork adversarial = Attached(x, generator);
        Tensor[] theta = [.. adversarial.Network!.NamedParameters().Select(static p => p.Value)];
        using (NoGrad.Begin())
        {
            foreach (Tensor parameter in theta)
                parameter.AddInPlace(Tensor.Normal(parameter.Shape, generator, ScalarType.Float64), 0.2);
        }

        Tensor[] leaves = [x, y, .. theta];
        Tensor?[] found = Tensor.Gradients(adversarial.Loss(JointAdaptationNetworkTests.Step(x, y))[0].Value, leaves);

        TrainingStep step = JointAdaptationNetworkTests.Step(x, y);
        Tensor Through(Tensor layer, int l) => layer.MatMul(theta[2 * l].T) + theta[(2 * l) + 1];
        JointMmd jmmd = new() { Kernels = [GaussianKernels.AroundMean(5), GaussianKernels.WithGammas(1.68)], Estimator = MmdEstimator.QuadraticUnbiased };
        Tensor plain = jmmd.Estimate(
            [Through(step.Source.Features, 0), Through(step.Source.Probabilities, 1)], [Through(step.Target.Features, 0), Through(step.Target.Probabilities, 1)]);
        Tensor?[] expected = Tensor.Gradients(plain, leaves);
        for (int i = 0; i < leaves.Length; i++)
        {
            double sign = i < 2 ? 1 : -1;

            // The same float64 operations but for signs: only their order may differ. A shift common to both domains
            // changes no distance, so the biases' slopes are 0 but for rounding.
            Loops.Near([.. expected[i]!.ToArray<double>().Select(slope => sign * slope)], found[i]!.ToArray<double>(), 1e-12);
            if (leaves[i].Rank == 2)
                Assert.True(expected[i]!.Norm().ToDouble() > 1e-3);
        }
    }

    private static AdversarialJointAdaptationNetwork Attached(Tensor example, Generator generator)
    {
        AdversarialJointAdaptationNetwork adversarial = new();
        adversarial.Attach(new FitContext(Steps.Split(example, 4), generator));
        adversarial.Network!.To(ScalarType.Float64);
        return adversarial;
    }
}
