using System.Text.Json;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>
/// What a run has tried, kept in its folder so that nothing is fitted twice: of each trial a JSON file, which is written last and
/// as a whole, and beside it what the trial says of the target's samples.
/// </summary>
/// <param name="folder">The run.</param>
internal sealed class TrialStore(RunFolder folder)
{
    private const string Said = "target";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>All trials that are done.</summary>
    /// <exception cref="InvalidDataException">A file of one is damaged.</exception>
    public IReadOnlyList<AutoTrial> All => Directory.Exists(folder.Candidates) ? [.. Directory.EnumerateFiles(folder.Candidates, "*.json").Select(Read)] : [];

    /// <summary>Seconds of the run when the latest of them was done; 0 before there is one.</summary>
    public double Spent => All.Select(static trial => trial.At).DefaultIfEmpty().Max();

    /// <summary>A trial that is done; none where it is not.</summary>
    /// <exception cref="InvalidDataException">Its file is damaged.</exception>
    public AutoTrial? Find(string name) => File.Exists(PathOf(name)) ? Read(PathOf(name)) : null;

    /// <summary>Whether what a trial says is kept.</summary>
    public bool HasSaid(AutoTrial trial) => File.Exists(TensorOf(trial.Name));

    /// <summary>What a trial says of the target's samples: [n_t, C].</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public Tensor SaidBy(AutoTrial trial)
    {
        using TensorFile file = Safetensors.Read(TensorOf(trial.Name));
        using TensorScope scope = TensorScope.Begin();
        return file.Tensors.TryGetValue(Said, out Tensor? said) ? scope.Keep(said.Clone()) : throw new InvalidDataException($"{TensorOf(trial.Name)} is damaged: it has no '{Said}'");
    }

    /// <summary>Keeps a trial.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="said">What it says of the target's samples; none where it says nothing.</param>
    public void Add(AutoTrial trial, Tensor? said)
    {
        if (said is not null)
            Safetensors.Write(TensorOf(trial.Name), [KeyValuePair.Create(Said, said)]);
        AtomicFile.Write(PathOf(trial.Name), stream => JsonSerializer.Serialize(stream, trial, Json));
    }

    private string PathOf(string name) => Path.Combine(folder.Candidates, name + ".json");

    private string TensorOf(string name) => Path.Combine(folder.Candidates, name + ".safetensors");

    private static AutoTrial Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<AutoTrial>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }
}
