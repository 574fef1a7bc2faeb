namespace Cycles.Grains.Journal;

/// <summary>The kept facts of one transaction, on their way to the store.</summary>
/// <param name="heads">The heads of the tenant's streams.</param>
/// <param name="facts">The facts.</param>
internal sealed class NumberedFacts(JournalHeads heads, KeptFact[] facts)
{
    private readonly long[] _numbers = new long[facts.Length];

    /// <summary>The heads of the tenant's streams.</summary>
    public JournalHeads Heads => heads;

    /// <summary>The facts.</summary>
    public ReadOnlySpan<KeptFact> Facts => facts;

    /// <summary>Gives a fact its number; again when its batch is sent again.</summary>
    public void Number(int fact, long number) => _numbers[fact] = number;

    /// <summary>What readers are told of a fact, once it is durable.</summary>
    public Fact Told(int fact) => facts[fact].Told(_numbers[fact]);
}
