namespace Cycles.Cluster.Tests.Model;

/// <summary>A budget of the test, and what makes its numbers predictable.</summary>
internal sealed class BudgetModel(string tenantId, string scope, long allocated, long overdraftLimit, BudgetKind kind)
{
    public string TenantId { get; } = tenantId;

    public string Scope { get; } = scope;

    /// <summary>At the beginning; credits come on top.</summary>
    public long Allocated { get; } = allocated;

    public long OverdraftLimit { get; } = overdraftLimit;

    public BudgetKind Kind { get; } = kind;

    /// <summary>The exact numbers, where one worker alone uses the budget.</summary>
    public PrivateAccount? Account { get; } = kind == BudgetKind.Private ? new PrivateAccount(allocated, overdraftLimit) : null;
}

internal enum BudgetKind
{
    /// <summary>Never short: refuses nothing and caps nothing.</summary>
    Ample,

    /// <summary>Often short, without overdraft: denials and capped charges.</summary>
    Tight,

    /// <summary>Often short, with an overdraft over which all workers compete.</summary>
    Overdrawn,

    /// <summary>Nothing allocated, and an overdraft without end: every charge is debt.</summary>
    DebtOnly,

    /// <summary>Used by one worker alone, one operation after the other: every number is known.</summary>
    Private,
}
