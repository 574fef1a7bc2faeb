using System.Collections.Concurrent;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Budgets;

/// <summary>
/// The last durable numbers of the scopes that are active on this silo, for all to see. A request that these numbers already refuse is
/// refused without making a grain for it; whatever they would allow is decided by the scopes themselves.
/// </summary>
internal sealed class ScopeBoard
{
    private readonly ConcurrentDictionary<(ScopePath Scope, Unit Unit), (BudgetState State, long Term)> _states = new();

    /// <summary>Shows numbers, and in which term of the tenant's ledger they were read.</summary>
    public void Publish(ScopePath scope, Unit unit, BudgetState state, long term) => _states[(scope, unit)] = (state, term);

    public void Withdraw(ScopePath scope, Unit unit) => _states.TryRemove((scope, unit), out _);

    /// <summary>The numbers, if they were read in that term of the tenant's ledger. Whether it lasts, <c>LedgerBoard</c> knows.</summary>
    public bool TryGet(ScopePath scope, Unit unit, long term, out BudgetState state)
    {
        var isKnown = _states.TryGetValue((scope, unit), out var published);
        state = published.State;
        return isKnown && published.Term == term;
    }
}
