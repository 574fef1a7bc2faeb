using Cycles.Grains.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Indexes;

/// <summary>A budget in the index. It changes in place: rows that were made together stay together in memory, and a walk is fast.</summary>
internal sealed class BudgetRow
{
    private BudgetRecord _record;

    public BudgetRow(Budget budget)
    {
        Key = new BudgetKey(Protocol.Scopes.ScopePath.FromCanonical(budget.Record.Scope), budget.Record.Unit);
        Id = Key.ToString();
        (_record, State) = (Shorten(budget.Record), budget.State);
    }

    public BudgetKey Key { get; }

    /// <summary>Scope and unit; unique over all tenants.</summary>
    public string Id { get; }

    public BudgetRecord Record
    {
        get => _record;
        set => _record = Shorten(value);
    }

    public BudgetState State { get; set; }

    /// <summary>How much of the allocation is spent, at least 0 and beyond 1 after overage; 0 when nothing is allocated.</summary>
    public double Utilization => State.Allocated == 0 ? 0 : (double)State.Spent / State.Allocated;

    public Budget ToBudget() => new(Record, State);

    public SortKey ToSortKey(BudgetSort sort) => sort switch
    {
        BudgetSort.TenantId => SortKey.Of(Record.TenantId, Id),
        BudgetSort.Scope => SortKey.Of(Record.Scope, Id),
        BudgetSort.Unit => SortKey.Of(Rank(Record.Unit), Id),
        BudgetSort.Status => SortKey.Of(Rank(Record.Status), Id),
        BudgetSort.CommitOveragePolicy => SortKey.Of(Rank(Record.CommitOveragePolicy), Id),
        BudgetSort.Debt => SortKey.Of(State.Debt, Id),

        // The bits of doubles that are not negative are in the order of the doubles.
        BudgetSort.Utilization => SortKey.Of(BitConverter.DoubleToInt64Bits(Utilization), Id),
        _ => throw new InvalidOperationException($"sort {sort} is unknown"),
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
    private static long Rank(OveragePolicy? policy) => policy switch
    {
        null => 0,
        OveragePolicy.AllowIfAvailable => 1,
        OveragePolicy.AllowWithOverdraft => 2,
        _ => 3,
    };

    /// <summary>Without what no list shows.</summary>
    private static BudgetRecord Shorten(BudgetRecord record) => record.Metadata is null ? record : record with { Metadata = null };
}
