namespace Acclimate.Torch.Tests.State;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-state-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Write_WhereTheFolderIsMissing_MakesItAndLeavesOnlyTheFile()
    {
        string path = Path.Combine(folder.FullName, "new", "file");
        AtomicFile.Write(path, static stream => stream.Write([1, 2, 3]));
        AtomicFile.Write(path, static stream => stream.Write([4]));
        Assert.Equal([4], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Write_WhenTheWriterThrows_KeepsTheOldFile()
    {
        string path = Path.Combine(folder.FullName, "file");
        AtomicFile.Write(path, static stream => stream.Write([1]));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, static stream =>
        {
            stream.Write([2, 3]);
            throw new InvalidOperationException();
        }));
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.FullName));
    }
}
