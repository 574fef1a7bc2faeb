namespace Cycles.Cluster.Tests.Model;

/// <summary>
/// The protocol's money rules for a budget that one worker alone uses, below ancestors that are never short. Written down a second
/// time on purpose, in the simplest way.
/// </summary>
internal sealed class PrivateAccount(long allocated, long overdraftLimit)
{
    public long Allocated { get; private set; } = allocated;

    public long Spent { get; private set; }

    public long Reserved { get; private set; }

    public long Debt { get; private set; }

    public bool IsOverLimit { get; private set; }

    public long Remaining => Allocated - Spent - Reserved - Debt;

    /// <summary>The code of the refusal of a reservation; null when it must succeed.</summary>
    public string? RefusalOf(long estimate) =>
        IsOverLimit ? "OVERDRAFT_LIMIT_EXCEEDED"
        : Debt > 0 && overdraftLimit == 0 ? "DEBT_OUTSTANDING"
        : Remaining < estimate ? "BUDGET_EXCEEDED"
        : null;

    public void Reserve(long estimate) => Reserved += estimate;

    public void GiveBack(long estimate) => Reserved -= estimate;

    public void Credit(long amount)
    {
        Allocated += amount;
        IsOverLimit = Debt > overdraftLimit;
    }

    /// <summary>The code of the refusal of a charge; null when it must succeed.</summary>
    public string? TryCharge(string policy, long held, long actual) => ((PrivateAccount)MemberwiseClone()).Charge(policy, held, actual).Refusal;

    /// <summary>Charges <paramref name="actual"/> against a hold (0 for an event).</summary>
    /// <returns>What is charged; null with the code of the refusal.</returns>
    public (long? Charged, string? Refusal) Charge(string policy, long held, long actual)
    {
        if (actual <= held)
        {
            Reserved -= held;
            Spent += actual;
            return (actual, null);
        }

        // What remains is taken before the hold is given back: the hold pays for its own part.
        var excess = actual - held;
        var available = Math.Max(Remaining, 0);
        switch (policy)
        {
            case OveragePolicies.Reject when held > 0 || Remaining < excess:
                return (null, "BUDGET_EXCEEDED");
            case OveragePolicies.AllowIfAvailable:
            case OveragePolicies.AllowWithOverdraft when overdraftLimit == 0:
                IsOverLimit |= available < excess;
                excess = Math.Min(excess, available);
                Spent += held + excess;
                break;
            case OveragePolicies.AllowWithOverdraft:
                var funded = Math.Min(excess, available);
                if (Debt + excess - funded > overdraftLimit)
                {
                    return (null, "OVERDRAFT_LIMIT_EXCEEDED");
                }

                Spent += held + funded;
                Debt += excess - funded;
                break;
            default:
                Spent += held + excess;
                break;
        }

        Reserved -= held;
        return (held + excess, null);
    }
}
