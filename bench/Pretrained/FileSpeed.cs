using System.Diagnostics;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Bench.Pretrained;

/// <summary>JPEG files: what decoding, preparing and the network take, each alone and all together.</summary>
internal static class FileSpeed
{
    private const int Files = 4000, Together = 32;

    public static void Measure()
    {
        string? data = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, "pacs")))
        {
            Console.WriteLine("\nACCLIMATE_DATA with pacs is not there: no files to measure");
            return;
        }

        using Domain cartoon = Domain.Open(Path.Combine(data, "pacs", "cartoon")), photo = Domain.Open(Path.Combine(data, "pacs", "photo")), art = Domain.Open(Path.Combine(data, "pacs", "art_painting"));
        using Domain all = Domain.Merge([cartoon, photo, art]);
        using Domain files = all.Take([.. Enumerable.Range(0, Files).Select(i => i % all.Count)]);
        Preprocessing recipe = InputRecipe.ImageNet.Preprocessing;
        using Generator generator = new(0);
        using Backbone network = Networks.Build("resnet18", [3, 224, 224], generator);
        network.Eval();
        network.Freeze();

        double decode = Time(() =>
        {
            for (int start = 0; start < Files; start += Together)
            {
                using Tensor batch = files.Read([.. Enumerable.Range(start, Math.Min(Together, Files - start))]);
            }
        });
        double prepare = Time(() =>
        {
            foreach (Batch batch in BatchLoader.InOrder(files, recipe, Together))
                batch.Dispose();
        });
        using Tensor some = Tensor.Uniform([Together, 3, 224, 224], generator);
        double compute = Time(() =>
        {
            for (int start = 0; start < Files; start += Together)
                Forward(network, some);
        });
        double together = Time(() =>
        {
            foreach (Batch batch in BatchLoader.InOrder(files, recipe, Together))
            {
                using (batch)
                    Forward(network, batch.Inputs);
            }
        });
        Console.WriteLine(FormattableString.Invariant($"\n| {Files} JPEG files of 227 × 227 | seconds | files/s |\n| --- | ---: | ---: |"));
        foreach ((string name, double seconds) in ((string, double)[])[("decoded", decode), ("decoded, resized, cropped, normalised", prepare), ("ResNet-18's features of that many", compute), ("all together", together)])
            Console.WriteLine(FormattableString.Invariant($"| {name} | {seconds:F1} | {Files / seconds:F0} |"));
    }

    private static void Forward(Backbone network, Tensor inputs)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using Autocast half = Autocast.Begin(Engine.HasBfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        network.Forward(inputs).Dispose();
    }

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
