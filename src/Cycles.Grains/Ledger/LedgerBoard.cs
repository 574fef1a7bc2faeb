using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cycles.Grains.Store;

namespace Cycles.Grains.Ledger;

/// <summary>What the ledgers that are active on this silo know from memory, for all to see, beside <see cref="Scopes.ScopeBoard"/>.</summary>
internal sealed class LedgerBoard(RedisStore store)
{
    private readonly ConcurrentDictionary<string, LedgerMemory> _memories = new();

    public void Publish(string tenantId, LedgerMemory memory) => _memories[tenantId] = memory;

    /// <summary>Takes back what that very activation has published.</summary>
    public void Withdraw(string tenantId, LedgerMemory memory) => _memories.TryRemove(new(tenantId, memory));

    /// <summary>
    /// Whether the refusal of a reservation with that id needs to look no further than memory: no reservation of the id can exist, and none
    /// that has lapsed by <paramref name="nowMs"/> still holds budget.
    /// </summary>
    public bool MayRefuse(string tenantId, string id, long nowMs) =>
        TryGet(tenantId, out var memory) && memory.NextDueMs > nowMs && !memory.Seen.MayContain(id);

    /// <summary>Whether certainly no reservation with that id exists.</summary>
    public bool IsNew(string tenantId, string id) => TryGet(tenantId, out var memory) && !memory.Seen.MayContain(id);

    private bool TryGet(string tenantId, [NotNullWhen(true)] out LedgerMemory? memory) =>
        _memories.TryGetValue(tenantId, out memory) && store.IsStill(memory.Incarnation);
}
