using Cycles.Grains.Audit.Entries;

namespace Cycles.Grains.Audit.Index;

/// <summary>A row's place in time: no two rows have the same.</summary>
/// <param name="TimeMs">Unix milliseconds.</param>
/// <param name="Id">The log id; see <see cref="AuditLogIds"/>.</param>
internal readonly record struct RowKey(long TimeMs, UInt128 Id) : IComparable<RowKey>
{
    public int CompareTo(RowKey other)
    {
        var difference = TimeMs.CompareTo(other.TimeMs);
        return difference != 0 ? difference : Id.CompareTo(other.Id);
    }
}
