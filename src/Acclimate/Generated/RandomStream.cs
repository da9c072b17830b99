using Acclimate.Torch;

namespace Acclimate.Generated;

/// <summary>
/// Numbers for one image: splitmix64, started from a seed of <see cref="Generator.Derive"/>. It stays in managed code
/// because an image takes hundreds of draws, each too small for a call into libtorch.
/// </summary>
internal struct RandomStream
{
    private ulong state;

    public RandomStream(long seed, params ReadOnlySpan<long> parts) => state = (ulong)Generator.Derive(seed, parts);

    /// <summary>Uniform in [0, 1).</summary>
    public float Uniform() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public float Uniform(float low, float high) => low + ((high - low) * Uniform());

    /// <summary>Normal with mean 0 and deviation 1 (Box–Muller; 1 − u keeps the logarithm finite).</summary>
    public float Normal() => MathF.Sqrt(-2 * MathF.Log(1 - Uniform())) * MathF.Cos(2 * MathF.PI * Uniform());

    /// <summary>Uniform in 0 … count − 1 (the bias of the multiplication is below count / 2³²).</summary>
    public int Index(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>True with a probability.</summary>
    public bool Chance(float probability) => Uniform() < probability;

    /// <summary>Puts the items into a random order (Fisher–Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Index(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private ulong Next()
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
