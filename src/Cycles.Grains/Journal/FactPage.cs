namespace Cycles.Grains.Journal;

/// <summary>How far a feed was read.</summary>
/// <param name="Source">Who numbers the facts. Another source has facts of its own, and says nothing of those before it.</param>
/// <param name="Sequence">The number of the last one.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact-position")]
internal readonly record struct FactPosition([property: Id(0)] long Source, [property: Id(1)] long Sequence);

/// <summary>What a feed has told since.</summary>
/// <param name="After">From where on.</param>
/// <param name="Now">Where to go on.</param>
/// <param name="IsGap">Whether more may have happened than is told: then all must be read from the store.</param>
/// <param name="Facts">The facts, in order.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact-page")]
internal sealed record FactPage(
    [property: Id(0)] FactPosition After, [property: Id(1)] FactPosition Now, [property: Id(2)] bool IsGap, [property: Id(3)] Fact[] Facts);
