namespace Acclimate.Cli;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>It did what was asked.</summary>
    public const int Success = 0;

    /// <summary>It could not do it.</summary>
    public const int Failure = 1;

    /// <summary>It did not understand what was asked.</summary>
    public const int WrongUse = 2;

    /// <summary>It was stopped by Ctrl-C.</summary>
    public const int Cancelled = 130;
}
