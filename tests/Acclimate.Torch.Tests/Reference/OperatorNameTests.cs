using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Acclimate.Torch.Native;

namespace Acclimate.Torch.Tests.Reference;

public sealed class OperatorNameTests
{
    [Fact]
    public void OperatorNames_InTheCompiledAssembly_AreAllKnownToTheRunningLibtorch()
    {
        string[] names = [.. StringLiterals(typeof(Tensor).Assembly.Location).Where(static s => s.StartsWith("aten::", StringComparison.Ordinal)).Distinct()];
        Assert.True(names.Length > 100, $"only {names.Length} names were found: the scan itself must be broken");
        foreach (string name in names)
            Assert.StartsWith(name, Operator.Get(name).Schema);
    }

    [Fact]
    public void OperatorName_Unknown_IsRefused() =>
        Assert.Throws<TorchException>(() => Operator.Get("aten::add.NoSuchOverload").Schema);

    private static List<string> StringLiterals(string path)
    {
        using PEReader file = new(File.OpenRead(path));
        MetadataReader metadata = file.GetMetadataReader();
        List<string> texts = [];
        for (UserStringHandle handle = metadata.GetNextHandle(MetadataTokens.UserStringHandle(0)); !handle.IsNil; handle = metadata.GetNextHandle(handle))
            texts.Add(metadata.GetUserString(handle));
        return texts;
    }
}
