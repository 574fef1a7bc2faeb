using Cycles.Contracts.Addressing;
using Cycles.Contracts.Decisions;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Expiry;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Evaluations;

/// <summary>The evaluation behind decide and dry run: what a reserve would be answered now. It holds nothing and changes nothing.</summary>
internal static class Evaluation
{
    /// <summary>Evaluates. UNIT_MISMATCH and FORBIDDEN stay errors; all else is a decision.</summary>
    public static async ValueTask<(Problem? Problem, EvaluationRecord Record)> EvaluateAsync(
        IGrainFactory grains, ILedgerGrain ledger, StoreClock clock, EvaluationRequest request, Peers.Admission admission)
    {
        if (admission.Problem is { } problem)
        {
            return problem.Code switch
            {
                ErrorCode.LimitExceeded => (null, Deny(request, [], [], "LIMIT_EXCEEDED") with
                {
                    RetryAfterMs = problem.Throttling?.RetryAfterMs,
                }),
                ErrorCode.TenantClosed => (null, Deny(request, [], [], "TENANT_CLOSED")),
                ErrorCode.NotFound => (null, Deny(request, [], [], Refusal.NoBudget.ToReasonCode())),
                _ => (problem, Deny(request, [], [], string.Empty)),
            };
        }

        var states = await ReadAsync(grains, admission.Budgeted, request.Estimate.Unit);
        var (refusal, at) = Check(states, request.Estimate.Value);
        if (refusal == Refusal.Exceeded && await Sweeps.SweepAsync(grains, ledger, clock, admission.Budgeted[0].TenantId))
        {
            states = await ReadAsync(grains, admission.Budgeted, request.Estimate.Unit);
            (refusal, at) = Check(states, request.Estimate.Value);
        }

        if (refusal == Refusal.Overflow)
        {
            return (refusal.ToProblem(admission.Budgeted[at]), Deny(request, [], [], string.Empty));
        }

        var budgeted = Array.ConvertAll(admission.Budgeted, scope => scope.Value);
        return (null, refusal == Refusal.None
            ? Deny(request, budgeted, states, null) with
            {
                Decision = admission.Caps is null ? Decision.Allow : Decision.AllowWithCaps,
                Caps = admission.Caps,
            }
            : Deny(request, budgeted, states, refusal.ToReasonCode()));
    }

    private static async ValueTask<BudgetState[]> ReadAsync(IGrainFactory grains, ScopePath[] scopes, Unit unit)
    {
        var states = new BudgetState[scopes.Length];
        for (var i = 0; i < scopes.Length; i++)
        {
            var budgets = await grains.Get<IScopeGrain>(scopes[i].Value).Read();
            states[i] = Array.Find(budgets, budget => budget.Record.Unit == unit)?.State
                ?? throw new StoreInDoubtException($"the budget of {scopes[i]} is not there (any more)");
        }

        return states;
    }

    private static (Refusal Refusal, int At) Check(BudgetState[] states, long amount) => PathRefusal.First(Array.ConvertAll(
        states,
        state => state.CheckReserve(amount) is var refusal && refusal == Refusal.None && !state.TryApply(BudgetDelta.Hold(amount), out _)
            ? Refusal.Overflow
            : refusal));

    private static EvaluationRecord Deny(EvaluationRequest request, string[] budgeted, BudgetState[] states, string? reasonCode) => new()
    {
        PayloadHash = request.PayloadHash,
        Decision = Decision.Deny,
        ReasonCode = reasonCode,
        ScopePath = request.Scopes[^1].Value,
        Estimate = request.Estimate,
        Budgeted = budgeted,
        Balances = states,
    };
}
