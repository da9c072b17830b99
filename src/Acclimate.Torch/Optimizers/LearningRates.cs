namespace Acclimate.Torch;

/// <summary>Learning rates as functions of where a run stands, so that a resumed run needs no state of them.</summary>
public static class LearningRates
{
    /// <summary>rate · factor^⌊step / every⌋.</summary>
    /// <param name="rate">The rate at the start.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="every">Steps from one drop to the next, at least 1.</param>
    /// <param name="factor">What the rate is multiplied by at each drop.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 0, or <paramref name="every"/> below 1.</exception>
    public static double Steps(double rate, long step, long every, double factor = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        return rate * Math.Pow(factor, step / every);
    }

    /// <summary>
    /// Up in a straight line over the warm-up, rate·(step + 1) / warmUp, then down half a cosine to
    /// <paramref name="final"/> at the last step and after: Loshchilov &amp; Hutter, "SGDR", ICLR 2017.
    /// </summary>
    /// <param name="rate">The highest rate.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="total">Steps of the whole run, at least 1.</param>
    /// <param name="warmUp">Steps of the warm-up, 0 to <paramref name="total"/>.</param>
    /// <param name="final">The rate at the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double Cosine(double rate, long step, long total, long warmUp = 0, double final = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(warmUp);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(warmUp, total);
        if (step < warmUp)
            return rate * (step + 1) / warmUp;
        double progress = step >= total - 1 ? 1 : (double)(step - warmUp) / (total - 1 - warmUp);
        return final + ((rate - final) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }

    /// <summary>rate · (1 + γ·step)^−power: Caffe's "inv" policy, as DAN uses it.</summary>
    /// <param name="rate">The rate at the start.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="gamma">γ, at least 0.</param>
    /// <param name="power">The power.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step or γ is below 0.</exception>
    public static double Inverse(double rate, long step, double gamma = 1e-3, double power = 0.75)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(gamma);
        return rate * Math.Pow(1 + (gamma * step), -power);
    }

    /// <summary>rate / (1 + α·p)^β: Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016.</summary>
    /// <param name="rate">The rate at the start.</param>
    /// <param name="progress">p: how much of the run is done, 0 to 1.</param>
    /// <param name="alpha">α, at least 0.</param>
    /// <param name="beta">β.</param>
    /// <exception cref="ArgumentOutOfRangeException">The progress is not from 0 to 1, or α below 0.</exception>
    public static double Annealed(double rate, double progress, double alpha = 10, double beta = 0.75)
    {
        if (!(progress is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(progress), progress, "progress is from 0 to 1");
        ArgumentOutOfRangeException.ThrowIfNegative(alpha);
        return rate / Math.Pow(1 + (alpha * progress), beta);
    }
}
