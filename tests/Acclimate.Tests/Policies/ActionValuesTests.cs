using Acclimate.Policies;
using Acclimate.Torch;

namespace Acclimate.Tests.Policies;

public sealed class ActionValuesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_WhatWasSaved_IsTheSameToTheBit()
    {
        string file = Path.Combine(folder, "policy.safetensors");
        ActionValues learnt = new QLearning(ValleyTask.Light, 3).Learn(null, 5).Values;
        learnt.Save(file, "light-cart");

        (ActionValues read, string task) = ActionValues.Load(file);

        Assert.Equal("light-cart", task);
        Assert.Contains(learnt.Weights, static weight => weight != 0);
        Assert.Equal(learnt.Weights, read.Weights);
    }

    [Fact]
    public void Load_AnotherFile_IsRefused()
    {
        string other = Path.Combine(folder, "other.safetensors"), infinite = Path.Combine(folder, "infinite.safetensors");
        using TensorScope scope = TensorScope.Begin();
        Safetensors.Write(other, [KeyValuePair.Create("weight", Tensor.Ones([2]))]);
        Safetensors.Write(infinite, [KeyValuePair.Create("action-values", Tensor.Ones([3, 8, 81], ScalarType.Float64) / 0)]);

        Assert.Contains("holds no policy", Assert.Throws<InvalidDataException>(() => ActionValues.Load(other)).Message, StringComparison.Ordinal);
        Assert.Contains("not finite", Assert.Throws<InvalidDataException>(() => ActionValues.Load(infinite)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Tasks_AreTheNamedOnesAndCartsOfOnesOwn()
    {
        Assert.Equal(ValleyTask.Heavy, ValleyTask.Parse("heavy-cart"));
        Assert.Equal(new ValleyTask("engine=0.002,friction=0.5", 0.002, ValleyTask.Light.Gravity, 0.5), ValleyTask.Parse("engine=0.002,friction=0.5"));
    }
}
