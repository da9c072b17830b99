using System.Diagnostics;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Transport;

public sealed class ScratchTests
{
    [Fact]
    public void Explore()
    {
        foreach (string line in File.ReadAllLines(Environment.GetEnvironmentVariable("SCRATCH")!))
        {
            if (line.StartsWith('#') || line.Length == 0)
                continue;
            // suite preprocess method opt=val ...
            string[] words = line.Split(' ');
            Dictionary<string, string> options = words.Skip(3).Select(w => w.Split('=')).ToDictionary(p => p[0], p => p[1]);
            FeatureMethod method = (FeatureMethod)MethodCatalog.Find(words[2]).Create(options);
            Stopwatch watch = Stopwatch.StartNew();
            Console.WriteLine(line);
            string[] tasks = words[0] switch { "surf" => RealPairs.Surf, "digits" => RealPairs.Digits, _ => RealPairs.Amazon };
            RealPairs.Average(words[0], tasks, method, words[1]);
            Console.WriteLine($"   {watch.Elapsed.TotalSeconds:0.0} s");
        }
    }

    [Fact]
    public void Large()
    {
        using Generator generator = new(1);
        foreach (int n in (int[])[2000, 4000])
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor x = Tensor.Normal([n, 20], generator, ScalarType.Float64), y = Tensor.Normal([n - 200, 20], generator, ScalarType.Float64) + 0.5;
            foreach (string name in (string[])["ot-emd", "ot-sinkhorn"])
            {
                Stopwatch watch = Stopwatch.StartNew();
                using FittedFeatures fitted = ((FeatureMethod)MethodCatalog.Find(name).Create()).Fit(new FeatureData(x, new int[n], 1, y));
                Console.WriteLine($"{name} {n} {watch.Elapsed.TotalSeconds:0.0} s {fitted.Certificate.KktResidual} peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
            }
        }
    }

    [Fact]
    public void Certificates()
    {
        foreach (string line in File.ReadAllLines(Environment.GetEnvironmentVariable("SCRATCH")!))
        {
            if (line.StartsWith('#') || line.Length == 0)
                continue;
            string[] words = line.Split(' ');
            Dictionary<string, string> options = words.Skip(3).Select(w => w.Split('=')).ToDictionary(p => p[0], p => p[1]);
            FeatureMethod method = (FeatureMethod)MethodCatalog.Find(words[2]).Create(options);
            Console.WriteLine(line);
            string[] tasks = words[0] switch { "surf" => RealPairs.Surf[..1], "digits" => RealPairs.Digits, _ => RealPairs.Amazon[..1] };
            foreach (string task in tasks)
            {
                (Domain source, Domain target) = RealPairs.Open(words[0], task);
                using TensorScope scope = TensorScope.Begin();
                (Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse(words[1]).Fit(source, target);
                FeatureData data = FeatureData.Read(source, target, s, t);
                Stopwatch watch = Stopwatch.StartNew();
                using FittedFeatures fitted = method.Fit(data);
                Console.WriteLine($"  {task} {watch.Elapsed.TotalSeconds:0.00} s constraint {fitted.Certificate.ConstraintError} kkt {fitted.Certificate.KktResidual} objective {string.Join(' ', fitted.Certificate.Objective)} notes {string.Join(';', fitted.Certificate.Notes)}");
            }
        }
    }
}
