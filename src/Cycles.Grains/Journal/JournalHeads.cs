namespace Cycles.Grains.Journal;

/// <summary>
/// The last number of each of a tenant's streams. Its ledger reads them when it begins, and from then on the group commit counts on: a number is given when its batch is sent,
/// and counts once the batch is durable. So a batch that was refused leaves no gap.
/// </summary>
/// <remarks>Touched by the group commit alone, which writes one batch of a tenant after the other.</remarks>
internal sealed class JournalHeads
{
    private readonly long[] _heads = new long[JournalStreams.All.Length];

    /// <summary>Whether the outcome of a batch with numbers is not known. What comes behind it must not be written: it could take the same numbers.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>The last number that is durable; 0 when there is none.</summary>
    public long this[JournalStream stream]
    {
        get => _heads[(int)stream];
        set => _heads[(int)stream] = value;
    }

    /// <summary>The outcome of a batch with numbers is not known.</summary>
    public void Doubt() => IsInDoubt = true;
}
