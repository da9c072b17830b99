using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Transport;

/// <summary>Runs snippets in Python's POT, the peer; a test that asks it skips where it is not installed.</summary>
internal static class PythonOptimalTransport
{
    private const string Script = """
        import json, sys, warnings
        try:
            import numpy as np, ot
        except ImportError as e:
            sys.exit(f"SKIP {e}")
        warnings.simplefilter("ignore")
        folder = sys.argv[1]
        scope = {name: np.array(value) for name, value in json.load(open(f"{folder}/inputs.json")).items()}
        scope.update(np=np, ot=ot)
        result = np.real(eval(open(f"{folder}/snippet.py").read(), scope))
        json.dump(np.asarray(result, dtype=float).tolist(), open(f"{folder}/result.json", "w"))
        """;

    /// <summary>What an expression in numpy and POT makes of matrices.</summary>
    /// <param name="python">The expression; a matrix.</param>
    /// <param name="inputs">Matrices by the names that the expression uses.</param>
    /// <returns>A float64 tensor of the open scope.</returns>
    public static Tensor Evaluate(string python, params (string Name, Tensor Value)[] inputs)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-ot-");
        try
        {
            string At(string name) => Path.Combine(folder.FullName, name);
            File.WriteAllText(At("inputs.json"), JsonSerializer.Serialize(inputs.ToDictionary(static pair => pair.Name, static pair => Rows(pair.Value))));
            File.WriteAllText(At("snippet.py"), python);
            File.WriteAllText(At("reference.py"), Script);
            Run(At("reference.py"), folder.FullName);
            double[][] rows = JsonSerializer.Deserialize<double[][]>(File.ReadAllText(At("result.json")))!;
            return Tensor.From([.. rows.SelectMany(static row => row)], rows.Length, rows[0].Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double[][] Rows(Tensor matrix)
    {
        double[] all = matrix.ToArray<double>();
        return [.. all.Chunk((int)matrix.Size(1))];
    }

    private static void Run(string script, string folder)
    {
        // The system's own interpreter: it is the one that Debian's python3-pot belongs to.
        string interpreter = Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3";
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(interpreter, [script, folder]) { RedirectStandardError = true, UseShellExecute = false })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.SkipWhen(errors.StartsWith("SKIP", StringComparison.Ordinal), "Python has no POT");
            Assert.True(process.ExitCode == 0, errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip("there is no Python");
        }
    }
}
