using System.Collections.Concurrent;
using Cycles.Cluster.Tests.Api;

namespace Cycles.Cluster.Tests.Model;

/// <summary>Keeps every operation and what was answered, and objects to answers that the protocol does not allow.</summary>
internal sealed class Book
{
    // Clocks: the store's is read through a round trip.
    private const long ClockSlackMs = 250;

    private readonly ConcurrentQueue<Operation> _operations = [];
    private readonly ConcurrentDictionary<string, ReservationModel> _reservations = [];
    private readonly ConcurrentQueue<string> _objections = [];

    public IReadOnlyCollection<Operation> Operations => _operations;

    public IReadOnlyDictionary<string, ReservationModel> Reservations => (IReadOnlyDictionary<string, ReservationModel>)_reservations;

    /// <summary>Answers that were wrong.</summary>
    public IReadOnlyCollection<string> Objections => _objections;

    public static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>Notes an operation before it is sent for the first time.</summary>
    public void Begin(Operation operation)
    {
        _operations.Enqueue(operation);
        if (operation is { Kind: OperationKind.Reserve, Reservation: { } reservation })
        {
            _reservations[reservation.Key] = reservation;
        }

        operation.Reservation?.InDoubt = operation;
    }

    /// <summary>Notes that nothing final came back.</summary>
    public static void Unanswered(Operation operation) => operation.WasUnanswered = true;

    /// <summary>Notes a final answer.</summary>
    public void Answered(Operation operation, Answer answer)
    {
        operation.Answer = answer;
        if (answer.IsSuccess)
        {
            Accept(operation, answer);
        }
        else
        {
            Refuse(operation, answer);
        }

        if (operation.Reservation is { } reservation && reservation.InDoubt == operation && !operation.IsInDoubt)
        {
            reservation.InDoubt = null;
        }
    }

    /// <summary>Compares a further answer to a settled operation with the first.</summary>
    public void Replayed(Operation operation, Answer answer)
    {
        if (!answer.IsReplayOf(operation.Answer!))
        {
            Object(operation, $"was answered {operation.Answer}, and under the same key again {answer}");
        }
    }

    public void Object(string objection) => _objections.Enqueue(objection);

    public void Object(Operation operation, string objection) => _objections.Enqueue($"{operation}: {objection}");

    private void Accept(Operation operation, Answer answer)
    {
        switch (operation.Kind)
        {
            case OperationKind.Reserve:
                AcceptReserve(operation, answer);
                break;
            case OperationKind.Commit:
                AcceptCharge(operation, answer, operation.Reservation!.Estimate);
                operation.Reservation.Settlement = operation;
                break;
            case OperationKind.Release:
                Expect(operation, "released", operation.Reservation!.Estimate, answer.Amount("released"));
                operation.Account?.GiveBack(operation.Reservation.Estimate);
                operation.Reservation.Settlement = operation;
                break;
            case OperationKind.Extend:
                // Without an acknowledged expiry to add to (the reservation's answer was lost) the server's word counts.
                Expect(operation, "expires_at_ms", operation.Reservation!.ExpiresAtMs + operation.Amount, (long)answer.Body!["expires_at_ms"]!);
                operation.Reservation.ExpiresAtMs = (long)answer.Body["expires_at_ms"]!;
                operation.Reservation.WasExtended = true;
                break;
            case OperationKind.Event:
                AcceptCharge(operation, answer, held: 0);
                break;
            case OperationKind.Credit:
                Expect(operation, "the credit", operation.Amount, answer.Amount("new_allocated") - answer.Amount("previous_allocated"));
                operation.Account?.Credit(operation.Amount);
                break;
            default:
                throw new InvalidOperationException($"operation {operation.Kind} is unknown");
        }
    }

    private void AcceptReserve(Operation operation, Answer answer)
    {
        var reservation = operation.Reservation!;
        reservation.Id = (string)answer.Body!["reservation_id"]!;
        reservation.ExpiresAtMs = (long)answer.Body["expires_at_ms"]!;
        Expect(operation, "reserved", operation.Amount, answer.Amount("reserved"));
        if (operation.Account is { } account)
        {
            if (account.RefusalOf(operation.Amount) is { } refusal)
            {
                Object(operation, $"should be refused with {refusal}, but was answered {answer}");
            }

            account.Reserve(operation.Amount);
        }
    }

    private void AcceptCharge(Operation operation, Answer answer, long held)
    {
        var charged = answer.Amount("charged");
        if (operation.Account is { } account)
        {
            var (expected, refusal) = account.Charge(operation.Policy, held, operation.Amount);
            if (expected != charged)
            {
                Object(operation, $"should charge {expected?.ToString() ?? refusal}, but was answered {answer}");
            }
        }
        else if (operation.Amount <= held || operation.Policy != OveragePolicies.AllowIfAvailable)
        {
            // An overdraft is capped too where a scope that may not overdraw is short.
            var least = operation.Policy == OveragePolicies.AllowWithOverdraft ? Math.Min(held, operation.Amount) : operation.Amount;
            if (charged < least || charged > operation.Amount)
            {
                Object(operation, $"should charge {operation.Amount}, but was answered {answer}");
            }
        }
        else if (charged < held || charged > operation.Amount)
        {
            Object(operation, $"should charge {held} to {operation.Amount}, but was answered {answer}");
        }

        if (operation.Kind == OperationKind.Commit)
        {
            Expect(operation, "released", Math.Max(held - charged, 0), answer.Amount("released"));
        }
    }

    private void Refuse(Operation operation, Answer answer)
    {
        if (answer.Error == "RESERVATION_EXPIRED" && operation.Reservation is { } reservation)
        {
            var endMs = operation.Kind == OperationKind.Extend ? reservation.ExpiresAtMs : reservation.LapsesAtMs();
            if (NowMs < endMs - ClockSlackMs)
            {
                Object(operation, $"was refused {endMs - NowMs} ms before the reservation's end: {answer}");
            }

            reservation.IsExpired = operation.Kind != OperationKind.Extend;
            return;
        }

        if (!IsAllowed(operation, answer.Error))
        {
            Object(operation, $"should not be refused: {answer}");
        }
    }

    private static bool IsAllowed(Operation operation, string? error)
    {
        if (operation.Account is { } account)
        {
            var refusal = operation.Kind switch
            {
                OperationKind.Reserve => account.RefusalOf(operation.Amount),
                OperationKind.Commit => account.TryCharge(operation.Policy, operation.Reservation!.Estimate, operation.Amount),
                OperationKind.Event => account.TryCharge(operation.Policy, 0, operation.Amount),
                _ => null,
            };
            return error is not null && refusal == error;
        }

        var isAmple = operation.Budgets.All(budget => budget.Kind is BudgetKind.Ample or BudgetKind.DebtOnly);
        return operation.Kind switch
        {
            OperationKind.Reserve => !isAmple && error is "BUDGET_EXCEEDED" or "OVERDRAFT_LIMIT_EXCEEDED" or "DEBT_OUTSTANDING",
            OperationKind.Commit when operation.Policy == OveragePolicies.Reject =>
                operation.Amount > operation.Reservation!.Estimate && error == "BUDGET_EXCEEDED",
            OperationKind.Event when operation.Policy == OveragePolicies.Reject => !isAmple && error == "BUDGET_EXCEEDED",
            OperationKind.Commit or OperationKind.Event when operation.Policy == OveragePolicies.AllowWithOverdraft =>
                !isAmple && error == "OVERDRAFT_LIMIT_EXCEEDED",
            OperationKind.Extend => error == "MAX_EXTENSIONS_EXCEEDED",
            _ => false,
        };
    }

    private void Expect(Operation operation, string what, long expected, long found)
    {
        if (expected != found)
        {
            Object(operation, $"{what} should be {expected}, but is {found}");
        }
    }
}
