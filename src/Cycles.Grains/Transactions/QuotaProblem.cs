using Cycles.Grains.Store;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Transactions;

/// <summary>What a quota's refusal is answered: 429 LIMIT_EXCEEDED, with the time at which trying again makes sense.</summary>
internal static class QuotaProblem
{
    // An active reservation may end at any moment.
    private const long OutstandingWaitMs = 1000;

    private const long DayMs = 24 * 60 * 60 * 1000;

    /// <param name="outcome">What the ledger answered.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="options">The limits.</param>
    /// <param name="nowMs">The store's clock, in Unix milliseconds.</param>
    /// <returns>The problem; null when the outcome is not a quota's.</returns>
    public static Problem? Of(CommitOutcome outcome, string tenantId, StoreOptions options, long nowMs) => outcome switch
    {
        CommitOutcome.TooManyOutstanding => new Problem(
            ErrorCode.LimitExceeded,
            $"Tenant {tenantId} has {options.MaxOutstanding} active reservations, the most that it can have: commit or release some",
            Throttling: new Throttling(OutstandingWaitMs, nowMs + OutstandingWaitMs)),
        CommitOutcome.TooManyBytes => new Problem(
            ErrorCode.LimitExceeded,
            $"Tenant {tenantId} has had {options.MaxBytesPerDay} bytes written today, the most for a day (UTC); commits and releases go on",
            Throttling: new Throttling(DayMs - (nowMs % DayMs), nowMs + DayMs - (nowMs % DayMs))),
        _ => null,
    };
}
