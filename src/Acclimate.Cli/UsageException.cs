namespace Acclimate.Cli;

/// <summary>The command line asks for what can't be: the user should write it otherwise.</summary>
internal sealed class UsageException(string message) : Exception(message);
