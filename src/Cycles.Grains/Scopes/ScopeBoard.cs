using System.Collections.Concurrent;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Scopes;

/// <summary>
/// The last durable numbers of the scopes that are active on this silo, for all to see. A request that these numbers already refuse is
/// refused without making a grain for it; whatever they would allow is decided by the scopes themselves.
/// </summary>
internal sealed class ScopeBoard
{
    private readonly ConcurrentDictionary<(ScopePath Scope, Unit Unit), BudgetState> _states = new();

    public void Publish(ScopePath scope, Unit unit, BudgetState state) => _states[(scope, unit)] = state;

    public void Withdraw(ScopePath scope, Unit unit) => _states.TryRemove((scope, unit), out _);

    public bool TryGet(ScopePath scope, Unit unit, out BudgetState state) => _states.TryGetValue((scope, unit), out state);
}
