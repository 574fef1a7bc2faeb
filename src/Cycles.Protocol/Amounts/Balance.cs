namespace Cycles.Protocol.Amounts;

/// <summary>Ledger state of one scope in one unit (schema <c>Balance</c>): remaining = allocated − spent − reserved − debt.</summary>
public sealed record Balance
{
    /// <summary>The last segment of the path, such as <c>workspace:prod</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The full canonical path, such as <c>tenant:acme/workspace:prod</c>.</summary>
    public required string ScopePath { get; init; }

    /// <summary>What new reservations may still take; negative when overdrawn.</summary>
    public required Amount Remaining { get; init; }

    /// <summary>Held by active reservations.</summary>
    public required Amount Reserved { get; init; }

    /// <summary>Committed.</summary>
    public required Amount Spent { get; init; }

    /// <summary>Consumption beyond the budget that is not repaid yet.</summary>
    public required Amount Debt { get; init; }

    /// <summary>The total cap.</summary>
    public required Amount Allocated { get; init; }

    /// <summary>The largest debt allowed; 0 permits no overdraft.</summary>
    public required Amount OverdraftLimit { get; init; }

    /// <summary>Whether new reservations are blocked until an operator reconciles the scope.</summary>
    public required bool IsOverLimit { get; init; }
}
