using System.Globalization;

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
    /// Resident memory, and the native part of it: less what .NET's collector has committed. That part stands at some
    /// 200 MB, of which 5 % is about 1 kB a step. Live managed memory is measured for itself, after a collection.
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
        (double Resident, double Native, double Managed) settled = default;
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

        (double resident, double native, double managed) = Measure();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            step {Settled} to {Steps}, MB: resident {settled.Resident:F1} to {resident:F1} ({100 * ((resident / settled.Resident) - 1):F1} %),
            without .NET's committed heap {settled.Native:F1} to {native:F1} ({100 * ((native / settled.Native) - 1):F1} %), live managed {settled.Managed:F3} to {managed:F3}
            """));
        Assert.True(resident < settled.Resident * 1.05, $"resident memory grew from {settled.Resident:F1} to {resident:F1} MB");
        Assert.True(native < settled.Native * 1.05, $"native memory grew from {settled.Native:F1} to {native:F1} MB");
        Assert.True(managed < settled.Managed + 1, $"managed memory grew from {settled.Managed:F1} to {managed:F1} MB");
    }

    private static (double Resident, double Native, double Managed) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        const double mega = 1 << 20;
        double resident = Environment.WorkingSet / mega;
        return (resident, resident - (GC.GetGCMemoryInfo().TotalCommittedBytes / mega), GC.GetTotalMemory(forceFullCollection: true) / mega);
    }
}
