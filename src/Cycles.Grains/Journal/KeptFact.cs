using Cycles.Grains.Store;

namespace Cycles.Grains.Journal;

/// <summary>
/// A fact that the store keeps: it is written in the transaction that states it, and gets the number after the one before it in its tenant's stream. A reader that
/// has read up to the stream's head has every fact.
/// </summary>
/// <param name="Value">What is kept.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact.kept")]
internal abstract record KeptFact([property: Id(0)] byte[] Value) : Fact
{
    /// <summary>The stream that it belongs to.</summary>
    public abstract JournalStream Stream { get; }

    /// <summary>When it happened: it is kept with the others of that day.</summary>
    public abstract DateTimeOffset At { get; }

    /// <summary>How long it is kept.</summary>
    public abstract TimeSpan Retention(StoreOptions options);

    /// <summary>What readers are told, once it has its number.</summary>
    public abstract Fact Told(long number);
}
