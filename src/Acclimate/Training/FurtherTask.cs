using Acclimate.Data;

namespace Acclimate.Training;

/// <summary>A task that a network learns beside the source's, at once with it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Samples">Its labelled samples, of the source's shape once they are preprocessed; classes of its own.</param>
/// <param name="Preprocessing">What is done to them: the source's where they come from one domain, one of their own where not.</param>
public sealed record FurtherTask(string Name, Domain Samples, Preprocessing Preprocessing);
