namespace Acclimate.Training;

/// <summary>Where what a frozen front makes of the samples is kept, so that each epoch costs only what is trained.</summary>
public enum FrontCache
{
    /// <summary>In memory up to 2 GiB a domain, else on disk.</summary>
    Auto,

    /// <summary>In memory, for this run.</summary>
    Memory,

    /// <summary>In a file of the cache folder, for other runs with the same weights, preprocessing and samples too.</summary>
    Disk,

    /// <summary>Nowhere: each step computes it anew.</summary>
    Off,
}
