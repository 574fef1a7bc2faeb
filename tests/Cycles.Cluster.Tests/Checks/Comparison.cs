using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>
/// Compares what the server shows of one tenant with what it has acknowledged. While operations are in doubt, a number may lie between
/// what it is without them and what it is with them; without doubt it must be exact.
/// </summary>
internal sealed class Comparison(TenantModel tenant, Book book, Snapshot snapshot)
{
    // The store's clock is read through a round trip; what is due is swept within a second, and after a restart somewhat later.
    private const long ClockSlackMs = 250;
    private const long SweepSlackMs = 5_000;

    private readonly List<string> _differences = [];
    private readonly Dictionary<BudgetModel, Sums> _sums = tenant.Budgets.ToDictionary(budget => budget, _ => new Sums());

    public List<string> Run()
    {
        CompareReservations();
        AddOperations();
        for (var i = 0; i < tenant.Budgets.Count; i++)
        {
            Compare(tenant.Budgets[i], snapshot.Budgets[i]);
        }

        return _differences;
    }

    private void CompareReservations()
    {
        var rows = new Dictionary<string, Row>();
        foreach (var row in snapshot.Rows)
        {
            if (!rows.TryAdd(row.Key, row))
            {
                Differ($"reservation {row.Key} is there twice: {rows[row.Key]} and {row}");
            }
            else if (!book.Reservations.TryGetValue(row.Key, out var reservation))
            {
                Differ($"nobody asked for reservation {row}");
            }
            else
            {
                Compare(reservation, row);
                Add(reservation, row);
            }
        }

        foreach (var reservation in book.Reservations.Values)
        {
            if (reservation.TenantId == tenant.Id && reservation.Id is not null && !rows.ContainsKey(reservation.Key))
            {
                Differ($"reservation {reservation.Key} ({reservation.Id}) was acknowledged and is not there");
            }
        }
    }

    private void Compare(ReservationModel reservation, Row row)
    {
        if (reservation.Id is null)
        {
            if (reservation.InDoubt is null)
            {
                Differ($"reservation {row} was refused and is there");
            }

            return;
        }

        var doubt = reservation.InDoubt;
        if (row.Id != reservation.Id || row.Reserved != reservation.Estimate)
        {
            Differ($"reservation {reservation.Id} of {reservation.Estimate} is shown as {row}");
        }

        if (row.ExpiresAtMs != reservation.ExpiresAtMs
            && !(doubt is { Kind: OperationKind.Extend } && row.ExpiresAtMs == reservation.ExpiresAtMs + doubt.Amount))
        {
            Differ($"reservation {reservation.Id} expires at {reservation.ExpiresAtMs}, and is shown as {row}");
        }

        if (!IsPossible(reservation, doubt, row))
        {
            var known = reservation.Settlement is { } settlement ? $"acknowledged {settlement.Answer}" : $"lapses at {reservation.LapsesAtMs()}";
            Differ($"reservation {reservation.Id} ({known}, in doubt: {doubt}) is shown at {snapshot.TakenAtMs} as {row}");
        }
    }

    private bool IsPossible(ReservationModel reservation, Operation? doubt, Row row) => reservation.Settlement switch
    {
        { Kind: OperationKind.Commit, Answer: { } answer } => row.Status == "COMMITTED" && row.Committed == answer.Amount("charged"),
        { Kind: OperationKind.Release } => row.Status == "RELEASED",
        _ => row.Status switch
        {
            "ACTIVE" => !reservation.IsExpired && snapshot.TakenAtMs < row.ExpiresAtMs + reservation.GraceMs + SweepSlackMs,
            "EXPIRED" => Book.NowMs > reservation.LapsesAtMs() - ClockSlackMs,
            "COMMITTED" => doubt is { Kind: OperationKind.Commit } && row.Committed <= doubt.Amount,
            "RELEASED" => doubt is { Kind: OperationKind.Release },
            _ => false,
        },
    };

    private void Add(ReservationModel reservation, Row row)
    {
        foreach (var budget in reservation.Budgets)
        {
            var sums = _sums[budget];
            sums.Reserved += row.Status == "ACTIVE" ? row.Reserved : 0;
            sums.Charged += row.Committed ?? 0;
        }
    }

    /// <summary>Adds what leaves no reservation: events and credits.</summary>
    private void AddOperations()
    {
        foreach (var operation in book.Operations)
        {
            if (operation.Kind is not (OperationKind.Event or OperationKind.Credit) || operation.Budgets[0].TenantId != tenant.Id)
            {
                continue;
            }

            foreach (var budget in operation.Budgets)
            {
                var sums = _sums[budget];
                var isInDoubt = operation.IsInDoubt;
                if (operation.Kind == OperationKind.Credit)
                {
                    sums.Credited += operation.IsAcknowledged ? operation.Amount : 0;
                    sums.CreditedInDoubt += isInDoubt ? operation.Amount : 0;
                }
                else
                {
                    sums.Charged += operation.IsAcknowledged ? operation.Answer!.Amount("charged") : 0;
                    sums.ChargedInDoubt += isInDoubt ? operation.Amount : 0;
                }
            }
        }
    }

    private void Compare(BudgetModel budget, BudgetNumbers found)
    {
        var sums = _sums[budget];
        if (found.Remaining != found.Allocated - found.Spent - found.Reserved - found.Debt)
        {
            Differ($"{budget.Scope} breaks the ledger invariant: {found}");
        }

        if (found.Reserved != sums.Reserved)
        {
            Differ($"{budget.Scope} holds {found.Reserved}, and its active reservations {sums.Reserved}: {found}");
        }

        if (found.Spent + found.Debt < sums.Charged || found.Spent + found.Debt > sums.Charged + sums.ChargedInDoubt)
        {
            Differ($"{budget.Scope} was charged {sums.Charged} (and {sums.ChargedInDoubt} in doubt), and is at {found}");
        }

        var allocated = budget.Allocated + sums.Credited;
        if (found.Allocated < allocated || found.Allocated > allocated + sums.CreditedInDoubt)
        {
            Differ($"{budget.Scope} was given {allocated} (and {sums.CreditedInDoubt} in doubt), and is at {found}");
        }

        // Each change with its entry, no entry without its change: whatever of what is in doubt has happened.
        if (found.Allocated != budget.Allocated + snapshot.Audited.GetValueOrDefault(budget.Scope))
        {
            Differ($"{budget.Scope} was given {snapshot.Audited.GetValueOrDefault(budget.Scope)} by the audit log, and is at {found}");
        }

        var isDebtRight = budget.Kind switch
        {
            BudgetKind.DebtOnly => found.Spent == 0,
            BudgetKind.Overdrawn => found.Debt >= 0 && found.Debt <= budget.OverdraftLimit,
            BudgetKind.Ample or BudgetKind.Tight => found.Debt == 0,
            BudgetKind.Private => IsInDoubt(budget) || found == Expected(budget),
            _ => false,
        };
        if (!isDebtRight)
        {
            Differ($"{budget.Scope} ({budget.Kind}) should be at {Expected(budget)?.ToString() ?? "another debt"}, and is at {found}");
        }
    }

    private bool IsInDoubt(BudgetModel budget) =>
        book.Operations.Any(operation => operation.IsInDoubt && operation.Budgets[^1] == budget);

    private static BudgetNumbers? Expected(BudgetModel budget) => budget.Account is { } account
        ? new BudgetNumbers(account.Allocated, account.Remaining, account.Reserved, account.Spent, account.Debt, account.IsOverLimit)
        : null;

    private void Differ(string difference) => _differences.Add(difference);

    private sealed class Sums
    {
        public long Reserved { get; set; }

        public long Charged { get; set; }

        public long ChargedInDoubt { get; set; }

        public long Credited { get; set; }

        public long CreditedInDoubt { get; set; }
    }
}
