using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli;

/// <summary>Opens what the user calls a model: its own folder, or that of the run that made it.</summary>
internal static class Models
{
    /// <summary>Loads the model.</summary>
    /// <param name="path">A model's folder or a run's.</param>
    /// <exception cref="IOException">Nothing is there; the message names the nearest folder.</exception>
    /// <exception cref="InvalidDataException">It is no model, or a damaged one.</exception>
    public static TransferModel Open(string path)
    {
        RunFolder run = Folder(path);
        if (File.Exists(run.Config) && !Directory.Exists(run.Model))
            throw new InvalidDataException($"{path} holds a run that is not finished; go on with: acclimate train --resume {path}");
        return TransferModel.Load(Directory.Exists(run.Model) ? run.Model : path);
    }

    /// <summary>The folder of a run, complete or not.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="IOException">Nothing is there; the message names the nearest folder.</exception>
    /// <exception cref="InvalidDataException">It holds no run.</exception>
    public static RunFolder Run(string path)
    {
        RunFolder run = Folder(path);
        return File.Exists(run.Config) ? run : throw new InvalidDataException($"{path} holds no run: there is no config.yaml in it");
    }

    private static RunFolder Folder(string path)
    {
        if (!Directory.Exists(path))
        {
            string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
            IEnumerable<string> beside = Directory.Exists(parent) ? Directory.EnumerateDirectories(parent).Select(folder => Path.GetFileName(folder)) : [];
            throw new DirectoryNotFoundException($"{path}: no such folder{NearestName.Hint(name, beside)}");
        }

        return new RunFolder(path);
    }
}
