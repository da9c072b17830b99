using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>The distance of two samples' covariances.</summary>
public static class Coral
{
    /// <summary>
    /// ‖C_s − C_t‖²_F / (4d²), C_s and C_t the unbiased covariances of the d features. Sun and Saenko, "Deep CORAL:
    /// Correlation Alignment for Deep Domain Adaptation", ECCV Workshops 2016. Differentiable in both samples.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 2, floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d], m ≥ 2.</param>
    /// <returns>A single number, 0 or more.</returns>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or fewer than 2 rows.</exception>
    public static Tensor Distance(Tensor source, Tensor target)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 2, "a covariance");
        double features = x.Size(1);
        return scope.Keep((Covariance(x) - Covariance(y)).Square().Sum() / (4 * features * features));
    }

    private static Tensor Covariance(Tensor sample)
    {
        Tensor centred = sample - sample.Mean(0, keep: true);
        return centred.T.MatMul(centred) / (sample.Size(0) - 1);
    }
}
