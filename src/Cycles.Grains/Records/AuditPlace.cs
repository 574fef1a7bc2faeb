namespace Cycles.Grains.Records;

/// <summary>What a cursor of the audit log holds: the last entry's place in the order.</summary>
/// <param name="Sorted">What it has in the column that is sorted by; empty when that is time.</param>
/// <param name="TimeMs">Its time, in Unix milliseconds.</param>
/// <param name="LogId">Its id.</param>
internal sealed record AuditPlace(string Sorted, long TimeMs, string LogId);
