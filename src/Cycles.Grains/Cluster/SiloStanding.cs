using System.Diagnostics;
using Cycles.Contracts.Store;
using Cycles.Grains.Store;
using Cycles.Grains.Waits;

namespace Cycles.Grains.Cluster;

/// <summary>
/// Whether this silo is still a member of its cluster. One that hung, and goes on after it was declared dead, finds in its sockets what it was asked
/// seconds ago (how long a message may wait begins to count when it is read). Its callers have long asked others, and may have been refused there:
/// it must not do it now, nor pass it on to those who serve its tenants. So a silo that notices that it hung looks into the cluster's table first.
/// </summary>
public sealed class SiloStanding
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILocalSiloDetails _silo;
    private readonly PauseWatch _pauses;
    private readonly Lazy<IMembershipTable>? _table;
    private readonly SharedBarrier _looks;
    private long _lookedAt;

    /// <summary>For a silo of a cluster with that table; with none for one that is alone, and so is never declared dead.</summary>
    internal SiloStanding(ILocalSiloDetails silo, PauseWatch pauses, Func<IMembershipTable>? table)
    {
        _silo = silo;
        _pauses = pauses;
        _table = table is null ? null : new Lazy<IMembershipTable>(table);
        _looks = new SharedBarrier(LookOnceAsync);
    }

    /// <summary>Whether this silo has not hung for so long that it may have been declared dead for it, or has looked since.</summary>
    public bool IsCertain => _table is null || _pauses.PauseEndedAt <= Volatile.Read(ref _lookedAt);

    /// <summary>Returns at once while <see cref="IsCertain"/>; else when the cluster's table, read after this call, does not say that this silo is dead.</summary>
    /// <exception cref="StoreUnavailableException">It is dead, or the table cannot be read.</exception>
    public ValueTask RequireMemberAsync() => IsCertain ? default : new(LookUntilCertainAsync());

    /// <summary>Returns when the cluster's table, read after this call, does not say that this silo is dead.</summary>
    /// <exception cref="StoreUnavailableException">It is dead, or the table cannot be read.</exception>
    public Task LookAsync() => _table is null ? Task.CompletedTask : _looks.PassAsync();

    private async Task LookUntilCertainAsync()
    {
        while (!IsCertain)
        {
            await _looks.PassAsync();
        }
    }

    private async Task LookOnceAsync()
    {
        var began = Stopwatch.GetTimestamp();
        IReadOnlyList<Tuple<MembershipEntry, string>> rows;
        try
        {
            // Not Orleans' own refresh: that shares one that is under way, which may have begun before this silo hung.
            rows = (await _table!.Value.ReadRowAsync(_silo.SiloAddress, CancellationToken.None).WaitAsync(Patience)).Members;
        }
        catch (Exception exception)
        {
            throw new StoreUnavailableException("whether this silo is still a member of its cluster cannot be read", exception);
        }

        if (rows.Count == 0 || rows[0].Item1.Status == SiloStatus.Dead)
        {
            throw new StoreUnavailableException("this silo was declared dead, and others serve its tenants");
        }

        Volatile.Write(ref _lookedAt, began);
    }
}
