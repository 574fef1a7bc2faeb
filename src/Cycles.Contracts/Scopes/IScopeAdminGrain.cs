using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Contracts.Periods;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Contracts.Scopes;

/// <summary>The budgets of one scope, as the admin plane reads and changes them (key: canonical scope path).</summary>
[Alias("cycles.scope-admin"), ClientAccess(ClientAccess.Gateways)]
public interface IScopeAdminGrain : IGrainWithStringKey
{
    /// <summary>The budgets as they stand, all that is durable and nothing that is not.</summary>
    [Alias("read"), AnyRoute]
    ValueTask<Budget[]> Read();

    /// <summary>Funds a budget, once for each idempotency key.</summary>
    [Alias("fund"), AnyRoute]
    ValueTask<FundReply> Fund(Origin origin, [Immutable] FundCommand command);

    /// <summary>Freezes or unfreezes a budget.</summary>
    [Alias("set-status"), AnyRoute]
    ValueTask<BudgetReply> SetStatus(Origin origin, Unit unit, BudgetStatus status, string? reason, RawJsonObject? metadata = null);

    /// <summary>Makes the periods of a budget recur; its numbers stay until the present one ends.</summary>
    [Alias("set-period"), AnyRoute]
    ValueTask<BudgetReply> SetPeriod(Origin origin, Unit unit, [Immutable] PeriodSchedule schedule);

    /// <summary>Takes the period of a budget away; its numbers stay.</summary>
    [Alias("remove-period"), AnyRoute]
    ValueTask<BudgetReply> RemovePeriod(Origin origin, Unit unit);
}

/// <summary>A budget, or why not.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Problem">Why not.</param>
/// <param name="IsStale">Whether nothing was written because the tenant's grain holds an older state: it reloads and tries again.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-reply")]
public readonly record struct BudgetReply(
    [property: Id(0)] Budget? Budget, [property: Id(1)] Problem? Problem, [property: Id(2)] bool IsStale = false)
{
    /// <summary>The tenant's grain holds an older state.</summary>
    public static BudgetReply Stale => new(null, null, IsStale: true);
}

/// <summary>What changes of a budget besides its numbers; what is null stays.</summary>
/// <param name="OverdraftLimit">The largest debt allowed.</param>
/// <param name="OveragePolicy">The overage policy of commits.</param>
/// <param name="Metadata">Free.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-change")]
public sealed record BudgetChange(
    [property: Id(0)] long? OverdraftLimit, [property: Id(1)] OveragePolicy? OveragePolicy, [property: Id(2)] RawJsonObject? Metadata);

/// <summary>A funding operation.</summary>
/// <param name="Unit">The budget's unit.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Amount">At least 0.</param>
/// <param name="Spent">What RESET_SPENT sets as spent.</param>
/// <param name="IdempotencyKey">1 to 256 characters; null funds again on every call.</param>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="Reason">Why, for the audit log.</param>
/// <param name="Metadata">Free, for the audit log.</param>
/// <param name="IsBulkRow">Whether it is a row of a bulk action: that has one line in the audit log for all rows, and leaves alone what has no debt to repay.</param>
[GenerateSerializer, Immutable, Alias("cycles.fund-command")]
public sealed record FundCommand(
    [property: Id(0)] Unit Unit,
    [property: Id(1)] FundingOperation Operation,
    [property: Id(2)] long Amount,
    [property: Id(3)] long Spent,
    [property: Id(4)] string? IdempotencyKey,
    [property: Id(5)] string PayloadHash,
    [property: Id(6)] string? Reason = null,
    [property: Id(7)] RawJsonObject? Metadata = null,
    [property: Id(8)] bool IsBulkRow = false);

/// <summary>What a funding did, or why not.</summary>
/// <param name="Response">What it did.</param>
/// <param name="Problem">Why not.</param>
/// <param name="IsNoOp">Whether there was nothing to do; only of rows of bulk actions.</param>
[GenerateSerializer, Immutable, Alias("cycles.fund-reply")]
public readonly record struct FundReply(
    [property: Id(0)] BudgetFundingResponse? Response, [property: Id(1)] Problem? Problem, [property: Id(2)] bool IsNoOp = false);
