using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cycles.Grains.Store;

namespace Cycles.Grains.Boards;

/// <summary>
/// What the ledgers that are active on this silo know from memory, for all to see, beside <c>ScopeBoard</c>. A ledger that has not
/// proven lately that it is the tenant's (<see cref="LedgerLease"/>) does not count: then it has to be asked.
/// </summary>
internal sealed class LedgerBoard(RedisStore store)
{
    private readonly ConcurrentDictionary<string, LedgerMemory> _memories = new();

    public void Publish(string tenantId, LedgerMemory memory) => _memories[tenantId] = memory;

    /// <summary>Takes back what that very activation has published.</summary>
    public void Withdraw(string tenantId, LedgerMemory memory)
    {
        memory.End();
        _memories.TryRemove(new(tenantId, memory));
    }

    /// <summary>Whether the tenant's ledger is here, and in that term: what was read from it then stands.</summary>
    public bool IsCurrent(string tenantId, long term) => TryGet(tenantId, out var memory) && memory.Term == term;

    /// <summary>
    /// Whether the refusal of a reservation with that id, which rests on what was read in <paramref name="term"/>, needs to look no further than
    /// memory: no reservation of the id can exist, and none that has lapsed by <paramref name="nowMs"/> still holds budget.
    /// </summary>
    public bool MayRefuse(string tenantId, long term, string id, long nowMs) =>
        TryGet(tenantId, out var memory) && memory.Term == term && memory.NextDueMs > nowMs && !memory.Seen.MayContain(id);

    /// <summary>Whether certainly no reservation with that id exists.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="id">The reservation's id.</param>
    /// <param name="term">The term of the ledger that knows it.</param>
    public bool IsNew(string tenantId, string id, out long term)
    {
        var isNew = TryGet(tenantId, out var memory) && !memory.Seen.MayContain(id);
        term = memory?.Term ?? 0;
        return isNew;
    }

    private bool TryGet(string tenantId, [NotNullWhen(true)] out LedgerMemory? memory) =>
        _memories.TryGetValue(tenantId, out memory) && memory.IsProven && store.IsStill(memory.Incarnation);
}
