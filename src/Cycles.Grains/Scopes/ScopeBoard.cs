using System.Collections.Concurrent;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Scopes;

/// <summary>
/// The last durable numbers of the scopes that are active on this silo, for all to see. A request that these numbers already refuse is
/// refused without making a grain for it; whatever they would allow is decided by the scopes themselves.
/// </summary>
internal sealed class ScopeBoard(RedisStore store)
{
    private readonly ConcurrentDictionary<(ScopePath Scope, Unit Unit), (BudgetState State, long Incarnation)> _states = new();

    public void Publish(ScopePath scope, Unit unit, BudgetState state, long incarnation) => _states[(scope, unit)] = (state, incarnation);

    public void Withdraw(ScopePath scope, Unit unit) => _states.TryRemove((scope, unit), out _);

    /// <summary>The numbers, unless the store may have lost them since.</summary>
    public bool TryGet(ScopePath scope, Unit unit, out BudgetState state)
    {
        var isKnown = _states.TryGetValue((scope, unit), out var published);
        state = published.State;
        return isKnown && store.IsStill(published.Incarnation);
    }
}
