using Acclimate.Torch.Native;

namespace Acclimate.Downloads;

/// <summary>The published weights that the program knows, and where they are kept once they are fetched.</summary>
public static class WeightsCatalogue
{
    /// <summary>All of them, by family.</summary>
    public static IReadOnlyList<WeightsEntry> All { get; } = [.. TorchvisionWeights.All, .. CifarWeights.All];

    /// <summary>Where they are kept: <c>weights</c> in the folder that <c>ACCLIMATE_CACHE</c> names, or in <c>~/.cache/acclimate</c>.</summary>
    public static string Folder => Path.Combine(NativeLibraries.Cache, "weights");

    /// <summary>The weights of that name.</summary>
    /// <param name="name">An architecture, which means its default recipe, or architecture and recipe as <c>resnet50-v1</c>; case is no difference.</param>
    /// <returns>Null where there are none.</returns>
    public static WeightsEntry? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || entry.FullName.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The weights that a file holds, by its name, which has the first digits of its hash.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null where the name is none of those.</returns>
    public static WeightsEntry? OfFile(string path)
    {
        string name = Path.GetFileName(path);
        return All.FirstOrDefault(entry => entry.File.Name == name);
    }

    /// <summary>Where weights are kept once they are fetched, whether they are there or not.</summary>
    /// <param name="entry">The weights.</param>
    public static string PathOf(WeightsEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Path.Combine(Folder, entry.File.Name);
    }

    /// <summary>The file of the weights of that name, if it has been fetched. Its hash was checked then; its size is looked at now.</summary>
    /// <param name="name">As <see cref="Find"/> takes it.</param>
    /// <returns>Null where they are not known or not fetched.</returns>
    public static string? Cached(string name) => Find(name) is { } entry ? Cached(entry) : null;

    /// <summary>The file that somebody means who names a file, or weights: <c>resnet18</c> is the fetched file of that name.</summary>
    /// <param name="given">A path, or a name as <see cref="Find"/> takes it. What is there under that path comes first.</param>
    /// <returns>The fetched file's path; what was given where it is no known name.</returns>
    /// <exception cref="FileNotFoundException">The weights are known, but not fetched yet; the message says how to fetch them.</exception>
    public static string FileOf(string given)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (Path.Exists(given) || Find(given) is not { } entry)
            return given;
        return Cached(entry)
            ?? throw new FileNotFoundException($"there is no file {given}, and the published weights of that name are not fetched yet; fetch them with: acclimate weights get {entry.Name}");
    }

    /// <summary>The file of the weights, if it has been fetched.</summary>
    internal static string? Cached(WeightsEntry entry)
    {
        FileInfo file = new(PathOf(entry));
        return file.Exists && file.Length >= entry.File.Least && file.Length <= entry.File.Most ? file.FullName : null;
    }
}
