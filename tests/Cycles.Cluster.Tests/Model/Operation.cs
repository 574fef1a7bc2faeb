using Cycles.Cluster.Tests.Api;

namespace Cycles.Cluster.Tests.Model;

internal enum OperationKind
{
    Reserve,
    Commit,
    Release,
    Extend,
    Event,
    Credit,
}

/// <summary>One operation under one idempotency key, however often it is sent.</summary>
internal sealed class Operation(OperationKind kind, ApiRequest request, BudgetModel[] budgets, long amount, string policy = "")
{
    public OperationKind Kind { get; } = kind;

    public ApiRequest Request { get; } = request;

    /// <summary>The budgets that take part, root first.</summary>
    public BudgetModel[] Budgets { get; } = budgets;

    /// <summary>What is asked for: the estimate, the actual cost, the credit; milliseconds for an extension.</summary>
    public long Amount { get; } = amount;

    public string Policy { get; } = policy;

    /// <summary>The reservation that it makes or is about.</summary>
    public ReservationModel? Reservation { get; init; }

    /// <summary>The answer that settled it; null while nothing final came back.</summary>
    public Answer? Answer { get; set; }

    /// <summary>Whether it was sent at least once without an answer.</summary>
    public bool WasUnanswered
    {
        get;
        set
        {
            field = value;
            WasEverInDoubt |= value;
        }
    }

    public bool WasEverInDoubt { get; private set; }

    public bool IsAcknowledged => Answer is { IsSuccess: true };

    public PrivateAccount? Account => Budgets[^1].Account;

    /// <summary>
    /// Whether it may still turn out to have happened. A refusal after an unanswered request counts too, as the first may still be on
    /// its way; not on a private budget, where both are judged on the same numbers.
    /// </summary>
    public bool IsInDoubt => Answer is null || (WasUnanswered && !Answer.IsSuccess && Account is null);

    public override string ToString() => $"{Kind} {Request.Path} {Request.Body}";
}
