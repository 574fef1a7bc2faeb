using Cycles.Contracts.Decisions;
using Cycles.Contracts.Events;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Events;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Client;

/// <summary>
/// The protocol's answers, made from the grains' records. A caller that is restricted to a part of the tenant gets the balances of that part only, although the budgets above
/// were charged too.
/// </summary>
public static class Answers
{
    /// <summary>The answer to a reserve, new or replayed.</summary>
    public static ReservationCreateResponse ToCreated(ReservationRecord reservation, long nowMs, ScopeFilter? within = null) => new()
    {
        Decision = reservation.Caps is null ? Decision.Allow : Decision.AllowWithCaps,
        ReservationId = reservation.Id,
        Reserved = reservation.Reserved,
        ExpiresAtMs = reservation.FirstExpiresAtMs,
        RemainingTtlMs = RemainingTtlMs(reservation, reservation.FirstExpiresAtMs, nowMs),
        ScopePath = reservation.ScopePath,
        AffectedScopes = AffectedScopes(reservation.ScopePath),
        Caps = reservation.Caps,
        Balances = ToBalances(reservation.Budgeted, reservation.Balances, reservation.Reserved.Unit, within),
    };

    /// <summary>The answer to a dry run.</summary>
    public static ReservationCreateResponse ToDryRun(EvaluationRecord evaluation, ScopeFilter? within = null) => new()
    {
        Decision = evaluation.Decision,
        ScopePath = evaluation.ScopePath,
        AffectedScopes = AffectedScopes(evaluation.ScopePath),
        Caps = evaluation.Caps,
        ReasonCode = evaluation.ReasonCode,
        RetryAfterMs = evaluation.RetryAfterMs,
        Balances = ToBalances(evaluation.Budgeted, evaluation.Balances, evaluation.Estimate.Unit, within),
    };

    /// <summary>The answer to a decide.</summary>
    public static DecisionResponse ToDecision(EvaluationRecord evaluation) => new()
    {
        Decision = evaluation.Decision,
        Caps = evaluation.Caps,
        ReasonCode = evaluation.ReasonCode,
        RetryAfterMs = evaluation.RetryAfterMs,
        AffectedScopes = AffectedScopes(evaluation.ScopePath),
    };

    /// <summary>The answer to a commit, new or replayed.</summary>
    public static CommitResponse ToCommitted(ReservationRecord reservation, ScopeFilter? within = null)
    {
        var settlement = reservation.Settlement!;
        return new CommitResponse
        {
            Charged = reservation.Reserved with { Value = settlement.Charged },
            Released = reservation.Reserved with { Value = settlement.Released },
            Balances = ToBalances(reservation.Budgeted, settlement.Balances, reservation.Reserved.Unit, within),
        };
    }

    /// <summary>The answer to a release, new or replayed.</summary>
    public static ReleaseResponse ToReleased(ReservationRecord reservation, ScopeFilter? within = null)
    {
        var settlement = reservation.Settlement!;
        return new ReleaseResponse
        {
            Released = reservation.Reserved with { Value = settlement.Released },
            Balances = ToBalances(reservation.Budgeted, settlement.Balances, reservation.Reserved.Unit, within),
        };
    }

    /// <summary>The answer to an extend, new or replayed.</summary>
    public static ReservationExtendResponse ToExtended(ReservationRecord reservation, long nowMs) => new()
    {
        ExpiresAtMs = reservation.ExpiresAtMs,
        RemainingTtlMs = RemainingTtlMs(reservation, reservation.ExpiresAtMs, nowMs),
    };

    /// <summary>A reservation as GET shows it, all of it.</summary>
    public static ReservationDetail ToDetail(ReservationRecord reservation) => new()
    {
        ReservationId = reservation.Id,
        Status = reservation.Status,
        IdempotencyKey = reservation.IdempotencyKey,
        Subject = reservation.Subject,
        Action = reservation.Action,
        Reserved = reservation.Reserved,
        Committed = reservation.Status == ReservationStatus.Committed
            ? reservation.Reserved with { Value = reservation.Settlement!.Charged }
            : null,
        CreatedAtMs = reservation.CreatedAtMs,
        ExpiresAtMs = reservation.ExpiresAtMs,
        FinalizedAtMs = reservation.Status is ReservationStatus.Committed or ReservationStatus.Released
            ? reservation.Settlement!.AtMs
            : null,
        ScopePath = reservation.ScopePath,
        AffectedScopes = AffectedScopes(reservation.ScopePath),
        Metadata = reservation.Metadata,
        CommittedMetadata = reservation.Status == ReservationStatus.Committed ? reservation.Settlement!.Metadata : null,
    };

    /// <summary>The answer to an event, new or replayed.</summary>
    public static EventCreateResponse ToApplied(EventRecord record, ScopeFilter? within = null) => new()
    {
        EventId = record.Id,
        Charged = record.Actual with { Value = record.Charged },
        Balances = ToBalances(record.Budgeted, record.Balances, record.Actual.Unit, within),
    };

    /// <summary>A budget as the runtime plane shows it.</summary>
    public static Balance ToBalance(string scope, BudgetState state, Unit unit) => new()
    {
        Scope = ScopePath.FromCanonical(scope).Leaf,
        ScopePath = scope,
        Remaining = new Amount(unit, state.Remaining),
        Reserved = new Amount(unit, state.Reserved),
        Spent = new Amount(unit, state.Spent),
        Debt = new Amount(unit, state.Debt),
        Allocated = new Amount(unit, state.Allocated),
        OverdraftLimit = new Amount(unit, state.OverdraftLimit),
        IsOverLimit = state.IsOverLimit,
    };

    /// <summary>A budget as the admin plane shows it.</summary>
    public static BudgetLedger ToLedger(Budget budget)
    {
        var (record, state) = budget;
        return new BudgetLedger
        {
            LedgerId = record.LedgerId,
            TenantId = record.TenantId,
            Scope = record.Scope,
            ScopePath = record.Scope,
            Unit = record.Unit,
            Allocated = new Amount(record.Unit, state.Allocated),
            Remaining = new Amount(record.Unit, state.Remaining),
            Reserved = new Amount(record.Unit, state.Reserved),
            Spent = new Amount(record.Unit, state.Spent),
            Debt = new Amount(record.Unit, state.Debt),
            OverdraftLimit = new Amount(record.Unit, state.OverdraftLimit),
            IsOverLimit = state.IsOverLimit,
            CommitOveragePolicy = record.CommitOveragePolicy,
            Status = record.Status,
            RolloverPolicy = record.RolloverPolicy,
            PeriodStart = record.PeriodStart,
            PeriodEnd = record.PeriodEnd,
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
        };
    }

    /// <summary>The period of a budget; null when it has none.</summary>
    public static BudgetPeriod? ToPeriod(Budget budget)
    {
        var (record, state) = budget;
        return record is { PeriodStart: null, PeriodEnd: null, Recurrence: null } ? null : new BudgetPeriod
        {
            LedgerId = record.LedgerId,
            TenantId = record.TenantId,
            Scope = record.Scope,
            Unit = record.Unit,
            Recurrence = record.Recurrence,
            StartsAt = record.PeriodAnchor,
            Allocated = new Amount(record.Unit, record.PeriodAllocated ?? state.Allocated),
            RolloverPolicy = record.RolloverPolicy,
            PeriodStart = record.PeriodStart,
            PeriodEnd = record.PeriodEnd,
        };
    }

    /// <summary>Recomputed on every answer, replays too; 0 once the reservation is not ACTIVE any more (IDEMPOTENCY, NORMATIVE).</summary>
    private static long RemainingTtlMs(ReservationRecord reservation, long expiresAtMs, long nowMs) =>
        reservation.Status == ReservationStatus.Active ? Math.Max(0, expiresAtMs - nowMs) : 0;

    private static string[] AffectedScopes(string scopePath) => ScopePath.FromCanonical(scopePath).ToAncestry();

    private static Balance[] ToBalances(string[] scopes, BudgetState[] states, Unit unit, ScopeFilter? within)
    {
        var balances = new List<Balance>(states.Length);
        for (var i = 0; i < states.Length; i++)
        {
            if (within is null || within.Allows(ScopePath.FromCanonical(scopes[i])))
            {
                balances.Add(ToBalance(scopes[i], states[i], unit));
            }
        }

        return [.. balances];
    }
}
