namespace Cycles.Grains.Journal;

/// <summary>The streams of kept facts that each tenant has.</summary>
internal enum JournalStream
{
    /// <summary>The audit log.</summary>
    Audit,
}
