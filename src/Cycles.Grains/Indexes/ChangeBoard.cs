using System.Collections.Concurrent;

namespace Cycles.Grains.Indexes;

/// <summary>What has changed on this silo, for the indexes over all tenants. The silo's ledgers mark it, and the indexes come for it.</summary>
internal sealed class ChangeBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, byte> _served = new();

    /// <summary>What <see cref="IndexKind.Budgets"/> follows.</summary>
    public ChangeFeed Budgets { get; } = new(time);

    /// <summary>What <see cref="IndexKind.Tenants"/> follows.</summary>
    public ChangeFeed Tenants { get; } = new(time);

    /// <summary>
    /// A ledger of the tenant begins to write here. What an earlier one wrote last may not have been marked anywhere (its outcome was in
    /// doubt, its silo died), so everything of the tenant counts as changed.
    /// </summary>
    public void Serve(string tenantId)
    {
        _served.TryAdd(tenantId, 0);
        MarkAll(tenantId);
    }

    /// <summary>Anything of the tenant may have changed.</summary>
    public void MarkAll(string tenantId)
    {
        Budgets.Mark(tenantId);
        Tenants.Mark(tenantId);
    }

    /// <summary>Takes what has changed since <paramref name="follower"/> asked the last time.</summary>
    /// <returns>For a new follower all tenants that were ever written from here: nothing else can have changed unseen on this silo.</returns>
    public SiloChanges Take(IndexKind kind, Guid follower)
    {
        var feed = kind == IndexKind.Budgets ? Budgets : Tenants;
        return feed.Take(follower) ?? new SiloChanges([.. _served.Keys], []);
    }
}
