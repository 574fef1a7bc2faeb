using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Budgets;

/// <summary>The state of a budget.</summary>
[JsonConverter(typeof(EnumNames<BudgetStatus>))]
public enum BudgetStatus
{
    /// <summary>Normal operation.</summary>
    [JsonStringEnumMemberName("ACTIVE")]
    Active,

    /// <summary>No new reservation, event or funding; what is held may still be settled.</summary>
    [JsonStringEnumMemberName("FROZEN")]
    Frozen,

    /// <summary>Final.</summary>
    [JsonStringEnumMemberName("CLOSED")]
    Closed,
}

/// <summary>What becomes of an unused budget when its period ends. Every period begins with the budget's allocation for a period.</summary>
[JsonConverter(typeof(EnumNames<RolloverPolicy>))]
public enum RolloverPolicy
{
    /// <summary>Nothing is carried over.</summary>
    [JsonStringEnumMemberName("NONE")]
    None,

    /// <summary>What was allocated and not spent is added to the next period.</summary>
    [JsonStringEnumMemberName("CARRY_FORWARD")]
    CarryForward,

    /// <summary>What was allocated and not spent is added to the next period, at most as much as a period begins with.</summary>
    [JsonStringEnumMemberName("CAP_AT_ALLOCATED")]
    CapAtAllocated,
}

/// <summary>The five funding operations (schema <c>BudgetFundingRequest</c>).</summary>
[JsonConverter(typeof(EnumNames<FundingOperation>))]
public enum FundingOperation
{
    /// <summary>Adds to what is allocated.</summary>
    [JsonStringEnumMemberName("CREDIT")]
    Credit,

    /// <summary>Takes from what is allocated; refused when remaining would become negative.</summary>
    [JsonStringEnumMemberName("DEBIT")]
    Debit,

    /// <summary>Sets what is allocated.</summary>
    [JsonStringEnumMemberName("RESET")]
    Reset,

    /// <summary>Repays debt; a surplus is credited.</summary>
    [JsonStringEnumMemberName("REPAY_DEBT")]
    RepayDebt,

    /// <summary>Begins a period: sets what is allocated and what is spent.</summary>
    [JsonStringEnumMemberName("RESET_SPENT")]
    ResetSpent,
}
