using Cycles.Contracts.Indexes;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Indexes;

/// <summary>
/// A budget in the index, with what lists sort and filter by at hand. It changes in place: rows that were made together stay together in
/// memory, and a walk is fast.
/// </summary>
internal sealed class BudgetRow
{
    private BudgetRecord _record = null!;
    private BudgetState _state;
    private byte _policyRank;

    public BudgetRow(Budget budget)
    {
        Key = new BudgetKey(Protocol.Scopes.ScopePath.FromCanonical(budget.Record.Scope), budget.Record.Unit);
        Id = Key.ToString();
        Become(budget);
    }

    public BudgetKey Key { get; }

    /// <summary>Scope and unit; unique over all tenants.</summary>
    public string Id { get; }

    /// <summary>Its number among the texts of the index; see <see cref="BudgetOrders"/>.</summary>
    public int ScopeNumber { get; set; }

    public BudgetRecord Record
    {
        get => _record;
        private set => (_record, _policyRank) = (Shorten(value), Rank(value.CommitOveragePolicy));
    }

    /// <summary>The numbers as they were read last.</summary>
    public BudgetState State
    {
        get => _state;
        set
        {
            _state = value;
            Utilization = value.Allocated == 0 ? 0 : (double)value.Spent / value.Allocated;
            IsStale = false;
        }
    }

    /// <summary>Whether the reserved amount has changed since. Lists neither sort nor filter by it, so it is read only for rows that are shown.</summary>
    public bool IsStale { get; set; }

    /// <summary>How much of the allocation is spent, at least 0 and beyond 1 after overage; 0 when nothing is allocated.</summary>
    public double Utilization { get; private set; }

    public void Become(Budget budget) => (Record, State) = (budget.Record, budget.State);

    public Budget ToBudget() => new(Record, State);

    public SortKey ToSortKey(BudgetSort sort) => sort switch
    {
        BudgetSort.TenantId => SortKey.Of(Record.TenantId, Id),
        BudgetSort.Scope => SortKey.Of(Record.Scope, Id),
        _ => SortKey.Of(NumberOf(sort), Id),
    };

    /// <summary>What a list is sorted by that is not sorted by a text.</summary>
    public long NumberOf(BudgetSort sort) => sort switch
    {
        BudgetSort.Unit => Rank(Key.Unit),
        BudgetSort.Status => Rank(_state.Status),
        BudgetSort.CommitOveragePolicy => _policyRank,
        BudgetSort.Debt => _state.Debt,

        // The bits of doubles that are not negative are in the order of the doubles.
        BudgetSort.Utilization => BitConverter.DoubleToInt64Bits(Utilization),
        _ => throw new InvalidOperationException($"sort {sort} is by no number"),
    };

    /// <summary>As the names on the wire are ordered.</summary>
    private static long Rank(BudgetStatus status) => status switch
    {
        BudgetStatus.Active => 0,
        BudgetStatus.Closed => 1,
        _ => 2,
    };

    /// <summary>As the names on the wire are ordered.</summary>
    private static long Rank(Unit unit) => unit switch
    {
        Unit.Credits => 0,
        Unit.RiskPoints => 1,
        Unit.Tokens => 2,
        _ => 3,
    };

    /// <summary>As the names on the wire are ordered; without one first.</summary>
    private static byte Rank(OveragePolicy? policy) => policy switch
    {
        null => 0,
        OveragePolicy.AllowIfAvailable => 1,
        OveragePolicy.AllowWithOverdraft => 2,
        _ => 3,
    };

    /// <summary>Without what no list shows.</summary>
    private static BudgetRecord Shorten(BudgetRecord record) => record.Metadata is null ? record : record with { Metadata = null };
}
