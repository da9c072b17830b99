namespace Acclimate.Torch.Tests.Optimizers;

public sealed class MemoryTests : IDisposable
{
    private const int Settled = 500;
    private const int Steps = 10_000;
    private readonly int threads = Engine.Threads;

    /// <summary>One thread: on operators this small a second one only waits, on a busy machine for milliseconds each time.</summary>
    public MemoryTests() => Engine.Threads = 1;

    public void Dispose() => Engine.Threads = threads;

    /// <summary>
    /// What is measured is resident memory less what .NET's collector has committed: that one grows to a budget of its
    /// own choosing, later than step 500, whatever is alive, so live managed memory is measured for itself, after a
    /// collection. The rest is native and stands at some 200 MB, of which 5 % is about 1 kB a step.
    /// </summary>
    [Fact]
    public void Training_TenThousandSteps_HoldsMemoryFlat()
    {
        using Generator generator = new(1);
        using Sequential network = new(
            new Conv2d(1, 4, 3, generator),
            new BatchNorm2d(4),
            new ReLU(),
            new MaxPool2d(2),
            new Flatten(),
            new Dropout(0.2),
            new Linear(36, 5, generator));
        network.UseGenerator(generator);
        using Adam optimizer = new(network);
        (double Native, double Managed) settled = default;
        for (int step = 0; step < Steps; step++)
        {
            if (step == Settled)
                settled = Measure();
            using TensorScope scope = TensorScope.Begin();
            optimizer.ZeroGrad();
            Tensor logits = network.Forward(Tensor.Normal([4, 1, 8, 8], generator));
            Functional.CrossEntropy(logits, Tensor.From<long>([0, 1, 2, 3])).Backward();
            optimizer.Step();
        }

        (double native, double managed) = Measure();
        Assert.True(native < settled.Native * 1.05, $"native memory grew from {settled.Native:F1} to {native:F1} MB");
        Assert.True(managed < settled.Managed + 1, $"managed memory grew from {settled.Managed:F1} to {managed:F1} MB");
    }

    private static (double Native, double Managed) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        const double mega = 1 << 20;
        return ((Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes) / mega, GC.GetTotalMemory(forceFullCollection: true) / mega);
    }
}
