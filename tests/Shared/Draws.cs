using FsCheck;

namespace Acclimate.TestSupport;

/// <summary>How properties draw their samples: the same hundred each time, so that a failure can be met again.</summary>
public static class Draws
{
    /// <summary>Throws at the first sample that breaks the property.</summary>
    public static Config Seeded { get; } = Config.QuickThrowOnFailure.WithReplay(20261121, 1);
}
