namespace Acclimate.Tests.Data;

/// <summary>The benchmark data, where they are there.</summary>
internal static class RealData
{
    /// <summary>A path inside the benchmark data; the test is skipped where they are not there.</summary>
    public static string Path(string name)
    {
        string? root = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "ACCLIMATE_DATA does not name the benchmark data");
        string path = System.IO.Path.Combine(root!, name);
        Assert.SkipUnless(System.IO.Path.Exists(path.Split('?')[0]), $"the benchmark data hold no {name}");
        return path;
    }
}
