namespace Acclimate.Downloads;

/// <summary>How far a download has come.</summary>
/// <param name="Name">The file.</param>
/// <param name="Done">Bytes that are on the disk, those of an earlier run among them.</param>
/// <param name="Total">Bytes in all, as published.</param>
/// <param name="Note">What it waits for, or why it starts over; null while bytes come in.</param>
public readonly record struct DownloadProgress(string Name, long Done, long Total, string? Note = null);
