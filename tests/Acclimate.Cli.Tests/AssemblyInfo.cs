using System.Runtime.CompilerServices;
using Acclimate.Selection.Experience;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Acclimate.Cli.Tests;

/// <summary>Tests keep nothing in the user's own store.</summary>
internal static class Kept
{
    [ModuleInitializer]
    internal static void Off() => Environment.SetEnvironmentVariable(ExperienceStore.Variable, "off");
}
