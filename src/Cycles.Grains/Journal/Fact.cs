namespace Cycles.Grains.Journal;

/// <summary>
/// Tells indexes and lists what a transaction changed, once it is durable and before its caller is answered. An index that is asked after a change knows of it. A fact that nobody
/// reads costs nothing but its object.
/// </summary>
[GenerateSerializer, Immutable, Alias("cycles.fact")]
internal abstract record Fact
{
    /// <summary>What it is about.</summary>
    public abstract FactKind Kind { get; }

    /// <summary>
    /// What it says something of: a later fact of the same subject stands for both, so that a budget that changes ten thousand times between two questions is told
    /// once. Null for a fact that stands for itself only.
    /// </summary>
    public virtual object? Subject => null;

    /// <summary>This fact, for a reader that was not told <paramref name="earlier"/>, which has the same subject.</summary>
    public virtual Fact After(Fact earlier) => this;
}
