using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Acclimate.Torch;

namespace Acclimate.Selection.Experience;

/// <summary>What a store holds.</summary>
/// <param name="Experiences">In the order in which they were written.</param>
/// <param name="Damaged">Lines that are no experience, such as a last one that was cut off; they are passed over.</param>
public sealed record StoredExperiences(IReadOnlyList<Experience> Experiences, int Damaged);

/// <summary>
/// Experiences, a line of JSON each, in a file that is only ever added to. Any number of programs may write at a time: a lock beside the
/// file lets in one after another, and goes when its holder does. A line that was cut off when a program or the machine
/// stopped costs itself and no other.
/// </summary>
public sealed class ExperienceStore
{
    /// <summary>The environment variable that names another file; <c>off</c> keeps nothing.</summary>
    public const string Variable = "ACCLIMATE_EXPERIENCE";

    private const string Off = "off";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Pause = TimeSpan.FromMilliseconds(20);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>A store in a file.</summary>
    /// <param name="path">The file; made when something is added.</param>
    public ExperienceStore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The user's own store: what <c>ACCLIMATE_EXPERIENCE</c> names, else <c>acclimate/experience.jsonl</c> in the user's data folder; none where that is <c>off</c>.</summary>
    public static ExperienceStore? OfUser() => Environment.GetEnvironmentVariable(Variable) switch
    {
        Off => null,
        { Length: > 0 } named => new ExperienceStore(named),
        _ => new ExperienceStore(System.IO.Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "acclimate", "experience.jsonl")),
    };

    /// <summary>Adds experiences.</summary>
    /// <param name="experiences">In order.</param>
    /// <exception cref="IOException">The file can't be written, or another program holds the lock for too long.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing there is not allowed.</exception>
    public void Add(params IEnumerable<Experience> experiences)
    {
        ArgumentNullException.ThrowIfNull(experiences);
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(experiences.Select(static one => JsonSerializer.Serialize(one, Json) + "\n")));
        using FileStream held = Lock();
        using FileStream file = new(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

        // A line that was cut off ends here, so that it takes the next one's with it.
        bool cut = file.Length > 0 && file.Seek(-1, SeekOrigin.End) >= 0 && file.ReadByte() != '\n';
        file.Seek(0, SeekOrigin.End);
        file.Write(cut ? [(byte)'\n', .. lines] : lines);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads all that there is; nothing where there is no file yet.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public StoredExperiences Read()
    {
        if (!File.Exists(Path))
            return new StoredExperiences([], 0);
        using FileStream held = Lock();
        return Parse(File.ReadLines(Path));
    }

    /// <summary>Takes experiences out for good: the file is written anew without them, and without damaged lines.</summary>
    /// <param name="which">Which ones.</param>
    /// <returns>How many those were.</returns>
    /// <exception cref="IOException">The file can't be written.</exception>
    public int Forget(Func<Experience, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        if (!File.Exists(Path))
            return 0;
        using FileStream held = Lock();
        IReadOnlyList<Experience> all = Parse(File.ReadLines(Path)).Experiences;
        Experience[] kept = [.. all.Where(one => !which(one))];
        Export(Path, kept);
        return all.Count - kept.Length;
    }

    /// <summary>Writes experiences to a file of their own, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="experiences">What to write.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Export(string path, IEnumerable<Experience> experiences) => AtomicFile.Write(path, stream =>
    {
        foreach (Experience one in experiences)
        {
            JsonSerializer.Serialize(stream, one, Json);
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>Adds what another store's file holds and this one does not.</summary>
    /// <param name="path">The file.</param>
    /// <returns>How many were new, and how many of its lines are no experience.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">No line of it is an experience.</exception>
    public (int New, int Damaged) Import(string path)
    {
        StoredExperiences brought = Parse(File.ReadLines(path));
        if (brought.Experiences.Count == 0)
            throw new InvalidDataException($"{path} holds no experience: expected a line of JSON for each, as `acclimate experience export` writes them");
        HashSet<string> known = [.. Read().Experiences.Select(Text)];
        Experience[] fresh = [.. brought.Experiences.Where(one => known.Add(Text(one)))];
        Add(fresh);
        return (fresh.Length, brought.Damaged);

        static string Text(Experience one) => JsonSerializer.Serialize(one, Json);
    }

    private static StoredExperiences Parse(IEnumerable<string> lines)
    {
        List<Experience> whole = [];
        int damaged = 0;
        foreach (string line in lines.Where(static line => line.Length > 0))
        {
            try
            {
                if (JsonSerializer.Deserialize<Experience>(line, Json) is { Version: 1 } one)
                    whole.Add(one);
                else
                    damaged++;
            }
            catch (JsonException)
            {
                damaged++;
            }
        }

        return new StoredExperiences(whole, damaged);
    }

    /// <summary>The right to read or write, which one program has at a time; the system takes it back from one that stops.</summary>
    private FileStream Lock()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        string file = Path + ".lock";
        for (DateTime until = DateTime.UtcNow + Patience; ;)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && DateTime.UtcNow < until)
            {
                Thread.Sleep(Pause);
            }
        }
    }
}
