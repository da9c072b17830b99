namespace Acclimate;

/// <summary>The version of this program.</summary>
public static class AcclimateVersion
{
    /// <summary>As <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(AcclimateVersion).Assembly.GetName().Version!.ToString(3);
}
