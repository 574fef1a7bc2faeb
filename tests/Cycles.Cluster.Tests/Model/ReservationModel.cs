namespace Cycles.Cluster.Tests.Model;

/// <summary>What is known of a reservation.</summary>
internal sealed class ReservationModel(string key, string tenantId, BudgetModel[] budgets, long estimate, string policy, long graceMs)
{
    public string Key { get; } = key;

    public string TenantId { get; } = tenantId;

    public BudgetModel[] Budgets { get; } = budgets;

    public long Estimate { get; } = estimate;

    public string Policy { get; } = policy;

    public long GraceMs { get; } = graceMs;

    /// <summary>Null until the reserve is acknowledged.</summary>
    public string? Id { get; set; }

    /// <summary>The latest acknowledged expiry.</summary>
    public long ExpiresAtMs { get; set; }

    public bool WasExtended { get; set; }

    /// <summary>The acknowledged commit or release.</summary>
    public Operation? Settlement { get; set; }

    /// <summary>An operation of which it is not known whether it happened.</summary>
    public Operation? InDoubt { get; set; }

    /// <summary>The server has said that it is over.</summary>
    public bool IsExpired { get; set; }

    public long LapsesAtMs => ExpiresAtMs + GraceMs;

    public bool IsUsable => Id is not null && Settlement is null && InDoubt is null && !IsExpired;

    /// <summary>The private budget, when there is one.</summary>
    public PrivateAccount? Account => Budgets[^1].Account;
}
