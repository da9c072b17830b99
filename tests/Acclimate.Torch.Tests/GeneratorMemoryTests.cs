namespace Acclimate.Torch.Tests;

public sealed class GeneratorMemoryTests
{
    /// <summary>A generator is 2.5 KiB: 20,000 that weren't freed would be 50 MiB. 20 MiB leave room for whatever else runs.</summary>
    [Fact]
    public void Dispose_FreesTheGenerator()
    {
        Make(1000);
        long before = Resident();
        Make(20_000);

        Assert.True(Resident() - before < 20 << 20, $"{(Resident() - before) >> 20} MiB more");
    }

    private static void Make(int count)
    {
        for (int i = 0; i < count; i++)
            new Generator(i).Dispose();
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
