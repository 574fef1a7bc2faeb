namespace Cycles.Chaos.Checks;

/// <summary>
/// What the clients of one budget know of it. While the load runs it finds oversubscription: what is surely held and spent may never exceed what can
/// have been allocated. At the end it says between which bounds the numbers must lie.
/// </summary>
/// <param name="scope">The budget's scope.</param>
/// <param name="allocated">What it began with.</param>
internal sealed class Account(string scope, long allocated)
{
    private readonly Lock _lock = new();
    private long _allocated = allocated;
    private long _creditsInDoubt;
    private long _debitsInDoubt;
    private long _held;
    private long _spent;

    public string Scope => scope;

    /// <summary>A CREDIT (or, below zero, a DEBIT) is about to be sent: from now on it may have happened.</summary>
    public void FundingSent(long amount)
    {
        lock (_lock)
        {
            AddDoubt(amount, 1);
        }
    }

    /// <summary>It was answered.</summary>
    public void FundingAnswered(long amount, bool accepted)
    {
        lock (_lock)
        {
            AddDoubt(amount, -1);
            _allocated += accepted ? amount : 0;
        }
    }

    /// <summary>A reserve was accepted.</summary>
    /// <returns>What is wrong with that; null when nothing is.</returns>
    public string? Reserved(long amount)
    {
        lock (_lock)
        {
            _held += amount;
            var most = _allocated + _creditsInDoubt;
            return _held + _spent > most ? $"{scope} is oversubscribed: {_held} held and {_spent} spent of at most {most}" : null;
        }
    }

    /// <summary>A commit or release is about to be sent: from now on the hold may be gone.</summary>
    public void SettlementSent(long amount)
    {
        lock (_lock)
        {
            _held -= amount;
        }
    }

    /// <summary>A commit was accepted.</summary>
    public void Charged(long amount)
    {
        lock (_lock)
        {
            _spent += amount;
        }
    }

    /// <summary>Compares the budget as it is when all requests are answered with what it must be.</summary>
    public IReadOnlyList<string> Compare(BudgetNumbers found)
    {
        lock (_lock)
        {
            var objections = new List<string>();
            var (least, most) = (_allocated - _debitsInDoubt, _allocated + _creditsInDoubt);
            if (found.Allocated < least || found.Allocated > most)
            {
                objections.Add($"{scope}: allocated is {found.Allocated}, but must be {(least == most ? $"{least}" : $"{least} to {most}")}");
            }

            if (found.Spent != _spent)
            {
                objections.Add($"{scope}: spent is {found.Spent}, but {_spent} were acknowledged");
            }

            if (found.Reserved != _held)
            {
                objections.Add($"{scope}: reserved is {found.Reserved}, but {_held} are held");
            }

            if (found.Debt != 0)
            {
                objections.Add($"{scope}: debt is {found.Debt}, but no overdraft is allowed");
            }

            return objections;
        }
    }

    private void AddDoubt(long amount, int sign)
    {
        if (amount > 0)
        {
            _creditsInDoubt += sign * amount;
        }
        else
        {
            _debitsInDoubt -= sign * amount;
        }
    }
}
