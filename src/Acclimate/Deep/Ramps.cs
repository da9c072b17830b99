namespace Acclimate.Deep;

/// <summary>How a term's weight λ grows over a run.</summary>
public enum Ramp
{
    /// <summary>2/(1 + e^(−10p)) − 1: from 0 to 1, so that early noise in the features isn't aligned.</summary>
    Sigmoid,

    /// <summary>1 from the first step.</summary>
    Constant,
}

/// <summary>The value of a ramp.</summary>
public static class Ramps
{
    /// <summary>The share of λ in force at progress p (Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016, section 5.2.2).</summary>
    /// <param name="ramp">Which ramp.</param>
    /// <param name="progress">p, from 0 to 1.</param>
    public static double At(this Ramp ramp, double progress) =>
        ramp == Ramp.Constant ? 1 : (2 / (1 + Math.Exp(-10 * progress))) - 1;
}
