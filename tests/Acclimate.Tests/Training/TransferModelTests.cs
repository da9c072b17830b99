using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

public sealed class TransferModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_NewerFormat_SaysWhichItReads() =>
        Refuses("\"format_version\": 1", "\"format_version\": 99", "format version 99; this program reads up to 1");

    [Fact]
    public void Load_NoVersion_IsRefused() => Refuses("\"format_version\": 1,", string.Empty, "does not say its format version");

    [Fact]
    public void Load_BrokenJson_IsRefused() => Refuses("{", "[", "is damaged");

    [Fact]
    public void Load_UnknownBackbone_NamesTheKnown() => Refuses("\"mlp\"", "\"nonesuch\"", $"there is no backbone 'nonesuch'; known: {string.Join(", ", Networks.Names)}");

    [Fact]
    public void Load_UnknownMember_IsRefused() => Refuses("\"classes\":", "\"klasses\":", "is damaged");

    [Fact]
    public void Load_OtherClassCount_IsRefused() => Refuses("\"ant\",", string.Empty, "3 classes apart, but 2 names");

    [Fact]
    public void Load_TruncatedWeights_IsRefused()
    {
        Save();
        string path = Path.Combine(folder, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^7]);

        Assert.Contains("model.safetensors", Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysWhich()
    {
        Assert.Contains("there is no model.json in it", Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    private void Refuses(string find, string replace, string expected)
    {
        Save();
        string path = Path.Combine(folder, "model.json");
        string text = File.ReadAllText(path);
        int at = text.IndexOf(find, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the card has no {find}");
        File.WriteAllText(path, text[..at] + replace + text[(at + find.Length)..]);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => TransferModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    private void Save()
    {
        using Generator generator = new(0);
        using NetworkModel model = new(
            new ClassifierNetwork(new NetworkSpec("mlp", [4], 3), generator), ["ant", "bee", "cat"], Preprocessing.None,
            new Provenance("source-only", new Dictionary<string, string>(), "s", "t", 0, 1, "0", "0"));
        model.Save(folder);
    }
}
