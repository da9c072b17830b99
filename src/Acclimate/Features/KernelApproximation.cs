namespace Acclimate.Features;

/// <summary>How a Gaussian kernel becomes an inner product of as many features as can be handled.</summary>
public enum KernelApproximation
{
    /// <summary>Both ways are tried on samples drawn at random, and the nearer one is taken; mostly Nyström's.</summary>
    Automatic,

    /// <summary>Nyström's method: the kernel as landmarks drawn from the samples see it.</summary>
    Nystroem,

    /// <summary>Random Fourier features: waves drawn from the kernel's Fourier transform; about half the work.</summary>
    Fourier,
}
